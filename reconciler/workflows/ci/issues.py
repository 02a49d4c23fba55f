"""The use case `ci issues`: one issue at the forge for each owner of unsettled findings, edited in place.

It is level-triggered: the store says what is open, the forge says what the issues say, and only what differs is sent. A run that
was lost changes nothing in the end. What the forge does not do is a warning, and the next run makes up for it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import Diagnostic, Severity, diagnostic
from reconciler.core.diagnostics.messages import Message, msg
from reconciler.core.findings.owner_findings import OwnerFindings, findings_by_owner
from reconciler.core.results.table_result import Cell, NamedCell, TableResult
from reconciler.lib.frozen_class import frozen
from reconciler.ports import SetupError
from reconciler.ports.ci.forge import COMMENT_CHARACTERS, ForgeError
from reconciler.ports.ci.issues import IssueState
from reconciler.workflows.ci.apply import require_trusted
from reconciler.workflows.ci.issue_changes import IssueAction, IssueChange, IssuePlan
from reconciler.workflows.ci.names import ISSUE_LABEL
from reconciler.workflows.findings.proposals import proposed_plans

if TYPE_CHECKING:
    from reconciler.core.results.owner_issue_result import OwnerIssueResult
    from reconciler.ports.ci.issues import ForgeIssues
    from reconciler.workflows.session import Session

MAX_CALLS: Final = 60
"""Requests of one run, retries included. What does not fit is sent by the next run."""
_LOOKS: Final = 20
_COLUMNS: Final = (
    ("action", msg("Action")),
    ("owner", msg("Responsible")),
    ("findings", msg("Findings")),
    ("issue", msg("Issue")),
    ("outcome", msg("Outcome")),
)
_ACTIONS: Final = {
    IssueAction.CREATE: msg("create"),
    IssueAction.UPDATE: msg("update"),
    IssueAction.REOPEN: msg("open again"),
    IssueAction.CLOSE: msg("close the issue"),
    IssueAction.KEEP: msg("unchanged"),
}
_SENT: Final = NamedCell("sent", msg("sent"))
_FAILED: Final = NamedCell("failed", msg("failed"))
_NOT_SENT: Final = NamedCell("not-sent", msg("not sent"))
_STATES: Final = {IssueAction.REOPEN: IssueState.OPEN, IssueAction.CLOSE: IssueState.CLOSED}


@frozen
class IssuesRequest:
    """`language` is that of the issues. `dry_run`: the forge is read, and nothing is sent."""

    dry_run: bool = False
    language: str = "en"


async def keep_issues(session: Session, request: IssuesRequest) -> TableResult:
    """Raises SetupError where nothing is known about findings, and outside a CI job."""
    job = session.ci_job()
    context = job.context()
    require_trusted(context)
    groups, unread = _stored(session)
    sending = _IssueSender(session, request)
    try:
        async with job.connect(context, max_calls=MAX_CALLS) as forge:
            await sending.send(forge.issues, groups)
    except ForgeError as error:
        sending.warn(error)
    return TableResult(
        name="ci-issues",
        columns=_COLUMNS,
        rows=tuple(sending.rows),
        empty=msg("No finding is open, and no issue is."),
        diagnostics=tuple(sending.problems),
        notices=tuple(_notices(request, unread)),
    )


def _stored(session: Session) -> tuple[tuple[OwnerFindings, ...], int]:
    """The unsettled findings of each owner, and how many shops could not be read. An empty store does not mean that all findings
    are settled.
    """
    place, fleet = session.findings.ephemeral_place(), session.target.fleet_name
    if place is not None:
        raise SetupError(
            msg("Issues need a store that lasts: {place} is inside the work tree of a CI job", place=place),
            hint=msg("Use PostgreSQL (`store: postgresql://...`), or keep the folder .reconciler between jobs"),
            code=codes.NO_LASTING_STORE,
        )
    with session.findings.open(create=False) as store:
        if store is None or not any(look.ended for look in store.looks(fleet, limit=_LOOKS)):
            raise SetupError(
                msg("No drift check is recorded in the store, so it is not known which findings are open"),
                hint=msg("Run `reconciler drift` with the same store before"),
                code=codes.NO_LASTING_STORE,
            )
        groups = findings_by_owner(store.findings(fleet), proposed_plans(session))
        return groups, len(store.unread_shops(fleet))


def _notices(request: IssuesRequest, unread: int) -> list[Message]:
    found = []
    if unread:
        found.append(
            msg("Shops that could not be read at the last check: {count}; their findings are older", count=unread)
        )
    if request.dry_run:
        found.append(msg("Dry run: nothing was sent."))
    return found


@dataclass(slots=True)
class _IssueSender:
    session: Session
    request: IssuesRequest
    rows: list[tuple[Cell, ...]] = field(default_factory=list)
    problems: list[Diagnostic] = field(default_factory=list)

    async def send(self, issues: ForgeIssues, groups: Sequence[OwnerFindings]) -> None:
        """After an error that another request would meet as well, nothing more is sent. Raises ForgeError if not even the issues
        can be listed.
        """
        plan = IssuePlan(self.session.target, self.session.runbooks, self._body)
        stopped = self.request.dry_run
        for change in plan.changes(groups, await issues.own(ISSUE_LABEL)):
            if change.action is IssueAction.KEEP:
                self.rows.append(_row(change, None))
            elif stopped:
                self.rows.append(_row(change, _NOT_SENT))
            else:
                stopped = not await self._change(issues, change)

    async def _change(self, issues: ForgeIssues, change: IssueChange) -> bool:
        """Whether it makes sense to go on."""
        try:
            number = await self._sent(issues, change)
        except ForgeError as error:
            self.warn(error)
            self.rows.append(_row(change, _FAILED))
            return error.code is codes.FORGE_REFUSED
        self.rows.append(_row(change, _SENT, number))
        return True

    async def _sent(self, issues: ForgeIssues, change: IssueChange) -> int:
        if change.issue is None:
            title = self.session.renderer.render(change.page, "text", self.request.language).strip()
            return (await issues.create(title, change.body, ISSUE_LABEL)).number
        await issues.edit(change.issue.number, change.body, _STATES.get(change.action))
        return change.issue.number

    def _body(self, page: OwnerIssueResult) -> str:
        return self.session.renderer.render(page, "markdown", self.request.language, COMMENT_CHARACTERS)

    def warn(self, error: ForgeError) -> None:
        why = diagnostic(error.code, error.text, hint=error.hint)
        self.problems.append(replace(why, severity=Severity.WARNING))


def _row(change: IssueChange, outcome: NamedCell | None, made: int | None = None) -> tuple[Cell, ...]:
    group, issue = change.group, change.issue
    return (
        NamedCell(change.action.value, _ACTIONS[change.action]),
        None if group is None else " ".join(group.owners) or None,
        0 if group is None else len(group.findings),
        made if issue is None else issue.number,
        outcome,
    )
