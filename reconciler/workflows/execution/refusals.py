"""A write that the backend refused for what it says: a finding with a code of its own, the field, its line, and what to do.

In: the error and the plan. Out: a diagnostic, or None for an error that is about no value, and for one
after which it is not known whether the write took place. What the backend calls a field is
translated by the adapter; its words are quoted as they came.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Final

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import Code, Diagnostic, diagnostic
from reconciler.core.diagnostics.messages import Message, msg, msg_list
from reconciler.core.model.state import FieldRef
from reconciler.core.planning.change import Change
from reconciler.core.planning.plan import ShopPlan, Step
from reconciler.core.values import Origin
from reconciler.lib.frozen_class import frozen
from reconciler.ports import BackendError, Locked, RefusedField, Rejected


@frozen
class _Refusal:
    code: Code
    summary: str
    hint: Message


_REFUSALS: Final[Mapping[str, _Refusal]] = {
    "AMAZON_API_ERROR": _Refusal(
        code=codes.API_VALUES_REFUSED,
        summary="amazon",
        hint=msg(
            "Compare the values with Amazon Seller Central and correct them in the manifest; if they are the same, ask the "
            "support there (サポートを受ける)"
        ),
    ),
    "NOT_ENTITLED": _Refusal(
        code=codes.NOT_ENTITLED,
        summary="platform",
        hint=msg(
            "Complete the applications with the platform and the contract with Amazon, or disable "
            "the field in the manifest until then"
        ),
    ),
    "TOKEN_PRE_SET": _Refusal(
        code=codes.PRE_SET_TOKEN_REFUSED,
        summary="platform",
        hint=msg("Write `pre-set` for amazon.api.mws_auth_token, or delete the key: Amazon holds this token"),
    ),
    "SHOP_OPEN": _Refusal(
        code=codes.LOCKED,
        summary="platform",
        hint=msg(
            "The shop was opened in the meantime: run `reconciler plan` again, which closes it for this change (要閉店)"
        ),
    ),
}


def refusal_diagnostic(
    error: BackendError, plan: ShopPlan, step: Step | None, origins: Mapping[str, Origin]
) -> Diagnostic | None:
    """`origins` are the places of what the manifest declares, by its dotted names."""
    refusal = _REFUSALS.get(_reason(error))
    if refusal is None or error.happened is not False:
        return None
    subject, origin = _place(error, plan, step, origins)
    return diagnostic(
        refusal.code,
        _summary(refusal, error),
        hint=refusal.hint,
        shop=plan.shop,
        subject=subject,
        origin=origin,
    )


def _reason(error: BackendError) -> str:
    if isinstance(error, Rejected):
        return error.reason
    return "SHOP_OPEN" if isinstance(error, Locked) else ""


def _place(
    error: BackendError, plan: ShopPlan, step: Step | None, origins: Mapping[str, Origin]
) -> tuple[str | None, Origin]:
    """The field that a finding is about, and where it is declared: one that the backend names and the plan writes, else one that
    it names and the manifest declares, else one that the step writes.
    """
    named = [each.ref for each in error.refused_fields if each.ref is not None]
    changes = _changes(plan, named)
    declared = [ref.manifest_path for ref in named if ref.manifest_path in origins]
    if not changes and declared and declared[0] is not None:
        return declared[0], origins[declared[0]]
    changes = changes or _changes(plan, () if step is None else step.refs)
    if not changes:
        return None, plan.origin
    return changes[0].ref.manifest_path or str(changes[0].ref), changes[0].origin


def _changes(plan: ShopPlan, refs: Collection[FieldRef]) -> Sequence[Change]:
    return [change for change in plan.written_changes if change.ref in refs]


def _summary(refusal: _Refusal, error: BackendError) -> Message:
    if not error.refused_fields:
        return error.text
    fields = msg_list([_field(each) for each in error.refused_fields])
    if refusal.summary == "amazon":
        return msg("Amazon does not accept {fields}; nothing was written in this step", fields=fields)
    return msg("The platform refuses {fields}; nothing was written in this step", fields=fields)


def _field(each: RefusedField) -> Message:
    label = each.name if each.ref is None else each.ref.full_name
    return msg("{label} ({words})", label=label, words=each.words)
