"""The course of `apply FILE`: a plan that was saved, held against its seal, its secrets, the guards of this hour, and the world.

In: the file and what is allowed. Out: a report on the terminal and the verdict. No manifest is read: what was reviewed is what
is applied.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from reconciler import wiring
from reconciler.cli.applying import ask
from reconciler.cli.carrying import carry_out, tell
from reconciler.cli.plan import hold_conflicts
from reconciler.cli.rescuing import rescue
from reconciler.cli.terminal import Terminal
from reconciler.core import codes
from reconciler.core.diagnostics import Diagnostic, found
from reconciler.core.exits import Verdict
from reconciler.core.guards import Allowed, Watch, guard
from reconciler.core.plan import Plan, ShopPlan
from reconciler.core.plan_document import SavedPlan
from reconciler.core.plan_secrets import references, restore
from reconciler.core.report import fold
from reconciler.core.texts import say
from reconciler.core.values import Secret, SecretRef
from reconciler.ports import SecretMissing, Secrets
from reconciler.wiring import Settings
from reconciler.workflows.plan import minutes_of_day
from reconciler.workflows.resume import hold


@dataclass(frozen=True, slots=True, kw_only=True)
class FileOrder:
    file: Path
    expect: str | None
    grants: tuple[tuple[str, str], ...]
    auto_approve: bool


def apply_file(order: FileOrder, settings: Settings, terminal: Terminal) -> Verdict:
    """Raises BackendError where nothing at all can be read, Unusable where the file or the store cannot be used."""
    saved = wiring.read_plan(order.file, wiring.digest_key(settings))
    refusal = _not_the_one(saved, order, settings)
    if refusal is not None:
        return _refused(saved.plan, refusal, terminal)
    told = rescue(settings, terminal)
    plan = hold(_ready(saved, order, settings), told)
    refusal = ask(plan, terminal, auto_approve=order.auto_approve)
    if refusal is not None:
        return _refused(plan, refusal, terminal)
    return carry_out(plan, settings, terminal, (), ())


def _refused(plan: Plan, refusal: Diagnostic, terminal: Terminal) -> Verdict:
    tell(fold(replace(plan, findings=(*plan.findings, refusal)), ()), (), terminal, ())
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
    here = (settings.environment.value, settings.backend.url or settings.backend.kind)
    if (saved.made.environment, saved.made.backend) == here:
        return None
    return found(
        codes.NOT_EXPECTED,
        say(
            "The plan was made for {backend} ({environment})",
            backend=saved.made.backend,
            environment=saved.made.environment,
        ),
        expected=say("{backend} ({environment}), as the settings have it", backend=here[1], environment=here[0]),
        way_on=say("Apply it with the settings that it was made with"),
    )


def _ready(saved: SavedPlan, order: FileOrder, settings: Settings) -> Plan:
    """With its secrets in it, and under the guards of this hour: those of the time it was made say nothing of now."""
    secrets = wiring.secrets(settings)
    shops = tuple(_with_secrets(_unguarded(shop), secrets, settings) for shop in saved.plan.shops)
    plan = replace(saved.plan, shops=shops, findings=())
    allowed = Allowed(grants=(*saved.made.allowed, *order.grants))
    zones = {shop.maintenance.time_zone for shop in shops}
    watch = Watch(limits=wiring.limits(settings), allowed=allowed, minutes=minutes_of_day(wiring.clock().now(), zones))
    return hold_conflicts(guard(plan, watch), settings, allowed)


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
