"""Applies a saved plan: held against its seal, its secrets, the guards of this hour, and the backend as it is.

In: a session, the file and what is allowed. Out: an `ApplyResult`. No manifest is read: what was reviewed is what is applied.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime, timedelta
from fnmatch import fnmatchcase
from shlex import join
from typing import TYPE_CHECKING, Final

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import Diagnostic, diagnostic
from reconciler.core.diagnostics.exit_codes import ExitCode
from reconciler.core.diagnostics.messages import Message, msg
from reconciler.core.diagnostics.suggestions import suggestion_message
from reconciler.core.planning.guards import AllowList, GuardContext, apply_guards, unused_allowances
from reconciler.core.planning.narrow import narrow_plan
from reconciler.core.planning.plan import Plan, ShopPlan
from reconciler.core.planning.plan_secrets import attach_secrets, secret_refs
from reconciler.lib.frozen_class import frozen
from reconciler.lib.utc import format_utc
from reconciler.ports import SecretMissing
from reconciler.workflows.apply.approval import approve, approved_leaves, hold_unapproved, unexpected_fingerprint
from reconciler.workflows.apply.execute import ExecutionOptions, execute_plan, not_started
from reconciler.workflows.apply.from_manifests import allow_args
from reconciler.workflows.execution.prepare import prepare
from reconciler.workflows.maintenance_window import minutes_of_day
from reconciler.workflows.plan import hold_conflicts
from reconciler.workflows.recover import block_recovering_shops, left_closed_diagnostics, recover_before_apply

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from reconciler.core.approvals.leaf_list import Leaves
    from reconciler.core.documents.saved_plan import SavedPlan
    from reconciler.core.results.apply_result import ApplyResult
    from reconciler.core.results.request_log import RequestLogEntry
    from reconciler.core.values import Secret, SecretRef
    from reconciler.workflows.apply.rollout_options import RolloutOptions
    from reconciler.workflows.session import Session

_MINUTES: Final = 5
_CLOCK_TOLERANCE: Final = timedelta(minutes=_MINUTES)


def _not_in_plan(plan: Plan, globs: Sequence[str]) -> tuple[Diagnostic, ...]:
    names = [shop.shop for shop in plan.shops]
    return tuple(
        diagnostic(
            codes.NO_SUCH_SHOP,
            msg("No shop of the saved plan matches {glob!r}", glob=glob),
            hint=suggestion_message(glob, names) or msg("`reconciler show-plan FILE` lists its shops"),
        )
        for glob in globs
        if not any(fnmatchcase(name, glob) for name in names)
    )


async def _no_objection(_left: Plan) -> Diagnostic | None:
    return None


@frozen
class SavedPlanRequest:
    """`shops` are patterns that narrow the plan; none: all of it. `expect` is the approved fingerprint of the whole plan,
    `approved` the leaves, or a file of them, of the only shops to apply. `precondition` is called before the approval: it gets
    the rest of the plan and returns why it must not be applied any more. `remaining_only`: the approval is about the rest of the
    plan alone.
    """

    file: Path
    shops: tuple[str, ...] = ()
    expect: str | None = None
    approved: Leaves | Path | None = None
    allowed: tuple[tuple[str, str], ...] = ()
    reason: str | None = None
    pacing: RolloutOptions | None = None
    precondition: Callable[[Plan], Awaitable[Diagnostic | None]] = _no_objection
    remaining_only: bool = False


async def apply_saved_plan(session: Session, request: SavedPlanRequest) -> ApplyResult:
    """Raises BackendError where nothing at all can be read, SetupError where the file or the store cannot be used."""
    saved = session.plans.load(request.file)
    approved = approved_leaves(session, request.approved)
    refusal = _fingerprint_or_target_mismatch(session, saved, request) or _expired(session, saved)
    if refusal is not None:
        return refused(saved.plan, refusal)
    missing = _not_in_plan(saved.plan, request.shops)
    if missing:
        session.listener.on_diagnostics(missing)
        return not_started(saved.plan, (), ExitCode.ERROR, diagnostics=missing)
    saved = replace(saved, plan=narrow_plan(saved.plan, request.shops))
    recovered = await recover_before_apply(session)
    allowed = AllowList(entries=(*saved.metadata.allowed, *request.allowed))
    ready = hold_unapproved(_ready(session, saved, allowed), approved)
    unused = unused_allowances(AllowList(entries=request.allowed), ready, [shop.shop for shop in ready.shops])
    session.listener.on_diagnostics(unused)
    held = block_recovering_shops(ready, recovered)
    left, requests = await _rebased(session, held)
    plan = _with_conflicts(session, held, left, allowed)
    shown = _remaining(plan, left) if request.remaining_only else plan
    refusal = await request.precondition(left) or await approve(session, plan, request.pacing, shown=shown)
    if refusal is not None:
        return refused(plan, refusal, left_closed_diagnostics(recovered), diagnostics=unused)
    options = ExecutionOptions(
        pacing=request.pacing,
        allowed=allowed.entries,
        reason=request.reason,
        saved_as=ready,
        left_closed=left_closed_diagnostics(recovered),
        again=_command(request),
    )
    return await execute_plan(session, plan, options, diagnostics=unused, requests=requests)


def _remaining(plan: Plan, left: Plan) -> Plan:
    """The shops of the plan in which something is still to be written, or that are held."""
    names = {shop.shop for shop in left.shops if shop.steps or shop.blocked}
    return replace(plan, shops=tuple(shop for shop in plan.shops if shop.shop in names))


def _command(request: SavedPlanRequest) -> str:
    words = join((str(request.file), *request.shops))
    return " ".join(filter(None, ("reconciler apply", words, allow_args(request.allowed))))


def refused(
    plan: Plan,
    refusal: Diagnostic,
    left_closed: Sequence[Diagnostic] = (),
    *,
    diagnostics: Sequence[Diagnostic] = (),
) -> ApplyResult:
    unapplied = replace(plan, findings=(*plan.findings, refusal))
    return not_started(unapplied, left_closed, ExitCode.REFUSED, diagnostics=diagnostics)


def _expired(session: Session, saved: SavedPlan) -> Diagnostic | None:
    """What was approved long ago may have been reverted on purpose since, and would be written again."""
    days, created = session.guards.plan_age, saved.metadata.created
    age = session.clock.now() - datetime.fromisoformat(created)
    if age < -_CLOCK_TOLERANCE:
        return _created_later(created, session.clock.now())
    if age <= timedelta(days=days):
        return None
    return diagnostic(
        codes.OVERTAKEN,
        msg("The plan was created at {created}; it cannot be applied after {days} days", created=created, days=days),
        hint=msg("Create the plan again and get it approved; limits.plan_age sets how old a plan may be"),
    )


def _created_later(created: str, now: datetime) -> Diagnostic:
    """Its age cannot be known: it would also expire later by as much as one of the clocks is wrong."""
    return diagnostic(
        codes.OVERTAKEN,
        msg(
            "The plan was created at {created}, but this machine's clock says {now}",
            created=created,
            now=format_utc(now),
        ),
        expected=msg("a time that has passed; the clocks may differ by {minutes} minutes", minutes=_MINUTES),
        hint=msg("Set the clock that is wrong, here or on the machine that made the plan, then create the plan again"),
    )


def _fingerprint_or_target_mismatch(session: Session, saved: SavedPlan, request: SavedPlanRequest) -> Diagnostic | None:
    """Another plan than the approved one, or one for another fleet."""
    unexpected = unexpected_fingerprint(saved.plan, request.expect)
    if unexpected is not None:
        return unexpected
    made, target, fleet = saved.metadata, session.target, session.target.fleet()
    same_backend = (made.environment, made.backend) == (target.environment, target.backend)
    if same_backend and made.fleet in (None, fleet):
        return None
    return diagnostic(
        codes.NOT_EXPECTED,
        msg(
            "The plan was created for {backend} ({environment}), fleet {fleet}",
            backend=made.backend,
            environment=made.environment,
            fleet=made.fleet or "-",
        ),
        expected=msg(
            "{backend} ({environment}), fleet {fleet}, as in the settings",
            backend=target.backend,
            environment=target.environment,
            fleet=fleet or "-",
        ),
        hint=msg("Apply it with the settings it was created with, or create it again"),
    )


def _ready(session: Session, saved: SavedPlan, allowed: AllowList) -> Plan:
    """With its secrets in it, and under the guards of this hour: those of the time it was made say nothing of now."""
    session.secrets.prepare(ref for shop in saved.plan.shops for ref in secret_refs(shop))
    shops = tuple(_with_secrets(session, _unguarded(shop)) for shop in saved.plan.shops)
    plan = replace(saved.plan, shops=shops, findings=())
    zones = {shop.maintenance.time_zone for shop in shops}
    context = GuardContext(limits=session.guards, allowed=allowed, minutes=minutes_of_day(session.clock.now(), zones))
    return apply_guards(plan, context)


def _with_conflicts(session: Session, plan: Plan, left: Plan, allowed: AllowList) -> Plan:
    """With the present state of the backend, before the approval. Whether both sides changed is checked only for shops that are
    still as planned: the state of a stale plan does not show who changed it since.
    """
    as_planned = replace(left, shops=tuple(shop for shop in left.shops if not shop.blocked))
    judged = (*left.shops, *hold_conflicts(session, as_planned, allowed).shops)
    findings = {shop.shop: shop.findings for shop in judged}
    return replace(plan, shops=tuple(replace(shop, findings=findings[shop.shop]) for shop in plan.shops))


async def _rebased(session: Session, plan: Plan) -> tuple[Plan, Sequence[RequestLogEntry]]:
    """What is left of the plan at the backend as it is now."""
    async with session.observe() as backend:
        prepared = await prepare(plan, backend, session.pace, session.digest_key())
        return prepared.plan, tuple(backend.requests)


def _unguarded(shop: ShopPlan) -> ShopPlan:
    return replace(shop, findings=tuple(f for f in shop.findings if not f.code.number.startswith("G")))


def _with_secrets(session: Session, shop: ShopPlan) -> ShopPlan:
    resolved: dict[SecretRef, Secret] = {}
    missing: dict[SecretRef, tuple[Message, Message | None]] = {}
    for ref in secret_refs(shop):
        try:
            resolved[ref] = session.secrets.resolve(ref)
        except SecretMissing as reason:  # `attach_secrets` adds the shop and the line
            missing[ref] = (reason.text, reason.hint)
    return attach_secrets(shop, resolved, session.digest_key(), missing)
