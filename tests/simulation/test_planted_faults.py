"""Each judge can fail: faults that are planted in the tool are found within a few short stories."""

from __future__ import annotations

import uuid
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from reconciler.adapters.alerts.webhook_channel import WebhookChannel
from reconciler.adapters.store.alerts import alert_outbox
from reconciler.core.alerts import queueing
from reconciler.core.alerts.storm import EventGroup
from reconciler.core.findings import metric_totals, transition
from reconciler.core.findings.scope import LookScope
from tests.simulation.kill_points import Killed
from tests.simulation.ninety_days import Pace
from tests.simulation.planting import Plant, check_that_it_is_found
from tests.simulation.test_ninety_days import tell

SHORT = Pace(days=6, hours=7, edits=3, storms=0.06, kills=12)


def unknown_is_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(LookScope, "knows", lambda _self, _key: True)


def position_before_the_queue(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the channel knows is written first, in a transaction of its own; every third time the process is killed then."""
    queue, times = alert_outbox.StoreAlerts.queue, 0

    def planted(self: Any, fleet: str, channel: str, now: str, plan: Any) -> Any:
        nonlocal times
        with self._store.writing() as connection:
            position = alert_outbox._position(connection, (fleet, f"alerts {channel}"))
            last = alert_outbox._last_event(connection, fleet)
            if position is not None and position < last:
                times += 1
                if times % 3 == 0:
                    alert_outbox._advance(connection, (fleet, f"alerts {channel}"), last)
        if times and times % 3 == 0:
            times += 1
            raise Killed
        return queue(self, fleet, channel, now, plan)

    monkeypatch.setattr(alert_outbox.StoreAlerts, "queue", planted)


def another_key_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    send = WebhookChannel.send

    async def planted(self: WebhookChannel, alert: Any) -> Any:
        return await send(self, replace(alert, id=uuid.uuid4().hex))

    monkeypatch.setattr(WebhookChannel, "send", planted)


def storms_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queueing, "group_events", lambda events: [EventGroup(events=(each,)) for each in events])


def flapping_is_not_silent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transition, "OPENINGS", 1_000)


def digest_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queueing, "next_digest", lambda _at, now: now)


def sent_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    """A message whose sending was noted is sent again with the next look."""
    monkeypatch.setattr(alert_outbox.StoreAlerts, "mark", lambda *_: None)


def repeated_time_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(metric_totals, "_change_seen_first", lambda _known, after: after.author and after.author.at)


def check(plant: Plant, complaint: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    check_that_it_is_found(
        plant, complaint, lambda seed: tell(folder / str(seed), seed, 24, SHORT), range(6), monkeypatch
    )


@pytest.fixture(autouse=True)
def _secret(monkeypatch: pytest.MonkeyPatch) -> None:
    from tests.simulation.receivers import SECRET  # noqa: PLC0415

    monkeypatch.setenv("SIMULATED_SECRET", SECRET)


QUICK: list[tuple[Plant, str]] = [
    (unknown_is_gone, "too many .*resolved"),
    (position_before_the_queue, "did not come|had to come"),
    (storms_one_by_one, "storm|not to come|did not come"),
]
ALL: list[tuple[Plant, str]] = [
    *QUICK,
    (another_key_each_time, "were not to come|never confirmed"),
    (flapping_is_not_silent, "missing .*flapping"),
    (digest_at_once, "none was due|did not come|too early"),
    (sent_twice, "never confirmed|was sent"),
    (repeated_time_counts, "time_to_detect"),
]


@pytest.mark.parametrize(("plant", "complaint"), QUICK)
def test_a_planted_fault_is_found(
    plant: Plant, complaint: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    check(plant, complaint, tmp_path, monkeypatch)


@pytest.mark.soak
@pytest.mark.parametrize(("plant", "complaint"), ALL)
def test_each_planted_fault_is_found(
    plant: Plant, complaint: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    check(plant, complaint, tmp_path, monkeypatch)
