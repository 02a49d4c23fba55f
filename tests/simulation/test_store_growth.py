"""A look that finds nothing new adds at most 1 KB to the store, also while much is open."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import anyio

from reconciler.core.drift.drift import Drift
from reconciler.core.findings.sightings import SightingContext
from reconciler.core.model.selection import Selection
from reconciler.workflows.drift.check import check_drift
from reconciler.workflows.drift.record import LookOutcome, begin_look, record_look
from tests.simulation.kill_points import Life
from tests.simulation.simulated_fleet import SimulatedFleet, Weather
from tests.simulation.world_log import EMAIL, LABEL

LOOKS, SHOPS, OPEN = 1_000, 24, 20
A_KILOBYTE = 1024


def size(place: Path) -> int:
    """Without what SQLite would use again."""
    with sqlite3.connect(place) as connection:
        connection.execute("VACUUM")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return place.stat().st_size


def test_a_look_without_news_adds_at_most_a_kilobyte(tmp_path: Path) -> None:
    fleet = SimulatedFleet.found(tmp_path / "fleet", SHOPS, lambda _number: {"tier": "live"})
    for shop in fleet.shops[:OPEN]:
        fleet.edit(shop, EMAIL, f"b@{shop}.example")
        fleet.edit(shop, LABEL, "text b")
    fleet.later(hours=1)
    fleet.look()
    session = fleet.session(Weather(), Life(), set())

    async def drift_now() -> Drift:
        async with session.observe() as backend:
            return await check_drift(Selection(), session.manifests, session.secrets, backend)

    outcome = LookOutcome(
        context=SightingContext(fleet=session.target.fleet_name, complete=True),
        drift=anyio.run(drift_now),
        acceptances=(),
        requests=3,
    )
    fleet.close()
    place = tmp_path / "fleet" / "journal.db"
    before = size(place)
    with session.findings.open(create=False) as store:
        known = store.last_event(session.target.fleet_name)
        for _ in range(LOOKS):
            fleet.later(minutes=15)
            record_look(session, store, begin_look(session, store), outcome, None)
        assert store.last_event(session.target.fleet_name) == known
        assert len(store.findings(session.target.fleet_name)) == 2 * OPEN
    assert (size(place) - before) / LOOKS <= A_KILOBYTE
