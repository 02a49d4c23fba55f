"""What an apply overrides: guards by `--allow`, conflicts by `--take`. Recorded in the journal before the first write.

In: a session, the plan, what was allowed. Out: the event, or None where nothing was allowed.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.redaction import redact
from reconciler.core.drift.conflicts import conflict_diagnostics
from reconciler.core.planning.guards import AllowList, GuardContext, guard_findings
from reconciler.core.runs.events import GuardOverride, GuardsOverridden
from reconciler.workflows.maintenance_window import minutes_of_day
from reconciler.workflows.sources import DriftSources

if TYPE_CHECKING:
    from reconciler.core.diagnostics.diagnostic import Diagnostic
    from reconciler.core.planning.plan import Plan
    from reconciler.workflows.session import Session


def overrides_of(session: Session, plan: Plan, allowed: AllowList, reason: str | None) -> GuardsOverridden | None:
    """Raises SetupError where the history cannot be read."""
    if not allowed.entries and reason is None:
        return None
    zones = {shop.maintenance.time_zone for shop in plan.shops}
    context = GuardContext(limits=session.guards, minutes=minutes_of_day(session.clock.now(), zones))
    found = (*guard_findings(plan, context), *_conflicts(session, plan, allowed))
    return GuardsOverridden(
        given=tuple(redact(f"{slug}:{glob}") for slug, glob in allowed.entries),
        overridden=tuple(
            GuardOverride(guard=each.code.slug, shop=each.shop, field=each.subject)
            for each in found
            if allowed.allows(each.code, each.shop)
        ),
        reason=None if reason is None else redact(reason),
    )


def _conflicts(session: Session, plan: Plan, allowed: AllowList) -> Iterator[Diagnostic]:
    taken = [shop for shop in plan.changed if allowed.allows(codes.BOTH_MOVED, shop.shop)]
    if not taken:
        return
    with session.store.history() as history:
        if history is None:
            return
        pasts = DriftSources(history=history, key=session.digest_key()).last_applied([shop.shop for shop in taken])
    for shop in taken:
        if shop.shop in pasts:
            yield from conflict_diagnostics(shop, pasts[shop.shop])
