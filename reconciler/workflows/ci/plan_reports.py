"""Reports of a plan into its pull request: the record, the comment, the summary and outputs of the job, the store.

A forge that fails costs a report and never the plan: what could not be sent becomes a warning beside it.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Final

from reconciler.core.diagnostics.diagnostic import Diagnostic, Severity, diagnostic
from reconciler.core.results.pull_request_result import PullRequestResult, ReviewState
from reconciler.ports import SetupError
from reconciler.ports.ci.forge import (
    COMMENT_CHARACTERS,
    Annotation,
    CiContext,
    CiJob,
    Forge,
    ForgeError,
    RecordState,
    RecordWrite,
)
from reconciler.ports.ci.reviews import ReviewedPlan, pull_request_key
from reconciler.workflows.ci.names import comment_marker, plan_record_name
from reconciler.workflows.session import Session

MAX_CALLS: Final = 8
"""Requests to the forge, retries included, for a fleet of any size."""
SUMMARY_CHARACTERS: Final = 300_000
"""Of the job's summary: three bytes each fit into GitHub's 1 MiB."""
RECORD_SUMMARY_CHARACTERS: Final = 60_000
_LEVELS: Final = {Severity.WARNING: "warning", Severity.NOTE: "notice"}
_RECORDS: Final = {
    ReviewState.PLANNING: RecordState.PLANNING,
    ReviewState.REVIEWABLE: RecordState.REVIEWABLE,
    ReviewState.INVALID: RecordState.INVALID,
    ReviewState.HELD: RecordState.HELD,
    ReviewState.FAILED: RecordState.INVALID,
}
_STATES: Final = {
    ReviewState.PLANNING: "Planning",
    ReviewState.REVIEWABLE: "Ready for review",
    ReviewState.INVALID: "Invalid manifests",
    ReviewState.HELD: "Held by a guard",
    ReviewState.FAILED: "Failed before the plan was complete",
    ReviewState.VALIDATED: "Validated",
}


@dataclass(slots=True)
class PlanReports:
    """`language` is that of comment and summary. `problems` collects what could not be reported."""

    session: Session
    job: CiJob
    context: CiContext
    language: str
    forge: Forge | None = None
    problems: list[Diagnostic] = field(default_factory=list)

    @asynccontextmanager
    async def connected(self) -> AsyncIterator[None]:
        """Without a connection where there is no token: then nothing is sent."""
        try:
            connection = self.job.connect(self.context, max_calls=MAX_CALLS)
            self.forge = await connection.__aenter__()
        except ForgeError as error:
            self._warn(error)
            yield
            return
        try:
            yield
        finally:
            await connection.__aexit__(None, None, None)

    async def announce(self, result: PullRequestResult) -> None:
        """That a plan is being made, so that the one before is not reviewed. A failure here is ignored."""
        await self._send(result, text="", patient=False)

    async def send(self, result: PullRequestResult, text: str) -> None:
        """`text` is the line of the record."""
        await self._send(result, text=text, patient=True)

    async def _send(self, result: PullRequestResult, *, text: str, patient: bool) -> None:
        forge = self.forge
        if forge is None:
            return
        known = len(self.problems)
        record = RecordWrite(
            state=_RECORDS[result.state],
            text=text,
            title=_title(result),
            summary=self._markdown(result, RECORD_SUMMARY_CHARACTERS),
            annotations=_annotations(result),
        )
        try:
            await forge.write_record(result.head, plan_record_name(self.session.target), record, patient=patient)
        except ForgeError as error:
            self._warn(error)
        marked = replace(result, marker=comment_marker(self.session.target))
        body = self._markdown(marked, COMMENT_CHARACTERS)
        try:
            await forge.keep_comment(result.number, marked.marker, body, patient=patient)
        except ForgeError as error:
            self._warn(error)
        if not patient:
            del self.problems[known:]  # the report at the end says it, or has made up for it

    def write_files(self, result: PullRequestResult) -> None:
        """The outputs and the summary of the job."""
        assert result.plan is not None
        plan = result.plan.plan
        values = {
            "fingerprint": plan.fingerprint,
            "changed": str(sum(1 for shop in plan.shops if shop.written_changes)),
            "closures": str(sum(1 for shop in plan.shops if shop.closes_shop and not shop.blocked)),
        }
        try:
            self.job.write_outputs(values)
            self.job.write_summary(self._markdown(result, SUMMARY_CHARACTERS))
        except SetupError as error:
            self.problems.append(diagnostic(error.code, error.text, hint=error.hint))

    def save(self, result: PullRequestResult) -> None:
        """For `ci check` and `ci apply`, which believe it only where it hashes to the record."""
        assert result.plan is not None
        plan = result.plan.plan
        try:
            reviewed = ReviewedPlan(
                request=pull_request_key(self.context, self.session.target.fleet_name, result.number),
                head=result.head,
                base=result.base,
                fingerprint=plan.fingerprint,
                leaves=plan.leaves,
                created=self.session.clock.now(),
            )
            with self.session.reviews() as store:
                if store is not None:
                    store.save_plan(reviewed)
        except SetupError as error:
            why = diagnostic(error.code, error.text, hint=error.hint)
            self.problems.append(replace(why, severity=Severity.WARNING))

    def _markdown(self, result: PullRequestResult, budget: int) -> str:
        return self.session.renderer.render(result, "markdown", self.language, budget)

    def _warn(self, error: ForgeError) -> None:
        why = diagnostic(error.code, error.text, hint=error.hint)
        self.problems.append(replace(why, severity=Severity.WARNING))


def _annotations(result: PullRequestResult) -> list[Annotation]:
    """The most severe first: a forge shows the first ones only."""
    found = sorted(result.all_diagnostics, key=lambda each: -each.severity)
    return [
        Annotation(
            path=each.origin.file,
            line=max(each.origin.line, 1),
            level=_LEVELS.get(each.severity, "failure"),
            title=f"{each.code.number} {each.code.slug}",
            message=str(each.summary),
        )
        for each in found
        if each.origin is not None and not each.origin.file.startswith(("/", ".."))
    ]


def _title(result: PullRequestResult) -> str:
    """Not translated: a record belongs to machines as well."""
    if result.plan is None:
        return _STATES[result.state]
    changed = sum(1 for shop in result.plan.plan.shops if shop.written_changes)
    return f"{_STATES[result.state]}: {changed} {'shop changes' if changed == 1 else 'shops change'}"
