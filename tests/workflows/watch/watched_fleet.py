"""A watcher over real files, a real store and the embedded backend, with a clock that the test sets and a feed that it fills.

In: a folder. Out: a `WatchedFleet`; each `step` is one of the watcher's, `restart` forgets the process and keeps the store.
"""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import anyio

from reconciler.adapters.store.watch.watch_states import StoreWatchState
from reconciler.core.values import ShopKey
from reconciler.core.watch.shop_queue import scheduled_look
from reconciler.core.watch.watch_settings import WatchSettings
from reconciler.ports.watch.change_feed import ChangePage
from reconciler.wiring.session import load_settings
from reconciler.wiring.store import open_run_store
from reconciler.workflows.session import Session
from reconciler.workflows.watch.sources import WatchSources
from reconciler.workflows.watch.watcher import Watcher
from tests.support.manual_clock import HandClock
from tests.support.session_harness import open_caller

_SHOPS = ("kyoto-tea", "uji-cups", "nara-books")
_QUIET = 900.0
"""Seconds; of an hour, with the looks of three shops, some stretch is longer."""
SETTINGS = WatchSettings(period=3600, complete=86_400, poll=60, batch=50)


@dataclass(slots=True)
class FilledFeed:
    """Implements ports.watch.ChangeFeed: a list of changes, the cursor counts them. `broken` is raised instead of an answer."""

    changes: list[str] = field(default_factory=list)
    asked: list[str | None] = field(default_factory=list)
    broken: Exception | None = None

    async def changed_since(self, cursor: str | None) -> ChangePage:
        self.asked.append(cursor)
        if self.broken is not None:
            raise self.broken
        start = 0 if cursor is None else int(cursor)
        return ChangePage(shops=frozenset(map(ShopKey, self.changes[start:])), cursor=str(len(self.changes)))


@dataclass(frozen=True, slots=True)
class WorkTree:
    """Implements ports.watch.WatchedCheckout over a repository of the test."""

    folder: Path

    def head(self) -> str | None:
        return git(self.folder, "rev-parse", "HEAD")

    def upstream(self) -> str:
        return "origin/main"

    def update(self) -> None:
        return None


@dataclass(frozen=True, slots=True)
class StoredStates:
    """Implements ports.watch.WatchStates over the store of the fleet."""

    folder: Path

    @contextmanager
    def open(self) -> Iterator[StoreWatchState]:
        settings = load_settings(self.folder / "reconciler.yaml")
        assert not isinstance(settings, tuple)
        with open_run_store(settings) as store:
            yield StoreWatchState(store)


def _between_regular_looks(now: datetime, period: int) -> datetime:
    """From here on no shop has its regular look for a while: what a test sees must not depend on the minute at which it runs."""
    while min(scheduled_look(shop, now.timestamp(), period) for shop in _SHOPS) - now.timestamp() < _QUIET:
        now += timedelta(minutes=1)
    return now


class WatchedFleet:
    def __init__(self, folder: Path, *, git_too: bool = False, settings: WatchSettings = SETTINGS) -> None:
        self.folder = folder
        self.settings = settings
        self.clock = HandClock(_between_regular_looks(datetime.now(UTC).replace(microsecond=0), settings.period))
        self.feed = FilledFeed()
        self._git = git_too
        self.restart()

    def restart(self, change: Callable[[Session], Session] = lambda session: session) -> None:
        """Another process: what was not in the store is gone."""
        self.session = change(replace(open_caller(self.folder).session, clock=self.clock))
        sources = WatchSources(
            states=StoredStates(self.folder),
            feed=self.feed,
            checkout=WorkTree(self.folder) if self._git else None,
        )
        self.watcher = Watcher(self.session, sources, self.settings)

    def step(self, later: float = 0.0) -> float | None:
        self.clock.advance(later)
        return anyio.run(self.watcher.step)

    def settle(self) -> float | None:
        """Until nothing is due."""
        while (wait := self.step()) == 0.0:
            pass
        return wait

    @property
    def saved(self) -> Mapping[str, str]:
        with StoredStates(self.folder).open() as states:
            return states.read(self.session.target.fleet_name)

    def looks(self) -> list[tuple[bool, int]]:
        """Of each recorded look, oldest first: whether it was of the whole fleet, and how many shops it saw."""
        with self.session.findings.open(create=False) as store:
            assert store is not None
            found = store.looks(self.session.target.fleet_name, limit=100)
        return [(look.complete, look.shops) for look in reversed(found) if look.ended is not None]

    def open_findings(self) -> set[str]:
        with self.session.findings.open(create=False) as store:
            assert store is not None
            return {finding.key.shop for finding in store.findings(self.session.target.fleet_name)}


def git(folder: Path, *words: str) -> str:
    identity = ("-c", "user.name=Test", "-c", "user.email=test@example.com", "-c", "commit.gpgsign=false")
    done = subprocess.run(["git", *identity, *words], cwd=folder, check=True, capture_output=True, text=True)
    return done.stdout.strip()


def commit(folder: Path) -> str:
    git(folder, "add", "shops", "reconciler.yaml")
    git(folder, "commit", "--quiet", "--message", "change")
    return git(folder, "rev-parse", "HEAD")
