"""The course of `apply FILE`: a plan that was saved, held against its seal, its secrets, the guards of this hour, and the world.

In: the file and what is allowed. Out: a report on the terminal and the verdict. No manifest is read: what was reviewed is what
is applied.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from reconciler import wiring
from reconciler.cli.applying import confirm
from reconciler.cli.carrying import ExecutionOptions, execute_plan, show_report
from reconciler.cli.planning import hold_conflicts
from reconciler.cli.rescuing import recover_and_report
from reconciler.cli.shell.rollout_options import RolloutOptions
from reconciler.cli.shell.run_async import run_async
from reconciler.cli.shell.terminal import Terminal
from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import Diagnostic, diagnostic
from reconciler.core.diagnostics.exit_codes import ExitCode
from reconciler.core.diagnostics.messages import msg
from reconciler.core.diagnostics.redaction import redact
from reconciler.core.documents.saved_plan import SavedPlan
from reconciler.core.planning.guards import AllowList, GuardContext, apply_guards, unused_allowances
from reconciler.core.planning.plan import Plan, ShopPlan
from reconciler.core.planning.plan_secrets import attach_secrets, secret_refs
from reconciler.core.runs.report import add_left_closed, fold
from reconciler.core.values import Secret, SecretRef
from reconciler.ports import RequestLogEntry, SecretMissing, Secrets
from reconciler.wiring import Settings
from reconciler.workflows.execution.prepare import prepare
from reconciler.workflows.maintenance_window import minutes_of_day
from reconciler.workflows.recover import block_recovering_shops, left_closed_diagnostics


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedPlanRequest:
    """`still` is asked before anybody else: with what is left of the plan, why it is not to be carried out any more."""

    file: Path
    expect: str | None
    grants: tuple[tuple[str, str], ...]
    auto_approve: bool
    pacing: RolloutOptions | None = None
    precondition: Callable[[Plan], Diagnostic | None] = field(default=lambda _left: None)


def apply_saved_plan(order: SavedPlanRequest, settings: Settings, terminal: Terminal) -> ExitCode:
    """Raises BackendError where nothing at all can be read, Unusable where the file or the store cannot be used."""
    saved = wiring.load_plan(order.file, wiring.digest_key(settings))
    refusal = _fingerprint_or_target_mismatch(saved, order, settings)
    if refusal is not None:
        return refused(saved.plan, refusal, terminal)
    told = recover_and_report(settings, terminal)
    allowed = AllowList(entries=(*saved.metadata.allowed, *order.grants))
    ready = _ready(saved, allowed, settings)
    idle = unused_allowances(AllowList(entries=order.grants), ready, [shop.shop for shop in ready.shops])
    terminal.findings(idle)
    held = block_recovering_shops(ready, told)
    left, requests = run_async(_look, held, settings, terminal)
    plan = _held_against_now(held, left, allowed, settings)
    refusal = order.precondition(left) or confirm(plan, terminal, auto_approve=order.auto_approve, pacing=order.pacing)
    if refusal is not None:
        return refused(plan, refusal, terminal, closed=left_closed_diagnostics(told), findings=idle)
    way = ExecutionOptions(
        pacing=order.pacing, grants=allowed.entries, kept=ready, closed=left_closed_diagnostics(told)
    )
    return execute_plan(plan, settings, terminal, way, findings=idle, requests=requests)


def refused(
    plan: Plan,
    refusal: Diagnostic,
    terminal: Terminal,
    *,
    closed: Sequence[Diagnostic] = (),
    findings: Sequence[Diagnostic] = (),
) -> ExitCode:
    unapplied = fold(replace(plan, findings=(*plan.findings, refusal)), ())
    show_report(add_left_closed(unapplied, closed), findings, terminal, ())
    return ExitCode.REFUSED


def _fingerprint_or_target_mismatch(saved: SavedPlan, order: SavedPlanRequest, settings: Settings) -> Diagnostic | None:
    """Another plan than the approved one, or one for another place."""
    if order.expect is not None and order.expect != saved.plan.fingerprint:
        return diagnostic(
            codes.NOT_EXPECTED,
            msg("The plan's fingerprint is {found}", found=saved.plan.fingerprint),
            expected=msg("{expected}, as was said with --expect", expected=order.expect),
            hint=msg("Apply the plan that was approved, or have this one approved"),
        )
    here = (settings.environment.value, redact(settings.backend.url or settings.backend.kind))
    fleet = wiring.fleet_id(settings)
    if (saved.metadata.environment, saved.metadata.backend) == here and saved.metadata.fleet in (None, fleet):
        return None
    return diagnostic(
        codes.NOT_EXPECTED,
        msg(
            "The plan was made for {backend} ({environment}), fleet {fleet}",
            backend=saved.metadata.backend,
            environment=saved.metadata.environment,
            fleet=saved.metadata.fleet or "-",
        ),
        expected=msg(
            "{backend} ({environment}), fleet {fleet}, as the settings have it",
            backend=here[1],
            environment=here[0],
            fleet=fleet or "-",
        ),
        hint=msg("Apply it with the settings that it was made with, or make it again"),
    )


def _ready(saved: SavedPlan, allowed: AllowList, settings: Settings) -> Plan:
    """With its secrets in it, and under the guards of this hour: those of the time it was made say nothing of now."""
    secrets = wiring.secrets(settings)
    shops = tuple(_with_secrets(_unguarded(shop), secrets, settings) for shop in saved.plan.shops)
    plan = replace(saved.plan, shops=shops, findings=())
    zones = {shop.maintenance.time_zone for shop in shops}
    watch = GuardContext(
        limits=wiring.limits(settings), allowed=allowed, minutes=minutes_of_day(wiring.clock().now(), zones)
    )
    return apply_guards(plan, watch)


def _held_against_now(plan: Plan, left: Plan, allowed: AllowList, settings: Settings) -> Plan:
    """With what the world says to it, before anybody is asked. Whether both sides moved is judged only of shops that still stand
    as planned: what a stale plan was made from says nothing of who moved since.
    """
    standing = replace(left, shops=tuple(shop for shop in left.shops if not shop.blocked))
    judged = (*left.shops, *hold_conflicts(standing, settings, allowed).shops)
    findings = {shop.shop: shop.findings for shop in judged}
    return replace(plan, shops=tuple(replace(shop, findings=findings[shop.shop]) for shop in plan.shops))


async def _look(plan: Plan, settings: Settings, terminal: Terminal) -> tuple[Plan, Sequence[RequestLogEntry]]:
    """What is left of the plan in the world as it is now."""
    async with wiring.observer(settings, terminal.log_request) as backend:
        ready = await prepare(plan, backend, wiring.pace(settings), wiring.digest_key(settings))
        return ready.plan, backend.requests


def _unguarded(shop: ShopPlan) -> ShopPlan:
    return replace(shop, findings=tuple(f for f in shop.findings if not f.code.number.startswith("G")))


def _with_secrets(shop: ShopPlan, secrets: Secrets, settings: Settings) -> ShopPlan:
    had: dict[SecretRef, Secret] = {}
    for ref in secret_refs(shop):
        try:
            had[ref] = secrets.resolve(ref)
        except SecretMissing:
            continue  # `restore` names it, with the shop and the line
    return attach_secrets(shop, had, wiring.digest_key(settings))
