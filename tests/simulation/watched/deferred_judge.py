"""Whether deferred applies ran in their windows and as they were approved, worked out from what happened in the world alone.

In: the log, and the window as the test wrote it. Out: nothing, or an AssertionError. It shares no code with the tool.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tests.simulation.watched.watch_log import (
    STATUS,
    Approved,
    Compared,
    Killed,
    Outage,
    StepBegan,
    StepEnded,
    TakenBack,
    Tick,
    Wrote,
)
from tests.simulation.world_log import ENABLED, Log, SetAtBackend, Value

JAPAN = timedelta(hours=9)


@dataclass(slots=True)
class Waiting:
    """An approved plan: what the shop is to have then."""

    values: Mapping[str, Value]
    closed: bool = False
    lived: float = 0.0
    """So many seconds of the present window passed with nothing in the way."""
    touched: bool = False
    """Someone else changed one of the fields since: the plan is not the approved one any more."""


@dataclass(slots=True)
class DeferredJudge:
    """`applied` counts the approved plans that were carried out, `dropped` those that were taken back before."""

    log: Log
    hours: tuple[int, int]
    applied: int = 0
    dropped: int = 0
    held: int = 0
    _live: dict[tuple[str, str], Value] = field(default_factory=dict)
    _waiting: dict[str, Waiting] = field(default_factory=dict)
    _true: float = 0.0
    _in_step: bool = False
    _down: bool = False

    def check(self) -> None:
        for entry in self.log:
            self._take(entry)

    def _take(self, entry: object) -> None:
        match entry:
            case Tick():
                self._pass(entry)
            case SetAtBackend(shop=shop, field=name, value=value, by=by):
                self._live[shop, name] = value
                if by not in ("reconciler", "seed") and shop in self._waiting:
                    self._waiting[shop].touched = True
            case Approved(shop=shop, values=values):
                self._waiting[shop] = Waiting(values=values)
            case TakenBack(shop=shop):
                self.dropped += self._waiting.pop(shop, None) is not None
            case Outage(down=down):
                self._down = down
            case StepBegan():
                self._in_step = True
            case StepEnded():
                self._in_step = False
                self._missed(entry)
            case Killed():
                self._in_step = False
            case Wrote():
                self._wrote(entry)
            case Compared():
                return

    def _pass(self, entry: Tick) -> None:
        """Only time within the window counts, and only without anything in the way."""
        spent, self._true = entry.true - self._true, entry.true
        for each in self._waiting.values():
            if entry.jumped or self._down or each.touched or not self._open(entry.at):
                each.lived = 0.0
            else:
                each.lived += spent

    def _open(self, at: datetime) -> bool:
        start, end = self.hours
        return start <= (at + JAPAN).hour < end

    def _wrote(self, entry: Wrote) -> None:
        if entry.field != STATUS:
            self._live[entry.shop, entry.field] = entry.value
        if not self._in_step:
            return
        waiting = self._waiting.get(entry.shop)
        if waiting is None:
            assert entry.field not in (STATUS, ENABLED), f"written without an approval: {entry}"
            return
        if entry.field in (ENABLED, STATUS):
            closing = entry.field == ENABLED or entry.value == "CLOSED"
            assert not closing or self._open(entry.at), f"applied outside its window: {entry}"
        if entry.field == STATUS:
            waiting.closed = entry.value == "CLOSED"
        elif entry.field == ENABLED:
            assert entry.value == waiting.values[ENABLED], f"not as it was approved: {entry}"
        if not waiting.closed and all(self._live[entry.shop, name] == value for name, value in waiting.values.items()):
            del self._waiting[entry.shop]
            self.applied += 1

    def _missed(self, entry: StepEnded) -> None:
        """The window is open for long enough that it had to be carried out."""
        if self._down:
            return
        most = 3600.0 * (self.hours[1] - self.hours[0] - 1)
        for shop, each in self._waiting.items():
            assert each.lived < most, f"the approved plan of {shop} did not run in its window at {entry.at}"
            self.held += each.touched
