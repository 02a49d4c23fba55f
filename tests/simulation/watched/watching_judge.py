"""Whether the watcher noticed everything in time, and did nothing twice, worked out from what happened in the world alone.

In: the log and the settings. Out: nothing, or an AssertionError. It shares no code with the tool.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from tests.simulation.watched.watch_log import (
    STATUS,
    Compared,
    Hinted,
    Killed,
    Outage,
    Started,
    StepBegan,
    StepEnded,
    Tick,
    Wrote,
)
from tests.simulation.world_log import Declared, Log, SetAtBackend

LONGEST_RETRY = 3600.0
"""After the backend did not answer, a shop is read again within this."""
LONGEST_CLOSED = 120.0
"""A shop that a killed watcher left closed is open again after so many seconds of a new one."""


@dataclass(slots=True)
class WatchingJudge:
    """`noticed` are the seconds from each change at the backend to the look that saw it; `rest` the longest time without one."""

    log: Log
    poll: float
    """With the longest time between two steps."""
    period: float
    noticed: list[float] = field(default_factory=list)
    rest: float = 0.0
    hinted: int = 0
    looks: int = 0
    _true: float = 0.0
    _changed: dict[str, float] = field(default_factory=dict)
    _hinted: dict[str, float] = field(default_factory=dict)
    _compared: dict[str, float] = field(default_factory=dict)
    _trouble: float = -1e12
    """When the backend or the watcher last was not there."""
    _closed: dict[str, float] = field(default_factory=dict)
    _down: bool = False

    def check(self) -> None:
        for entry in self.log:
            self._take(entry)
        assert not self._closed, f"left closed: {sorted(self._closed)}"

    def _take(self, entry: object) -> None:
        match entry:
            case Tick(true=true, jumped=jumped):
                self._true = true
                if jumped:  # the schedule follows the clock
                    self._compared = dict.fromkeys(self._compared, true)
            case Declared(shop=shop):
                self._compared.setdefault(shop, self._true)
            case SetAtBackend(shop=shop, by=by) if by not in ("seed", "reconciler"):
                self._changed.setdefault(shop, self._true)
            case Hinted(shop=shop):
                self._hinted.setdefault(shop, self._true)
            case Outage(down=down):
                self._down, self._trouble = down, self._true
            case Killed():
                self._trouble = self._true
            case Compared():
                self._compare(entry)
            case Wrote():
                self._wrote(entry)
            case StepEnded():
                self._ended(entry)
            case Started() | StepBegan():
                return

    def _compare(self, entry: Compared) -> None:
        self.looks += 1
        unread = entry.shops - entry.read
        assert not unread, f"compared without a read at {entry.at}: {sorted(unread)}"
        for shop in entry.shops:
            self._compared[shop] = self._true
            if shop in self._changed:
                self.noticed.append(self._true - self._changed.pop(shop))
            if shop in self._hinted:
                del self._hinted[shop]
                self.hinted += 1

    def _wrote(self, entry: Wrote) -> None:
        if entry.field == STATUS:
            if entry.value == "CLOSED":
                self._closed[entry.shop] = self._true
            else:
                self._closed.pop(entry.shop, None)
            return
        assert entry.value != entry.before, f"written twice: {entry}"

    def _ended(self, entry: StepEnded) -> None:
        """What is overdue now."""
        if self._down:
            self._trouble = self._true
            return
        late = {shop: at for shop, at in self._changed.items() if self._overdue(at, self.poll)}
        assert not late, f"not noticed within the poll at {entry.at}: {late}, it is {self._true}"
        unasked = {shop for shop, at in self._hinted.items() if self._overdue(at, 0)}
        assert not unasked, f"a webhook was not followed by a look at {entry.at}: {unasked}"
        for shop, at in self._compared.items():
            self.rest = max(self.rest, self._true - at)
            late_by = self._true - at
            assert not self._overdue(at, self.period + self.poll), (
                f"{shop} was not looked at for {late_by} s at {entry.at}"
            )
        for shop, at in self._closed.items():
            since = max(at, self._trouble)
            assert self._true - since <= LONGEST_CLOSED + self.poll, f"{shop} is closed since {at}, at {entry.at}"

    def _overdue(self, since: float, limit: float) -> bool:
        """Counted from when backend and watcher were there; afterwards a retry may take a while."""
        troubled = self._trouble >= since
        begin = max(since, self._trouble)
        return self._true - begin > limit + 1 + (LONGEST_RETRY if troubled else 0.0)
