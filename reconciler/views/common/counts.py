"""The numbers of a result, counted once for all formats.

In: a plan, a drift. Out: counts. The words around them are the formats' own.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from reconciler.core.diagnostics import codes
from reconciler.core.drift.drift import Drift
from reconciler.core.drift.payment_problems import PaymentProblem
from reconciler.core.planning.change import ChangeAction
from reconciler.core.planning.plan import Plan
from reconciler.lib.frozen_class import frozen


@frozen
class PlanTally:
    """`closing` shops are closed and reopened, without those that are held. `seconds` are the shortest and the longest time
    that one is expected to be closed.

    `refused`: shops with changes that a guard or a rule holds. `unplanned`: shops that could not be read. `uncompared`:
    fields whose secret was not available.
    """

    add: int
    change: int
    remove: int
    derived: int
    shops: int
    changed: int
    closing: int
    refused: int
    unplanned: int
    uncompared: int
    seconds: tuple[int, int] | None


def of_plan(plan: Plan) -> PlanTally:
    written = Counter(change.action for shop in plan.shops for change in shop.written_changes)
    seconds = [shop.bracket.seconds for shop in plan.shops if shop.bracket and not shop.blocked]
    return PlanTally(
        add=written[ChangeAction.ADD],
        change=written[ChangeAction.CHANGE],
        remove=written[ChangeAction.REMOVE],
        derived=sum(change.derived for shop in plan.shops for change in shop.changes),
        shops=len(plan.shops),
        changed=len(plan.changed),
        closing=len(seconds),
        refused=sum(1 for shop in plan.changed if shop.blocked),
        unplanned=sum(1 for shop in plan.shops if shop.blocked and not shop.changes),
        uncompared=sum(len(shop.uncompared) for shop in plan.shops),
        seconds=(min(seconds), max(seconds)) if seconds else None,
    )


@frozen
class DriftTally:
    """`fields` differ; `converged` ones do so no longer, `accepted` ones may, `hidden` ones were not asked for, `uncompared` ones
    miss their secret. `silent` counts shops, `strangers` the sellers with foreign endpoints. `critical` counts the shops in which
    payments do not work, `problems` those of each class. A run may have left `left_closed` shops closed. `unmanaged` shops have
    no manifest; None where the backend's shops were not listed.
    """

    shops: int
    drifted: int
    fields: int
    unknown: int
    converged: int
    accepted: int
    hidden: int
    uncompared: int
    silent: int
    strangers: int
    critical: int
    problems: Mapping[PaymentProblem, int]
    left_closed: int
    unmanaged: int | None


def of_drift(drift: Drift) -> DriftTally:
    differing = drift.shops_with_entries
    return DriftTally(
        shops=len(drift.shops),
        drifted=sum(shop.drifted for shop in differing),
        fields=sum(not entry.settled for shop in differing for entry in shop.entries),
        unknown=sum(shop.unknown for shop in differing),
        converged=sum(entry.informational for shop in differing for entry in shop.entries),
        accepted=sum(entry.accepted_until is not None for shop in differing for entry in shop.entries),
        hidden=drift.hidden,
        uncompared=sum(len(shop.uncompared) for shop in differing),
        silent=sum(shop.missed_notifications for shop in differing),
        strangers=sum(shop.foreign_endpoints for shop in differing),
        critical=sum(bool(shop.problems) for shop in differing),
        problems={each: sum(each in shop.problems for shop in differing) for each in PaymentProblem},
        left_closed=len({each.shop for each in drift.findings if each.code == codes.LEFT_CLOSED}),
        unmanaged=None if drift.unmanaged is None else len(drift.unmanaged.shops),
    )
