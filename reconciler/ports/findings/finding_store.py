"""Findings over time: looks at the fleet, the state of each finding, and what happened to it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Protocol

from reconciler.core.findings.drift_metrics import StoredMetrics
from reconciler.core.findings.finding import Finding, RecordedEvent
from reconciler.core.findings.transition import Transition
from reconciler.lib.frozen_class import frozen


@frozen
class LookRecord:
    """A look that has ended. Times are text in UTC. `unread` are the shops that could not be compared, each with the code of the
    reason; `compared` are those that could. `complete`: all declared shops are among them.
    """

    number: int
    fleet: str
    ended: str
    seconds: float
    requests: int
    complete: bool
    compared: frozenset[str]
    unread: Mapping[str, str]


@frozen
class LookSummary:
    """A recorded look. `ended` is None for one that was killed, or is still running."""

    number: int
    started: str
    ended: str | None
    complete: bool
    shops: int
    unread: int
    events: int


@frozen
class UnreadShop:
    """`last_good` is when the shop was last compared; None where it never was. `code` says why it cannot be compared."""

    shop: str
    since: str
    last_good: str | None
    code: str


@frozen
class ComparedShops:
    """`shops`: when each shop was last compared, or first tried, as text in UTC; one that no look ever included is omitted.
    `unread` are those that the last look at them could not compare. `last_complete` is the end of the last complete look.
    """

    shops: Mapping[str, str]
    unread: frozenset[str] = frozenset()
    last_complete: str | None = None


FoldFindings = Callable[[Sequence[Finding]], Iterable[Transition]]
"""Stored findings → transitions. It is called within the transaction that stores them."""


class FindingStore(Protocol):
    """Each method is one transaction and raises SetupError. A fleet does not see another one's findings."""

    def begin_look(self, fleet: str, started: str) -> int:
        """Reserves the look's number. A look that started later knows better: what it recorded is not overwritten."""
        ...

    def discard_look(self, look: int) -> None:
        """One that compared nothing: as if it had not started."""
        ...

    def record_look(self, look: LookRecord, ids: frozenset[str], fold: FoldFindings) -> Sequence[RecordedEvent]:
        """`ids` are the findings that the look saw. `fold` gets these, if stored, and all that are not resolved."""
        ...

    def findings(self, fleet: str, *, resolved: bool = False) -> Sequence[Finding]:
        """The most severe first. `resolved`: also those that are resolved."""
        ...

    def find(self, fleet: str, start: str) -> Sequence[Finding]:
        """Those whose id starts so, at most two."""
        ...

    def events(self, finding: str) -> Sequence[RecordedEvent]:
        """Of one finding, oldest first."""
        ...

    def events_after(self, fleet: str, number: int) -> Sequence[RecordedEvent]: ...

    def looks(self, fleet: str, *, limit: int) -> Sequence[LookSummary]:
        """Newest first."""
        ...

    def unread_shops(self, fleet: str) -> Sequence[UnreadShop]: ...

    def compared_shops(self, fleet: str) -> ComparedShops: ...

    def metrics(self, fleet: str) -> StoredMetrics: ...

    def last_event(self, fleet: str) -> int:
        """Its number; 0 where there is none."""
        ...

    def position(self, fleet: str, reader: str) -> int | None:
        """The event up to which `reader` knows everything; None for one that never read."""
        ...

    def advance(self, fleet: str, reader: str, number: int) -> None:
        """It never goes back."""
        ...


class FindingStores(Protocol):
    """Where findings are kept."""

    def open(self, *, create: bool) -> AbstractContextManager[FindingStore | None]:
        """None where nothing was ever stored and `create` is not given. Raises SetupError."""
        ...

    def ephemeral_place(self) -> str | None:
        """Where the store is, if it will probably vanish with the CI job that this process belongs to."""
        ...
