"""What has to change at the issues of a fleet so that they say what the findings say.

In: the unsettled findings of each owner, and the issues that there are. Out: one change for each owner, and for each issue that
has to be closed. An issue that is as it should be is not touched. Nothing is read or sent here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from enum import Enum

from reconciler.core.findings.owner_findings import OwnerFindings
from reconciler.core.findings.runbooks import Runbooks
from reconciler.core.results.owner_issue_result import OwnerIssueResult
from reconciler.lib.frozen_class import frozen
from reconciler.lib.utc import parse_utc
from reconciler.ports.ci.issues import ForgeIssue, IssueState
from reconciler.workflows.ci.names import SETTLED_LINE, issue_marker, issue_markers
from reconciler.workflows.session import Target


class IssueAction(Enum):
    """KEEP: nothing is sent."""

    CREATE = "create"
    UPDATE = "update"
    REOPEN = "reopen"
    CLOSE = "close"
    KEEP = "keep"


@frozen
class IssueChange:
    """`issue` is None for one that does not exist yet, `group` None for one whose findings are settled."""

    action: IssueAction
    page: OwnerIssueResult
    body: str
    issue: ForgeIssue | None = None
    group: OwnerFindings | None = None


@frozen(kw_only=False)
class IssuePlan:
    """`render` makes the text of an issue, which links `runbooks`."""

    target: Target
    runbooks: Runbooks
    render: Callable[[OwnerIssueResult], str]

    def changes(self, groups: Sequence[OwnerFindings], issues: Sequence[ForgeIssue]) -> tuple[IssueChange, ...]:
        """`issues` are those of our identity; those of another fleet are left alone."""
        known = self._by_marker(issues)
        markers = {issue_marker(self.target, group.owners): group for group in groups}
        wanted = [
            change for marker, group in markers.items() for change in self._of_owner(marker, group, known[marker])
        ]
        settled = [
            self._closing(marker, issue)
            for marker, found in known.items()
            if marker not in markers
            for issue in found
            if issue.state is IssueState.OPEN
        ]
        return (*wanted, *settled)

    def _by_marker(self, issues: Sequence[ForgeIssue]) -> defaultdict[str, list[ForgeIssue]]:
        """Of each marker those that are open come first, then the oldest."""
        known: defaultdict[str, list[ForgeIssue]] = defaultdict(list)
        for issue in sorted(issues, key=lambda each: (each.state is not IssueState.OPEN, each.number)):
            if issue.first_line.startswith(issue_markers(self.target)):
                known[issue.first_line].append(issue)
        return known

    def _of_owner(self, marker: str, group: OwnerFindings, known: Sequence[ForgeIssue]) -> Iterator[IssueChange]:
        page = OwnerIssueResult(marker=marker, environment=self.target.environment, group=group, runbooks=self.runbooks)
        body = self.render(page)
        issue = known[0] if known else None
        yield IssueChange(action=_action(issue, group, body), page=page, body=body, issue=issue, group=group)
        for other in known[1:]:
            if issue is not None and other.state is IssueState.OPEN:
                yield self._closing(marker, other, instead=issue.number)

    def _closing(self, marker: str, issue: ForgeIssue, instead: int | None = None) -> IssueChange:
        page = OwnerIssueResult(
            marker=marker, environment=self.target.environment, settled=SETTLED_LINE, instead=instead
        )
        return IssueChange(action=IssueAction.CLOSE, page=page, body=self.render(page), issue=issue)


def _action(issue: ForgeIssue | None, group: OwnerFindings, body: str) -> IssueAction:
    """An issue that a person closed stays closed until something new happens: they know what was in it."""
    if issue is None:
        return IssueAction.CREATE
    if issue.state is IssueState.OPEN:
        return IssueAction.KEEP if issue.has_text(body) else IssueAction.UPDATE
    by_us = SETTLED_LINE in issue.body.splitlines()[:3]
    new = issue.closed is None or parse_utc(group.newest) > issue.closed
    return IssueAction.REOPEN if by_us or new else IssueAction.KEEP
