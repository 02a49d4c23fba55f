"""An apply that another process defers while the watcher runs is applied with the next poll."""

from __future__ import annotations

from pathlib import Path

import anyio
import pytest

from tests.simulation.watched.approving import approve_deferred
from tests.support.session_harness import rewrite
from tests.workflows.watch.watched_fleet import SETTINGS, WatchedFleet

pytestmark = pytest.mark.system


def test_what_is_deferred_meanwhile_is_applied(fleet: WatchedFleet, folder: Path) -> None:
    rewrite(folder, "uji-cups", "amazon-pay@", "orders@")
    assert anyio.run(approve_deferred, fleet.session, "uji-cups", 7)
    fleet.step(later=SETTINGS.poll + 1)
    with fleet.session.reviews() as reviews:
        assert reviews is not None
        (deferred,) = reviews.deferred(fleet.session.target.fleet_name)
    assert deferred.applied is not None
