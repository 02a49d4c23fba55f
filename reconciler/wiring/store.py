"""The local store and what is kept in it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from reconciler.adapters.settings.settings import Settings
from reconciler.core.planning.plan import Plan
from reconciler.ports import Held, History, Journal, Leases, RunInfo
from reconciler.wiring.machine import clock, digest_key, run_info

if TYPE_CHECKING:
    from reconciler.adapters.store import Store


@contextmanager
def store(settings: Settings) -> Iterator[Store]:
    """The local store, made where there is none. Raises Unusable."""
    from reconciler.adapters.store import open_store

    opened = open_store(settings.store)
    try:
        yield opened
    finally:
        opened.close()


def journal(settings: Settings, opened: Store, info: RunInfo, plan: Plan) -> Journal:
    """Raises Unusable."""
    from reconciler.adapters.store import StoreJournal

    return StoreJournal(opened, info, plan, clock(), digest_key(settings))


def leases(opened: Store, info: RunInfo) -> Leases:
    from reconciler.adapters.store import StoreLeases

    return StoreLeases(opened, info, clock())


def history_of(opened: Store) -> History:
    from reconciler.adapters.store import StoreHistory

    return StoreHistory(opened, clock())


@contextmanager
def history(settings: Settings) -> Iterator[History | None]:
    """What was journalled, or None where nothing ever was: looking makes no store. Raises Unusable."""
    if "://" not in settings.store and not Path(settings.store).exists():
        yield None
        return
    with store(settings) as opened:
        yield history_of(opened)


@contextmanager
def held_leases(settings: Settings) -> Iterator[Sequence[Held]]:
    """Those that live; looking makes no store. Raises Unusable."""
    if "://" not in settings.store and not Path(settings.store).exists():
        yield ()
        return
    with store(settings) as opened:
        yield leases(opened, run_info(settings, "leases", "")).all()
