"""The store of runs, and the cache of shops in sync."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from reconciler.adapters.settings.settings import Settings
from reconciler.core.diagnostics.messages import Message, msg
from reconciler.core.planning.plan import Plan
from reconciler.lib.frozen_class import frozen
from reconciler.ports import History, Journal, LeaseInfo, Leases, RunInfo, SetupError
from reconciler.ports.journal import OpenRunStore, PrunedRows, StoreCopy
from reconciler.ports.sync_cache import SyncCache
from reconciler.wiring.runtime import clock, digest_key, new_run_info, relative_path, store_exists

if TYPE_CHECKING:
    from reconciler.adapters.store.db.database import Store
    from reconciler.adapters.store.runs.history import StoreHistory
    from reconciler.core.runs.run_summary import RunCounts
    from reconciler.ports.alerts.outbox import AlertOutbox
    from reconciler.ports.ci.reviews import ReviewStore
    from reconciler.ports.findings.finding_store import FindingStore
    from reconciler.ports.findings.heals import HealStore
    from reconciler.ports.overview.overview_store import OverviewStore


@frozen(kw_only=False)
class ConfiguredRunStore:
    """Implements ports.journal.RunStore over the store of the settings."""

    settings: Settings

    @contextmanager
    def open(self) -> Iterator[OpenRunStore]:
        with open_run_store(self.settings) as opened:
            yield _OpenStore(self.settings, opened)

    def ephemeral_place(self) -> str | None:
        place = self.settings.store
        in_ci = os.environ.get("CI", "").lower() in ("true", "1")
        return relative_path(Path(place)) if in_ci and "://" not in place and _in_work_tree(Path(place)) else None

    def history(self) -> AbstractContextManager[History | None]:
        return history(self.settings)

    def prune(self, before: datetime, *, dry_run: bool = False) -> PrunedRows | None:
        if not store_exists(self.settings.store):
            return None
        from reconciler.adapters.store.retention.prune_store import prune_rows

        with open_run_store(self.settings) as opened:
            return prune_rows(opened, before, clock().now(), dry_run=dry_run)

    def copy(self, target: str, *, inbox: bool = False) -> StoreCopy:
        place = self.settings.sidecar.inbox if inbox else self.settings.store
        _refuse_missing(place, "ipn.inbox" if inbox else "store")
        from reconciler.adapters.store.copying.copy_store import copy_store
        from reconciler.adapters.store.db.database import open_store

        with closing(open_store(place, deadline=self.settings.timeouts.store)) as opened:
            copy = copy_store(opened, target, clock())
        runs, notifications = self.settings.store, self.settings.sidecar.inbox
        return replace(copy, of_runs=place == runs, of_inbox=place == notifications)

    def backup(self, target: Path) -> int:
        _refuse_missing(self.settings.store, "store")
        from reconciler.adapters.store.db.backup import backup_store

        with open_run_store(self.settings) as opened:
            return backup_store(opened, target)

    @property
    def retention(self) -> timedelta | None:
        days = self.settings.retention
        return None if days is None else timedelta(days=days)

    def active_leases(self) -> AbstractContextManager[Sequence[LeaseInfo]]:
        return held_leases(self.settings)


def _refuse_missing(place: str, setting: str) -> None:
    """A copy of nothing would pass for a copy. Raises SetupError."""
    if not store_exists(place):
        raise SetupError(
            msg("The store {place} does not exist", place=relative_path(Path(place))),
            hint=msg("Nothing was copied. Check `{setting}` in the settings, and the folder", setting=setting),
        )


def _in_work_tree(file: Path) -> bool:
    """Of Git; `.git` is a file where the work tree is a further one or a submodule."""
    return any((folder / ".git").exists() for folder in file.absolute().parents)


@frozen(kw_only=False)
class _OpenStore:
    settings: Settings
    opened: Store

    def journal(self, info: RunInfo, plan: Plan) -> Journal:
        return journal(self.settings, self.opened, info, plan)

    def leases(self, info: RunInfo) -> Leases:
        return leases(self.settings, self.opened, info)

    def history(self) -> History:
        return history_of(self.opened)


@contextmanager
def open_run_store(settings: Settings) -> Iterator[Store]:
    """The local store, made where there is none. Raises SetupError."""
    from reconciler.adapters.store.db.database import open_store
    from reconciler.adapters.store.db.errors import StoreNotCreated

    try:
        opened = open_store(settings.store, deadline=settings.timeouts.store)
    except StoreNotCreated as error:
        raise SetupError(error.text, hint=where_a_store_can_be("store")) from error.__cause__
    try:
        yield opened
    finally:
        opened.close()


def where_a_store_can_be(setting: str) -> Message:
    """What to do where there is none and none can be made."""
    return msg(
        "Set `{setting}` to a file in a folder that may be written, or to a PostgreSQL database", setting=setting
    )


def journal(settings: Settings, opened: Store, info: RunInfo, plan: Plan) -> Journal:
    """Raises SetupError."""
    from reconciler.adapters.store.runs.journal import StoreJournal

    return StoreJournal(opened, info, plan, clock(), digest_key(settings))


def leases(settings: Settings, opened: Store, info: RunInfo) -> Leases:
    from reconciler.adapters.store.runs.leases import StoreLeases

    return StoreLeases(opened, info, clock(), ttl=timedelta(seconds=settings.lease_seconds))


def history_of(opened: Store, counts: dict[str, RunCounts] | None = None) -> StoreHistory:
    """`counts` are kept from one history to the next."""
    from reconciler.adapters.store.runs.history import StoreHistory

    return StoreHistory(opened, clock(), counts)


@contextmanager
def history(settings: Settings) -> Iterator[History | None]:
    """What was journalled, or None where nothing ever was: looking makes no store. Raises SetupError."""
    if not store_exists(settings.store):
        yield None
        return
    with open_run_store(settings) as opened:
        yield history_of(opened)


@contextmanager
def held_leases(settings: Settings) -> Iterator[Sequence[LeaseInfo]]:
    """Those that live; looking makes no store. Raises SetupError."""
    if not store_exists(settings.store):
        yield ()
        return
    with open_run_store(settings) as opened:
        yield leases(settings, opened, new_run_info(settings, "leases", "")).all()


@contextmanager
def reviews(settings: Settings, *, create: bool = True) -> Iterator[ReviewStore | None]:
    """Implements ports.ci.reviews.ReviewStores over the store of the settings."""
    from reconciler.adapters.store.reviews.review_store import StoreReviews

    with kept_store(settings, create=create) as opened:
        yield None if opened is None else StoreReviews(opened)


@contextmanager
def kept_store(settings: Settings, *, create: bool) -> Iterator[Store | None]:
    """None where nothing was ever stored and `create` is not given."""
    if not create and not store_exists(settings.store):
        yield None
        return
    with open_run_store(settings) as opened:
        yield opened


@frozen(kw_only=False)
class ConfiguredFindingStores:
    """Implements ports.findings.FindingStores over the store of the settings."""

    settings: Settings

    @contextmanager
    def open(self, *, create: bool) -> Iterator[FindingStore | None]:
        from reconciler.adapters.store.findings.finding_store import StoreFindings

        with kept_store(self.settings, create=create) as opened:
            yield None if opened is None else StoreFindings(opened)

    def ephemeral_place(self) -> str | None:
        return ConfiguredRunStore(self.settings).ephemeral_place()


@frozen(kw_only=False)
class ConfiguredAlertOutboxes:
    """Implements ports.alerts.AlertOutboxes over the store of the settings."""

    settings: Settings

    @contextmanager
    def open(self, *, create: bool) -> Iterator[AlertOutbox | None]:
        from reconciler.adapters.store.alerts.alert_outbox import StoreAlerts

        with kept_store(self.settings, create=create) as opened:
            yield None if opened is None else StoreAlerts(opened)

    def ephemeral_place(self) -> str | None:
        return ConfiguredRunStore(self.settings).ephemeral_place()


@frozen(kw_only=False)
class ConfiguredHealStores:
    """Implements ports.findings.HealStores over the store of the settings."""

    settings: Settings

    @contextmanager
    def open(self, *, create: bool) -> Iterator[HealStore | None]:
        from reconciler.adapters.store.findings.heals import StoreHeals

        with kept_store(self.settings, create=create) as opened:
            yield None if opened is None else StoreHeals(opened)


@frozen(kw_only=False)
class ConfiguredOverviews:
    """Implements ports.overview.OverviewStores over the store of the settings."""

    settings: Settings

    @contextmanager
    def open(self) -> Iterator[OverviewStore | None]:
        from reconciler.adapters.store.db.database import database_now
        from reconciler.adapters.store.overview.store_overview import StoreOverview

        with kept_store(self.settings, create=False) as opened:
            if opened is None:
                yield None
                return
            with opened.reading() as connection:
                yield StoreOverview(connection, database_now(connection, clock()))


def sync_cache(settings: Settings) -> SyncCache | None:
    """None where it would not help or could not be relied upon: a backend of this process answers at once, one found by entry
    point may do as it likes, and what happens in a database server cannot be seen from outside.
    """
    from reconciler.adapters.files.sync_cache import SyncCacheFile

    given = settings.backend
    if given.kind != "http" or "://" in settings.store:
        return None
    context = repr((given.url, given.client_id, settings.environment.name, _last_journal_event(settings)))
    return SyncCacheFile(settings.root / ".reconciler" / "cache" / "standing", _folders(settings), context, clock())


def _folders(settings: Settings) -> tuple[Path, ...]:
    return tuple(root.folder for root in settings.manifest_roots)


def _last_journal_event(settings: Settings) -> tuple[int, str] | None:
    """What the last applied values depend on. Not the state of the file: a drift check is recorded in it as well."""
    if not Path(settings.store).exists():
        return None
    with open_run_store(settings) as opened:
        return history_of(opened).last_event()
