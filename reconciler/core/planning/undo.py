"""The plan that undoes a plan.

In: one shop's plan and the state it was planned from. Out: the reverse plan, from the state after the plan, and the fields that
cannot be restored: secrets, which cannot be read, and values that the backend does not clear. It has no versions, since the
backend gives new ones with every write: it is rebased before it is applied, and then drops what was
never done.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Final

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import Diagnostic, diagnostic, sort_diagnostics
from reconciler.core.diagnostics.messages import Message, msg
from reconciler.core.diagnostics.redaction import contains_credential
from reconciler.core.model.state import FieldRef, Observed
from reconciler.core.planning.cascade import SELLER_FIELD, TOKEN_FIELD, apply_changes
from reconciler.core.planning.change import Change, Reason
from reconciler.core.planning.plan import RequestPace, ShopPlan
from reconciler.core.planning.shop_planning import Arrangement, arrange
from reconciler.core.values import ABSENT, Scalar

_CLIENT: Final = FieldRef("amazon_settings", "client_id")


def undo_plan(plan: ShopPlan, observed: Observed, pace: RequestPace) -> ShopPlan:
    """Rebased like any other plan: applied only if the fields have the values that `plan` wrote."""
    after = apply_changes(observed, plan.changes)
    kept = {change.ref: why for change in plan.written_changes if (why := _why_not(change, plan)) is not None}
    back = tuple(_reversed(change) for change in plan.written_changes if change.ref not in kept)
    work = arrange(back, after, pace)
    return ShopPlan(
        shop=plan.shop,
        origin=plan.origin,
        changes=work.changes,
        steps=work.steps,
        bracket=work.bracket,
        predicted=tuple(_predicted(plan, work)),
        endpoint_target=work.endpoint_target,
        findings=sort_diagnostics(_not_invertible(plan, kept)),
        maintenance=plan.maintenance,
        maintenance_origins=plan.maintenance_origins,
        was_open=work.was_open,
        was_enabled=work.was_enabled,
    )


def _reversed(change: Change) -> Change:
    return replace(change, before=change.after, after=change.before, reason=Reason.UNDONE, caused_by=None)


def _predicted(plan: ShopPlan, work: Arrangement) -> Iterator[tuple[FieldRef, Scalar]]:
    """With the former seller back, its endpoint is read again; the plan left that one registered."""
    still = {change.ref: change.after for change in plan.written_changes if change.reason is Reason.SELLER_CHANGED}
    for change in work.changes:
        yield change.ref, still.get(change.ref, change.after)


def _why_not(change: Change, plan: ShopPlan) -> Message | None:
    if change.reason is Reason.REWRITTEN:
        return msg(
            "{label} was rewritten with the same value: the fields that now follow it cannot be made "
            "inconsistent again",
            label=change.ref.full_name,
        )
    if change.before is ABSENT:
        return msg(
            "{label} cannot be restored: it was empty, and the backend does not accept an empty value",
            label=change.ref.full_name,
        )
    if change.ref.spec.policy.secret:
        return msg(
            "{label} cannot be restored: the former value is a secret that cannot be read", label=change.ref.full_name
        )
    if _belongs_to_new_token(change, plan):
        return msg(
            "{label} is not restored: it belongs to the new token, and the former token is a secret "
            "that cannot be read",
            label=change.ref.full_name,
        )
    if isinstance(change.before, str) and contains_credential(change.before):
        return msg(
            "{label} is not restored: the former value looks like a secret, and secrets are not stored",
            label=change.ref.full_name,
        )
    return None


def _belongs_to_new_token(change: Change, plan: ShopPlan) -> bool:
    """Whether the plan moves the shop to another seller, with the seller's token, and this change is part of that."""
    written = {each.ref for each in plan.written_changes}
    if not {SELLER_FIELD, TOKEN_FIELD} <= written:
        return False
    return change.ref in (SELLER_FIELD, _CLIENT) or change.reason is Reason.SELLER_CHANGED


def _not_invertible(plan: ShopPlan, kept: Mapping[FieldRef, Message]) -> Iterator[Diagnostic]:
    """`kept` are the fields that stay as the plan wrote them, each with the reason."""
    for change in plan.written_changes:
        why = kept.get(change.ref)
        if why is not None:
            yield diagnostic(
                codes.NOT_INVERTIBLE,
                why,
                shop=plan.shop,
                subject=change.ref.manifest_path or str(change.ref),
                origin=change.origin,
            )
