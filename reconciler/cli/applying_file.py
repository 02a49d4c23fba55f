"""The course of `apply FILE`: a plan that was saved, held against its seal, its secrets, the guards of this hour, and the world.

In: the file and what is allowed. Out: a report on the terminal and the verdict. No manifest is read: what was reviewed is what
is applied.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from reconciler import wiring
from reconciler.cli.applying import ask
from reconciler.cli.carrying import Way, carry_out, tell
from reconciler.cli.commands.plan import hold_conflicts
from reconciler.cli.rescuing import rescue
from reconciler.cli.shell.rollout_options import Pacing
from reconciler.cli.shell.run_async import in_loop
from reconciler.cli.shell.terminal import Terminal
from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import Diagnostic, found
from reconciler.core.diagnostics.exit_codes import Verdict
from reconciler.core.diagnostics.messages import say
from reconciler.core.diagnostics.redaction import redacted
from reconciler.core.documents.saved_plan import SavedPlan
from reconciler.core.planning.guards import Allowed, Watch, guard, unmet
from reconciler.core.planning.plan import Plan, ShopPlan
from reconciler.core.planning.plan_secrets import references, restore
from reconciler.core.runs.report import fold, with_left_closed
from reconciler.core.values import Secret, SecretRef
from reconciler.ports import RequestLine, SecretMissing, Secrets
from reconciler.wiring import Settings
from reconciler.workflows.execution.prepare import prepare
from reconciler.workflows.maintenance_window import minutes_of_day
from reconciler.workflows.recover import hold, still_closed


@dataclass(frozen=True, slots=True, kw_only=True)
class FileOrder:
    """`still` is asked before anybody else: with what is left of the plan, why it is not to be carried out any more."""

    file: Path
    expect: str | None
    grants: tuple[tuple[str, str], ...]
    auto_approve: bool
    pacing: Pacing | None = None
    still: Callable[[Plan], Diagnostic | None] = field(default=lambda _left: None)


def apply_file(order: FileOrder, settings: Settings, terminal: Terminal) -> Verdict:
    """Raises BackendError where nothing at all can be read, Unusable where the file or the store cannot be used."""
    saved = wiring.read_plan(order.file, wiring.digest_key(settings))
    refusal = _not_the_one(saved, order, settings)
    if refusal is not None:
        return refused(saved.plan, refusal, terminal)
    told = rescue(settings, terminal)
    allowed = Allowed(grants=(*saved.made.allowed, *order.grants))
    ready = _ready(saved, allowed, settings)
    idle = unmet(Allowed(grants=order.grants), ready, [shop.shop for shop in ready.shops])
    terminal.findings(idle)
    held = hold(ready, told)
    left, requests = in_loop(_look, held, settings, terminal)
    plan = _held_against_now(held, left, allowed, settings)
    refusal = order.still(left) or ask(plan, terminal, auto_approve=order.auto_approve, pacing=order.pacing)
    if refusal is not None:
        return refused(plan, refusal, terminal, closed=still_closed(told), findings=idle)
    way = Way(pacing=order.pacing, grants=allowed.grants, kept=ready, closed=still_closed(told))
    return carry_out(plan, settings, terminal, way, findings=idle, requests=requests)


def refused(
    plan: Plan,
    refusal: Diagnostic,
    terminal: Terminal,
    *,
    closed: Sequence[Diagnostic] = (),
    findings: Sequence[Diagnostic] = (),
) -> Verdict:
    unapplied = fold(replace(plan, findings=(*plan.findings, refusal)), ())
    tell(with_left_closed(unapplied, closed), findings, terminal, ())
    return Verdict.REFUSED


def _not_the_one(saved: SavedPlan, order: FileOrder, settings: Settings) -> Diagnostic | None:
    """Another plan than the approved one, or one for another place."""
    if order.expect is not None and order.expect != saved.plan.fingerprint:
        return found(
            codes.NOT_EXPECTED,
            say("The plan's fingerprint is {found}", found=saved.plan.fingerprint),
            expected=say("{expected}, as was said with --expect", expected=order.expect),
            way_on=say("Apply the plan that was approved, or have this one approved"),
        )
    here = (settings.environment.value, redacted(settings.backend.url or settings.backend.kind))
    fleet = wiring.fleet(settings)
    if (saved.made.environment, saved.made.backend) == here and saved.made.fleet in (None, fleet):
        return None
    return found(
        codes.NOT_EXPECTED,
        say(
            "The plan was made for {backend} ({environment}), fleet {fleet}",
            backend=saved.made.backend,
            environment=saved.made.environment,
            fleet=saved.made.fleet or "-",
        ),
        expected=say(
            "{backend} ({environment}), fleet {fleet}, as the settings have it",
            backend=here[1],
            environment=here[0],
            fleet=fleet or "-",
        ),
        way_on=say("Apply it with the settings that it was made with, or make it again"),
    )


def _ready(saved: SavedPlan, allowed: Allowed, settings: Settings) -> Plan:
    """With its secrets in it, and under the guards of this hour: those of the time it was made say nothing of now."""
    secrets = wiring.secrets(settings)
    shops = tuple(_with_secrets(_unguarded(shop), secrets, settings) for shop in saved.plan.shops)
    plan = replace(saved.plan, shops=shops, findings=())
    zones = {shop.maintenance.time_zone for shop in shops}
    watch = Watch(limits=wiring.limits(settings), allowed=allowed, minutes=minutes_of_day(wiring.clock().now(), zones))
    return guard(plan, watch)


def _held_against_now(plan: Plan, left: Plan, allowed: Allowed, settings: Settings) -> Plan:
    """With what the world says to it, before anybody is asked. Whether both sides moved is judged only of shops that still stand
    as planned: what a stale plan was made from says nothing of who moved since.
    """
    standing = replace(left, shops=tuple(shop for shop in left.shops if not shop.blocked))
    judged = (*left.shops, *hold_conflicts(standing, settings, allowed).shops)
    findings = {shop.shop: shop.findings for shop in judged}
    return replace(plan, shops=tuple(replace(shop, findings=findings[shop.shop]) for shop in plan.shops))


async def _look(plan: Plan, settings: Settings, terminal: Terminal) -> tuple[Plan, Sequence[RequestLine]]:
    """What is left of the plan in the world as it is now."""
    async with wiring.observer(settings, terminal.heard) as backend:
        ready = await prepare(plan, backend, wiring.pace(settings), wiring.digest_key(settings))
        return ready.plan, backend.requests


def _unguarded(shop: ShopPlan) -> ShopPlan:
    return replace(shop, findings=tuple(f for f in shop.findings if not f.code.number.startswith("G")))


def _with_secrets(shop: ShopPlan, secrets: Secrets, settings: Settings) -> ShopPlan:
    had: dict[SecretRef, Secret] = {}
    for ref in references(shop):
        try:
            had[ref] = secrets.resolve(ref)
        except SecretMissing:
            continue  # `restore` names it, with the shop and the line
    return restore(shop, had, wiring.digest_key(settings))
