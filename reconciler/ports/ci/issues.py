"""Issues of a forge that the tool keeps: created once, edited in place, closed and opened again. No comment is written.

Errors: ForgeError.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from reconciler.lib.frozen_class import frozen


class IssueState(StrEnum):
    OPEN = "open"
    CLOSED = "closed"


@frozen
class ForgeIssue:
    """An issue that our own identity created. `closed` is when it was closed last, None where that is not known."""

    number: int
    body: str
    state: IssueState
    closed: datetime | None = None
    url: str = ""

    @property
    def first_line(self) -> str:
        return self.body.lstrip().partition("\n")[0].rstrip()

    def has_text(self, body: str) -> bool:
        """A forge may change line ends, and the empty lines around."""
        return self.body.replace("\r\n", "\n").strip() == body.strip()


class ForgeIssues(Protocol):
    """The label only limits the search. Of issues that have it, those of other authors are not returned."""

    async def own(self, label: str) -> Sequence[ForgeIssue]:
        """All with this label that our identity created, open or closed. Raises ForgeError also where there are too many."""
        ...

    async def create(self, title: str, body: str, label: str) -> ForgeIssue:
        """Raises ForgeError also where the forge does not set the label: the issue would never be found again, and is closed."""
        ...

    async def edit(self, number: int, body: str, state: IssueState | None = None) -> None:
        """`state` None: open or closed as it is."""
        ...
