"""The store of the settings for those who only look: opened read-only, once for many requests.

A file that is replaced is opened again. Where there is no store, there is nothing to show; none is made.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import field
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from reconciler.adapters.settings.settings import Settings
from reconciler.core.diagnostics.messages import msg
from reconciler.lib.frozen_class import frozen
from reconciler.ports import Clock, History, LeaseInfo, SetupError
from reconciler.wiring.runtime import clock
from reconciler.wiring.store import ConfiguredRunStore, history_of

if TYPE_CHECKING:
    from reconciler.adapters.store.db.database import Store
    from reconciler.core.runs.run_summary import RunCounts
    from reconciler.ports.alerts.outbox import AlertOutbox
    from reconciler.ports.ci.reviews import ReviewStore
    from reconciler.ports.findings.finding_store import FindingStore
    from reconciler.ports.findings.heals import HealStore
    from reconciler.ports.journal import OpenRunStore
    from reconciler.ports.onboarding.status_store import OnboardingStore
    from reconciler.ports.overview.overview_store import OverviewStore


class ReadOnlyStore:
    """For several threads."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._turn = threading.Lock()
        self._store: Store | None = None
        self._opened: tuple[int, int] | None = None
        self.counts: dict[str, RunCounts] = {}
        """Of the runs that were shown, so that large ones are counted once."""

    def opened(self) -> Store | None:
        """None where nothing was ever stored. Raises SetupError, also for a store of another version."""
        place = self.settings.store
        file = None if "://" in place else _identity(Path(place))
        if file is None and "://" not in place:
            return None
        with self._turn:
            if self._store is None or file != self._opened:
                self._close()
                self.counts.clear()
                self._store, self._opened = _open(self.settings), file
            return self._store

    def close(self) -> None:
        with self._turn:
            self._close()

    def _close(self) -> None:
        store, self._store = self._store, None
        if store is not None:
            store.close()


def _open(settings: Settings) -> Store:
    from reconciler.adapters.store.db.read_only import open_store_for_reading, refuse_other_version

    store = open_store_for_reading(settings.store, deadline=settings.timeouts.store)
    try:
        refuse_other_version(store)
    except BaseException:
        store.close()
        raise
    return store


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        state = os.stat(path)  # noqa: PTH116  # once a request
    except OSError:
        return None
    return state.st_dev, state.st_ino


def _refuse_opening() -> NoReturn:
    raise SetupError(msg("The console never writes"))


@frozen(kw_only=False)
class ReadOnlyRunStore(ConfiguredRunStore):
    """Implements ports.journal.RunStore; what writes is refused."""

    source: ReadOnlyStore

    @contextmanager
    def open(self) -> Iterator[OpenRunStore]:
        yield _refuse_opening()

    @contextmanager
    def history(self) -> Iterator[History | None]:
        store = self.source.opened()
        yield None if store is None else history_of(store, self.source.counts)

    @contextmanager
    def active_leases(self) -> Iterator[Sequence[LeaseInfo]]:
        from reconciler.adapters.store.runs.leases import active_leases
        from reconciler.adapters.store.runs.process_identity import this_process

        store = self.source.opened()
        if store is None:
            yield ()
            return
        with store.reading() as connection:
            yield active_leases(connection, clock(), this_process())


@frozen(kw_only=False)
class ReadOnlyFindings:
    """Implements ports.findings.FindingStores. `create` makes nothing."""

    source: ReadOnlyStore

    @contextmanager
    def open(self, *, create: bool) -> Iterator[FindingStore | None]:  # noqa: ARG002  # the port's form
        from reconciler.adapters.store.findings.finding_store import StoreFindings

        store = self.source.opened()
        yield None if store is None else StoreFindings(store)

    def ephemeral_place(self) -> str | None:
        return None


@frozen(kw_only=False)
class ReadOnlyOutboxes:
    """Implements ports.alerts.AlertOutboxes, as `ReadOnlyFindings`."""

    source: ReadOnlyStore

    @contextmanager
    def open(self, *, create: bool) -> Iterator[AlertOutbox | None]:  # noqa: ARG002  # the port's form
        from reconciler.adapters.store.alerts.alert_outbox import StoreAlerts

        store = self.source.opened()
        yield None if store is None else StoreAlerts(store)

    def ephemeral_place(self) -> str | None:
        return None


@frozen(kw_only=False)
class ReadOnlyHeals:
    """Implements ports.findings.HealStores, as `ReadOnlyFindings`."""

    source: ReadOnlyStore

    @contextmanager
    def open(self, *, create: bool) -> Iterator[HealStore | None]:  # noqa: ARG002  # the port's form
        from reconciler.adapters.store.findings.heals import StoreHeals

        store = self.source.opened()
        yield None if store is None else StoreHeals(store)


@frozen(kw_only=False)
class ReadOnlyOnboarding:
    """Implements ports.onboarding.OnboardingStores, as `ReadOnlyFindings`."""

    source: ReadOnlyStore

    @contextmanager
    def open(self, *, create: bool) -> Iterator[OnboardingStore | None]:  # noqa: ARG002  # the port's form
        from reconciler.adapters.store.onboarding.onboarding_store import StoreOnboarding

        store = self.source.opened()
        yield None if store is None else StoreOnboarding(store)

    def ephemeral_place(self) -> str | None:
        return None


@frozen(kw_only=False)
class ReadOnlyReviews:
    """Implements ports.ci.reviews.ReviewStores, as `ReadOnlyFindings`."""

    source: ReadOnlyStore

    @contextmanager
    def __call__(self, *, create: bool = True) -> Iterator[ReviewStore | None]:  # noqa: ARG002  # the port's form
        from reconciler.adapters.store.reviews.review_store import StoreReviews

        store = self.source.opened()
        yield None if store is None else StoreReviews(store)


@frozen(kw_only=False)
class ReadOnlyOverviews:
    """Implements ports.overview.OverviewStores. `clock` says which leases of a file have ended; a server has its own."""

    source: ReadOnlyStore
    clock: Clock = field(default_factory=clock)

    @contextmanager
    def open(self) -> Iterator[OverviewStore | None]:
        from reconciler.adapters.store.db.database import database_now
        from reconciler.adapters.store.overview.store_overview import StoreOverview

        store = self.source.opened()
        if store is None:
            yield None
            return
        with store.reading() as connection:
            yield StoreOverview(connection, database_now(connection, self.clock))
