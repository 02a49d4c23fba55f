"""Reports of `ci apply`: into each pull request, on the commit, for later steps, and what is deferred.

Nothing is decided by what is written here. A forge that fails costs a report, and is a warning beside the result. The next run
sends the comment about shops that are still refused or deferred. A comment about applied shops is not sent later: the log and the
summary of the job have them. The same report is not sent twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from reconciler.core.approvals.decision import Approval, ShopDecision, Verdict
from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import Diagnostic, Severity, diagnostic
from reconciler.core.diagnostics.messages import msg
from reconciler.core.model.canonical import fingerprint
from reconciler.core.results.approvals_result import REFUSALS, ApprovalsResult, approvals_result
from reconciler.lib.utc import format_utc, parse_utc
from reconciler.ports import SetupError
from reconciler.ports.ci.forge import COMMENT_CHARACTERS, ForgeError, RecordState, RecordWrite
from reconciler.ports.ci.reviews import DeferredApply, pull_request_key
from reconciler.workflows.ci.names import apply_marker, apply_record_name

if TYPE_CHECKING:
    from reconciler.core.values import ShopKey
    from reconciler.ports.ci.forge import CiContext, CiJob, Forge
    from reconciler.ports.ci.reviews import ReviewStore
    from reconciler.workflows.session import Session

_SUMMARY: Final = 60_000
"""Characters of a record's summary, and of the job's."""


@dataclass(slots=True)
class ApplyReports:
    session: Session
    job: CiJob
    forge: Forge
    context: CiContext
    reviews: ReviewStore | None
    language: str
    problems: list[Diagnostic] = field(default_factory=list)
    _finished: list[ShopDecision] = field(default_factory=list)

    def with_finished(self, decisions: Sequence[ShopDecision]) -> tuple[ShopDecision, ...]:
        """With what was deferred and needs no job any more. Where the shop has something else to be done by now, only the pull
        request of the deferred apply hears of it.
        """
        known = () if self.reviews is None else self.reviews.deferred(self.session.target.fleet_name)
        done = {each.shop for each in decisions if each.verdict is Verdict.DONE}
        finished = (each for each in known if each.applied is not None or (each.waiting and each.shop in done))
        self._finished = [finished_decision(each) for each in finished]
        others = {each.shop for each in decisions} - done
        replaced = {each.shop: each for each in self._finished if each.shop not in others}
        return (*(each for each in decisions if each.shop not in replaced), *replaced.values())

    async def send(self, result: ApprovalsResult) -> tuple[Diagnostic, ...]:
        """What could not be reported."""
        self._remember(result)
        shown = (*_shown(result.decisions), *self._finished)
        for number in sorted({each.approval.number for each in shown if each.approval.number}):
            if await self._comment(number, result):
                self._settle_finished(number)
        await self._record(result)
        self._write_files(result)
        return tuple(self.problems)

    def _remember(self, result: ApprovalsResult) -> None:
        """What is deferred, and what is not any more. An apply that failed stays deferred if it was."""
        if self.reviews is None:
            return
        fleet, now = self.session.target.fleet_name, self.session.clock.now()
        deferred = [each for each in result.decisions if each.verdict is Verdict.DEFERRED]
        self.reviews.defer([found for each in deferred if (found := self._deferred(each)) is not None])
        known = self.reviews.deferred(fleet)
        taken_back = {each.shop for each in known if each.dropped is not None and now <= each.expires}
        decided = {each.shop for each in result.decisions}
        gone = [each.shop for each in known if each.expires < now and each.shop not in decided]
        self.reviews.settle(fleet, [*_settled(result, taken_back), *gone])

    def _deferred(self, decision: ShopDecision) -> DeferredApply | None:
        approval = decision.approval
        if approval.number is None or approval.approved is None or decision.leaf is None:
            return None
        approved = parse_utc(approval.approved)
        return DeferredApply(
            request=pull_request_key(self.context, self.session.target.fleet_name, approval.number),
            shop=decision.shop,
            head=approval.head,
            leaf=decision.leaf,
            approved=approved,
            expires=approved + timedelta(days=self.session.guards.plan_age),
            since=self.session.clock.now(),
        )

    def _settle_finished(self, number: int) -> None:
        if self.reviews is not None:
            shops = {each.shop for each in self._finished if each.approval.number == number}
            fleet = self.session.target.fleet_name
            found = [each.shop for each in self.reviews.deferred(fleet) if each.request.number == number]
            self.reviews.settle(fleet, shops.intersection(found))

    async def _comment(self, number: int, result: ApprovalsResult) -> bool:
        """Whether the pull request says it now."""
        listed = {each.shop for each in result.decisions if each.verdict is Verdict.APPLIED_IN_WINDOW}
        unlisted = (each for each in self._finished if each.shop not in listed)
        own = tuple(each for each in (*result.decisions, *unlisted) if each.approval.number == number)
        marker = apply_marker(self.session.target)
        page = self._markdown(
            approvals_result(result.name, own, result.empty, result.applied), COMMENT_CHARACTERS - 200
        )
        body = f"{marker}\n{page}"
        key, digest = pull_request_key(self.context, self.session.target.fleet_name, number), fingerprint(body)
        if self.reviews is not None and self.reviews.last_report(key) == digest:
            return True
        try:
            await self.forge.keep_comment(number, marker, body)
        except ForgeError as error:
            self._warn(error)
            return False
        if self.reviews is not None:
            self.reviews.set_report(key, digest)
        return True

    async def _record(self, result: ApprovalsResult) -> None:
        record = RecordWrite(
            state=_state(result.decisions, result.exit_code != 0),
            title=", ".join(f"{word}: {count}" for word, count in sorted(result.counts.items())),
            summary=self._markdown(result, _SUMMARY),
        )
        try:
            await self.forge.write_record(self.context.commit, apply_record_name(self.session.target), record)
        except ForgeError as error:
            self._warn(error)

    def _write_files(self, result: ApprovalsResult) -> None:
        counts = result.counts
        refused = sum(1 for each in result.decisions if each.verdict in REFUSALS)
        values = {"applied": counts.get("applied", 0), "deferred": counts.get("deferred", 0), "refused": refused}
        try:
            self.job.write_outputs({name: str(count) for name, count in values.items()})
            self.job.write_summary(self._markdown(result, _SUMMARY))
        except SetupError as error:
            self.problems.append(_warning(error))

    def _markdown(self, result: ApprovalsResult, budget: int) -> str:
        return self.session.renderer.render(result, "markdown", self.language, budget)

    def _warn(self, error: ForgeError) -> None:
        self.problems.append(_warning(error))


def _settled(result: ApprovalsResult, taken_back: AbstractSet[ShopKey]) -> Iterable[ShopKey]:
    """What a person took back ends only by another approved plan, or with its approval: not because the shop differs today."""
    kept = {Verdict.DEFERRED, Verdict.DROPPED, Verdict.HELD, Verdict.APPLIED_IN_WINDOW}
    for each in result.decisions:
        if each.verdict is Verdict.APPLY:
            if result.outcomes[each.shop] in ("applied", "unchanged"):
                yield each.shop
        elif each.verdict not in kept and each.shop not in taken_back:
            yield each.shop


def finished_decision(apply: DeferredApply) -> ShopDecision:
    """Of a deferred apply that was applied outside CI, or in which nothing was left to be done."""
    if apply.applied is None:
        text = msg("Nothing was left to be applied")
    elif apply.applied_run is None:
        text = msg("Nothing was left to be applied at {time}", time=format_utc(apply.applied))
    else:
        text = msg("Applied at {time} by run {run}", time=format_utc(apply.applied), run=apply.applied_run)
    return ShopDecision(
        shop=apply.shop,
        verdict=Verdict.APPLIED_IN_WINDOW,
        approval=Approval(number=apply.request.number, head=apply.head),
        leaf=apply.leaf,
        reasons=(diagnostic(codes.APPLIED_IN_WINDOW, text, shop=apply.shop),),
    )


def _warning(error: ForgeError | SetupError) -> Diagnostic:
    code = replace(error.code, severity=Severity.WARNING)
    return diagnostic(code, error.text, hint=error.hint)


def _shown(decisions: Iterable[ShopDecision]) -> Iterable[ShopDecision]:
    return (each for each in decisions if each.verdict not in (Verdict.DONE, Verdict.DRIFTED))


def _state(decisions: Iterable[ShopDecision], failed: bool) -> RecordState:  # one of two facts
    found = {each.verdict for each in decisions}
    if failed or found & REFUSALS:
        return RecordState.REFUSED
    return RecordState.DEFERRED if Verdict.DEFERRED in found else RecordState.APPLIED
