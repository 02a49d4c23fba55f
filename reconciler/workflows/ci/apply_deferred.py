"""The use case `deferred apply`: approved plans whose maintenance window is open now, from the store alone.

It needs no forge: `ci apply` verified the approval when it deferred the apply, and the store has the leaf. The plan is made
again, and a shop whose plan is another one by now is held. What was applied is marked, so that the next `ci apply` reports it
into the pull request; what failed or is held stays deferred until its approval expires.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from reconciler.core.approvals.decision import (
    Approval,
    ShopDecision,
    Verdict,
    dropped_apply,
    expired_approval,
)
from reconciler.core.approvals.record import PlanRecord
from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import diagnostic
from reconciler.core.diagnostics.messages import msg
from reconciler.core.planning.guards import AllowList
from reconciler.core.planning.leaves import ShopLeaf, merkle_root
from reconciler.core.results.approvals_result import approvals_result
from reconciler.core.results.validation_result import failure
from reconciler.core.values import ShopKey
from reconciler.lib.frozen_class import frozen
from reconciler.lib.utc import format_utc
from reconciler.workflows.ci.apply_approved import apply_approved
from reconciler.workflows.ci.apply_reports import finished_decision
from reconciler.workflows.ci.deferred import not_deferred
from reconciler.workflows.ci.deferred_windows import times_of
from reconciler.workflows.ci.evaluate import Evaluation, Scope, evaluate
from reconciler.workflows.ci.merged_changes import MergedChanges
from reconciler.workflows.recover import recover_before_apply

if TYPE_CHECKING:
    from reconciler.core.planning.plan import Plan
    from reconciler.core.results.apply_result import ApplyResult
    from reconciler.core.results.command import CommandResult
    from reconciler.ports.ci.reviews import DeferredApply, ReviewStore
    from reconciler.workflows.session import Session


@frozen
class DeferredApplyRequest:
    """`shops` are patterns over shop keys; empty: all that wait. `allowed` pairs guards with patterns."""

    shops: tuple[str, ...] = ()
    allowed: tuple[tuple[str, str], ...] = ()


async def apply_deferred(session: Session, request: DeferredApplyRequest) -> CommandResult:
    """Raises BackendError where nothing at all can be read, SetupError where the store cannot be used."""
    with session.reviews(create=False) as reviews:
        found = () if reviews is None else reviews.deferred(session.target.fleet_name)
        missing = [glob for glob in request.shops if not any(fnmatchcase(each.shop, glob) for each in found)]
        if missing:
            return failure(*(not_deferred(glob) for glob in missing))
        if reviews is None:
            return approvals_result("deferred-apply", (), _NOTHING)
        return await _DeferredRun(session, request, reviews).work(_chosen(session, request, found))


_NOTHING = msg("No deferred apply can be applied now.")


def _chosen(session: Session, request: DeferredApplyRequest, found: Sequence[DeferredApply]) -> list[DeferredApply]:
    """What was dropped, expired or applied already only where it is named."""
    if request.shops:
        return [each for each in found if any(fnmatchcase(each.shop, glob) for glob in request.shops)]
    now = session.clock.now()
    return [each for each in found if each.waiting and now <= each.expires]


@frozen(kw_only=False)
class _DeferredRun:
    session: Session
    request: DeferredApplyRequest
    reviews: ReviewStore

    async def work(self, chosen: Sequence[DeferredApply]) -> CommandResult:
        due, others = self._due(chosen)
        found, applied = Evaluation(), None
        if due:
            await recover_before_apply(self.session)
            found = await self._evaluate(due)
            if found.broken:
                notice = msg("Nothing was sent: not all selected manifests are valid")
                return failure(*found.broken, notices=(notice,))
            applied = await apply_approved(self.session, found, self.request.allowed)
            self._mark(due, found, applied)
        decisions = (*found.decisions, *others)
        result = approvals_result("deferred-apply", decisions, _NOTHING, applied)
        return replace(result, requests=tuple(found.requests))

    def _due(self, chosen: Sequence[DeferredApply]) -> tuple[dict[ShopKey, DeferredApply], list[ShopDecision]]:
        """Those to be applied now, and what becomes of the others."""
        now, allowed = self.session.clock.now(), AllowList(entries=self.request.allowed)
        waiting = [each for each in chosen if each.waiting and now <= each.expires]
        times = times_of(self.session, [each.shop for each in waiting])
        due = {
            each.shop: each
            for each in waiting
            if allowed.allows(codes.OUTSIDE_WINDOW, each.shop) or (each.shop in times and times[each.shop].open)
        }
        return due, [self._other(each, waiting=each in waiting) for each in chosen if each.shop not in due]

    def _other(self, apply: DeferredApply, *, waiting: bool) -> ShopDecision:
        if apply.applied is not None:
            return finished_decision(apply)
        approval = stored_approval(apply)
        decided = ShopDecision(shop=apply.shop, verdict=Verdict.DEFERRED, approval=approval, leaf=apply.leaf)
        if apply.dropped is not None:
            return replace(decided, verdict=Verdict.DROPPED, reasons=(dropped_apply(apply.shop),))
        if not waiting:
            reason = expired_approval(apply.shop, format_utc(apply.approved), self.session.guards.plan_age)
            return replace(decided, verdict=Verdict.EXPIRED, reasons=(reason,))
        text = msg("The maintenance window of {shop} is closed", shop=apply.shop)
        hint = msg("`reconciler deferred list` shows when it opens")
        return replace(decided, reasons=(diagnostic(codes.OUTSIDE_WINDOW, text, hint=hint, shop=apply.shop),))

    async def _evaluate(self, due: Mapping[ShopKey, DeferredApply]) -> Evaluation:
        total = self.session.manifests.affected_by(()).total
        changes = MergedChanges(commits=(), owners={}, total=total)
        scope = Scope(changes=changes, waiting=due, allowed=self.request.allowed)
        return await evaluate(self.session, scope, _StoredApprovals())

    def _mark(self, due: Mapping[ShopKey, DeferredApply], found: Evaluation, applied: ApplyResult | None) -> None:
        """Nothing that failed, and nothing that a newer approval replaced."""
        outcomes = {} if applied is None else applied.outcomes
        run = None if applied is None else applied.run
        ended = {ShopKey(shop) for shop, word in outcomes.items() if word in ("applied", "unchanged")}
        done = {each.shop for each in found.decisions if each.verdict is Verdict.DONE}
        for shops, by in ((ended, run), (done, None)):
            leaves = {shop: due[shop].leaf for shop in shops if shop in due}
            if leaves:
                self.reviews.mark_applied(self.session.target.fleet_name, leaves, self.session.clock.now(), by)


class _StoredApprovals:
    """Implements ApprovalSource with what `ci apply` verified and stored."""

    async def of_pending(self, scope: Scope, pending: Sequence[ShopKey], plan: Plan) -> Mapping[ShopKey, Approval]:  # noqa: ARG002
        return {shop: stored_approval(scope.waiting[shop]) for shop in pending if shop in scope.waiting}


def stored_approval(apply: DeferredApply) -> Approval:
    """The plan of the one shop that was approved."""
    root = merkle_root([ShopLeaf(shop=apply.shop, digest=apply.leaf)])
    return Approval(
        number=apply.request.number,
        head=apply.head,
        record=PlanRecord(fingerprint=root, shops=1, base=apply.head),
        approved=format_utc(apply.approved),
        leaves={apply.shop: apply.leaf},
    )
