"""Plans the shops of merged changes, and decides about each of them. Nothing is written.

In: the changes, and a source of what was reviewed. Out: the plan with a decision per shop. Raises ForgeError where an approval
cannot be read, BackendError where nothing at all can be read, SetupError where the store cannot be used.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field
from datetime import timedelta
from typing import TYPE_CHECKING, Protocol

from reconciler.core.approvals.decision import Approval, ApprovalRules, ShopDecision, Verdict, decide_shop
from reconciler.core.approvals.earlier_work import EarlierWork
from reconciler.core.approvals.leaf_list import leaves_by_shop
from reconciler.core.diagnostics.diagnostic import Diagnostic, Severity
from reconciler.core.model.selection import Selection
from reconciler.core.planning.fingerprint import plan_leaves
from reconciler.core.runs.last_applied import LastApplied
from reconciler.lib.frozen_class import frozen
from reconciler.lib.utc import format_utc, parse_utc
from reconciler.workflows.plan import plan_selection
from reconciler.workflows.sources import DriftSources

if TYPE_CHECKING:
    from reconciler.core.planning.plan import Plan
    from reconciler.core.results.request_log import RequestLogEntry
    from reconciler.core.runs.earlier_run import EarlierRun
    from reconciler.core.values import ShopKey
    from reconciler.ports.ci.reviews import DeferredApply, ReviewStore
    from reconciler.workflows.ci.merged_changes import MergedChanges
    from reconciler.workflows.session import Session

Allowed = tuple[tuple[str, str], ...]


class ApprovalSource(Protocol):
    async def of_pending(self, scope: Scope, pending: Sequence[ShopKey], plan: Plan) -> Mapping[ShopKey, Approval]:
        """What was reviewed of each pending shop, where anything is known."""
        ...


@frozen
class Evaluation:
    """`broken` are the errors of manifests: with them nothing is applied. `others` counts the shops outside the plan."""

    decisions: tuple[ShopDecision, ...] = ()
    broken: tuple[Diagnostic, ...] = ()
    requests: Sequence[RequestLogEntry] = ()
    others: int = 0

    @property
    def approved(self) -> dict[ShopKey, str]:
        """The shops that may be applied, with the leaves of their plans."""
        return {each.shop: each.leaf for each in self.decisions if each.verdict is Verdict.APPLY and each.leaf}


@frozen
class Scope:
    """What is evaluated. `waiting` are deferred applies, which may be older than the changes. `only`: no other shops than
    these.
    """

    changes: MergedChanges
    waiting: Mapping[ShopKey, DeferredApply] = field(default_factory=dict)
    only: frozenset[ShopKey] | None = None
    allowed: Allowed = ()

    @property
    def shops(self) -> frozenset[ShopKey]:
        found = frozenset((*self.changes.owners, *self.waiting))
        return found if self.only is None else found & self.only


def waiting_applies(session: Session, reviews: ReviewStore | None) -> dict[ShopKey, DeferredApply]:
    """Those that were dropped too: they are reported."""
    found = () if reviews is None else reviews.deferred(session.target.fleet_name)
    return {each.shop: each for each in found if each.applied is None}


async def evaluate(session: Session, scope: Scope, source: ApprovalSource) -> Evaluation:
    if not scope.shops:
        return Evaluation(others=scope.changes.total)
    others = max(0, scope.changes.total - len(scope.shops))
    planned, requests = await plan_selection(
        session, Selection(names=frozenset(scope.shops)), scope.allowed, others=others
    )
    broken = tuple(each for each in planned.manifest.findings if each.severity is Severity.ERROR)
    if broken:
        return Evaluation(broken=broken, requests=requests, others=others)
    plan = planned.plan
    # Only of shops in which something remains to be written: the forge gets no other request.
    approvals = await source.of_pending(scope, [leaf.shop for leaf in plan_leaves(plan)], plan)
    leaves, rules = leaves_by_shop(plan_leaves(plan)), _rules(session, scope, _earlier_work(session, approvals))
    held = tuple(each for each in plan.findings if each.blocking)
    unknown = Approval(number=None)
    decisions = (
        decide_shop(shop, leaves.get(shop.shop), approvals.get(shop.shop, unknown), rules, held) for shop in plan.shops
    )
    return Evaluation(decisions=tuple(decisions), requests=requests, others=others)


def _earlier_work(session: Session, approvals: Mapping[ShopKey, Approval]) -> dict[ShopKey, EarlierWork]:
    """What runs since an approval did in its shop. Without a store nothing is known."""
    dates = {
        shop: each.approved
        for shop, each in approvals.items()
        if each.approved is not None and each.leaves is not None and shop in each.leaves
    }
    with session.store.history() as history:
        if history is None or not dates:
            return {}
        since = parse_utc(min(dates.values()))
        runs: dict[ShopKey, list[EarlierRun]] = {}
        for run in history.earlier_runs(sorted(dates), since):
            runs.setdefault(run.shop, []).append(run)
        pasts = DriftSources(history=history, key=session.digest_key()).last_applied(sorted(runs))
    return {shop: EarlierWork(runs=tuple(some), past=pasts.get(shop, LastApplied())) for shop, some in runs.items()}


def _rules(session: Session, scope: Scope, earlier: Mapping[ShopKey, EarlierWork]) -> ApprovalRules:
    days = session.guards.plan_age
    dropped = {shop: each.leaf for shop, each in scope.waiting.items() if each.dropped is not None}
    since = format_utc(session.clock.now() - timedelta(days=days))
    return ApprovalRules(since=since, days=days, dropped=dropped, earlier=earlier)
