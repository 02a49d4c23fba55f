"""How a watcher is doing: for health checks and metrics. It is read at any time, and nothing waits for it."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from reconciler.core.watch.watch_numbers import WatchNumbers

if TYPE_CHECKING:
    from collections.abc import Collection

    from reconciler.core.diagnostics.diagnostic import Diagnostic
    from reconciler.core.diagnostics.exit_codes import ExitCode
    from reconciler.ports.watch.request_pace import SharedPace
    from reconciler.workflows.watch.hints import WatchedShops
    from reconciler.workflows.watch.look import WatchLook
    from reconciler.workflows.watch.parts import WatchParts


_PROBLEMS: Final = 1000


@dataclass(slots=True, kw_only=True)
class WatchStatus:
    """Counts since the start of the process. `queued` are the shops that wait, `due` those whose time has come, `oldest_due` the
    seconds that the first of them has been due for. `started`: it has read its store, and watches. `looked_shops` counts a shop
    in each look, `checked` has it once; `drifted` and `unread` are the shops in which the last look found that. `stepped_at`
    is when the last step ended, in seconds since the epoch. `problems` are the newest of manifests and of shops that could not be
    read.
    """

    parts: WatchParts
    pace: SharedPace | None = None
    leader: bool = False
    started: bool = False
    queued: int = 0
    due: int = 0
    oldest_due: float = 0.0
    looks: int = 0
    looked_shops: int = 0
    checked: set[str] = field(default_factory=set)
    drifted: set[str] = field(default_factory=set)
    unread: set[str] = field(default_factory=set)
    stepped_at: float | None = None
    exit_codes: list[ExitCode] = field(default_factory=list)
    problems: deque[Diagnostic] = field(default_factory=lambda: deque(maxlen=_PROBLEMS))

    def add_look(self, look: WatchLook, shops: Collection[str]) -> None:
        self.looks += 1
        self.looked_shops += len(shops)
        self.checked.update(shops)
        self.drifted = self.drifted.difference(shops) | look.drifted
        self.unread = self.unread.difference(shops) | look.unread
        self.exit_codes = [*{*self.exit_codes, look.exit_code}]
        self.problems.extend(each for each in look.problems if each not in self.problems)

    def stepped(self, shops: WatchedShops | None, now: float) -> None:
        due = () if shops is None else shops.queue.due(now)
        self.started = shops is not None
        self.queued = 0 if shops is None else len(shops.queue)
        self.due = len(due)
        self.oldest_due = max(0.0, now - due[0].due) if due else 0.0
        self.stepped_at = now

    def numbers(self, fleet: str) -> WatchNumbers:
        return WatchNumbers(
            fleet=fleet,
            leader=self.leader,
            queued=self.queued,
            due=self.due,
            oldest_due=self.oldest_due,
            looks=self.looks,
            looked_shops=self.looked_shops,
            failures=dict(self.parts.failed),
            failing=frozenset(self.parts.failing),
            rate=None if self.pace is None else self.pace.rate,
            throttled=0 if self.pace is None else self.pace.throttled,
            stepped_at=self.stepped_at,
        )
