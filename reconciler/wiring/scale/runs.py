"""The tables of fleet runs over the store of the settings."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from reconciler.lib.frozen_class import frozen
from reconciler.wiring.runtime import clock
from reconciler.wiring.store import kept_store, open_run_store

if TYPE_CHECKING:
    from reconciler.adapters.settings.settings import Settings
    from reconciler.adapters.store.db.database import Store
    from reconciler.ports.fleet.fleet_runs import FleetRuns


def fleet_runs_over(settings: Settings, opened: Store) -> FleetRuns:
    from reconciler.adapters.store.fleet.fleet_runs import StoreFleetRuns

    return StoreFleetRuns(opened, clock(), stall=settings.scale.stall, new_id=lambda: str(uuid.uuid4()))


@contextmanager
def open_fleet_runs(settings: Settings) -> Iterator[FleetRuns]:
    """Raises SetupError where the store cannot be used."""
    with open_run_store(settings) as opened:
        yield fleet_runs_over(settings, opened)


@frozen(kw_only=False)
class ConfiguredFleetRuns:
    """Implements ports.fleet.FleetRunStores over the store of the settings."""

    settings: Settings

    @contextmanager
    def open(self, *, create: bool) -> Iterator[FleetRuns | None]:
        with kept_store(self.settings, create=create) as opened:
            yield None if opened is None else fleet_runs_over(self.settings, opened)
