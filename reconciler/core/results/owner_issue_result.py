"""What an issue at a forge shows: the unsettled findings of one owner, or that there are none any more.

Its Markdown is the issue's text, its text the issue's title.
"""

from __future__ import annotations

from typing import ClassVar

from reconciler.core.findings.owner_findings import OwnerFindings
from reconciler.core.findings.runbooks import NO_RUNBOOKS, Runbooks
from reconciler.core.results.command import CommandResult
from reconciler.lib.frozen_class import frozen


@frozen
class OwnerIssueResult(CommandResult):
    """`marker` is the first line, by which the issue is found again. `group` is None where all findings are settled; then the
    line `settled` follows the marker. `instead` is the issue that replaces this one, if another run created both. `runbooks` say
    what to do about each class.
    """

    kind: ClassVar[str] = "owner-issue"
    marker: str
    environment: str
    group: OwnerFindings | None = None
    runbooks: Runbooks = NO_RUNBOOKS
    settled: str = ""
    instead: int | None = None
