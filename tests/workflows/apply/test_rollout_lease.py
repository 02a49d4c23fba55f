"""A saved rollout is its run's, also while that waits between two waves and holds no shop."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import anyio
import anyio.lowlevel
import pytest

from reconciler.ports import LeaseHeld
from reconciler.workflows.apply.rollout_lease import rollout_duty, rollout_lease
from reconciler.workflows.execution.cancellation import StopToken
from tests.support.manual_clock import HandClock
from tests.workflows.overview.recorded_fleet import NOW, RecordedFleet

_CENTURY = 3.2e9
RUN, OTHER = "00000000-0000-4000-8000-000000000002", "00000000-0000-4000-8000-000000000003"


class WaitingClock(HandClock):
    """Sleeping lets the other tasks do their work, and sets the clock on."""

    async def sleep(self, seconds: float) -> None:
        await super().sleep(seconds)
        await anyio.lowlevel.checkpoint()


@pytest.fixture
def fleet(tmp_path: Path):
    made = RecordedFleet(tmp_path / "fleet", str(tmp_path / "journal.db"))
    made.clock = WaitingClock(NOW)
    made.session = replace(made.session, clock=made.clock)
    yield made
    made.close()


def test_a_rollout_is_free_once_its_run_has_ended(fleet: RecordedFleet) -> None:
    async def second() -> None:
        async with rollout_lease(fleet.session, fleet.leases(OTHER), RUN, StopToken()):
            pass

    async def both() -> None:
        async with rollout_lease(fleet.session, fleet.leases(RUN, seconds=_CENTURY), RUN, StopToken()):
            with pytest.raises(LeaseHeld) as held:
                await second()
            assert held.value.by.run == RUN
        await second()

    anyio.run(both)


def test_a_run_whose_lease_was_taken_starts_nothing_further(fleet: RecordedFleet) -> None:
    """As after a machine slept for longer than the lease lives."""
    stop = StopToken()

    async def overtaken() -> None:
        async with rollout_lease(fleet.session, fleet.leases(RUN), RUN, stop):
            fleet.clock.advance(61)
            await fleet.leases(OTHER, seconds=_CENTURY).acquire(rollout_duty(RUN))
            while stop.why is None:
                await anyio.lowlevel.checkpoint()

    anyio.run(overtaken)
    assert stop.why is not None
    assert "The lease of the rollout was lost" in str(stop.why.summary)
