"""A channel that writes to a file, and a tick before and after each step from a look to a mark: for `child_process`."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from reconciler.adapters.clock import SystemClock
from reconciler.adapters.store.alerts.alert_outbox import StoreAlerts
from reconciler.adapters.store.findings.finding_store import StoreFindings
from reconciler.core.alerts.alert import Alert
from reconciler.core.alerts.outcome import Sent
from reconciler.core.alerts.rules import AlertRule, AlertRules, Delivery
from reconciler.wiring import session as sessions
from tests.support.alerts.event_samples import FixedAlerts

DELIVERED = "delivered.jsonl"
RULES = AlertRules(
    channels=("ops-chat", "daily"),
    rules=(
        AlertRule(channels=frozenset({"ops-chat"})),
        AlertRule(channels=frozenset({"daily"}), delivery=Delivery.DIGEST, digest_at="09:00"),
    ),
)


class FileChannel:
    """Implements ports.alerts.AlertChannel: what is in the file has arrived."""

    def __init__(self, name: str, file: Path, tick: Callable[[], None]) -> None:
        self.name, self.file, self.tick = name, file, tick

    async def send(self, alert: Alert) -> Sent:
        self.tick()
        events = [[each.finding.key.id, each.kind.value] for each in alert.events]
        with self.file.open("a") as file:
            file.write(json.dumps({"channel": self.name, "id": alert.id, "events": events}) + "\n")
            file.flush()
            os.fsync(file.fileno())
        self.tick()
        return Sent(answer="written")


class LaterClock(SystemClock):
    """So many seconds later."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds

    def now(self) -> datetime:
        return super().now() + timedelta(seconds=self.seconds)


def install(folder: Path, tick: Callable[[], None], later: float) -> None:
    for owner, names in ((StoreFindings, ("record_look",)), (StoreAlerts, ("queue", "claim", "mark"))):
        for name in names:
            setattr(owner, name, ticking(getattr(owner, name), tick))
    install_channels(folder, tick, later)


def install_channels(folder: Path, tick: Callable[[], None], later: float) -> None:
    channels = {name: FileChannel(name, folder / DELIVERED, tick) for name in RULES.channels}
    open_session = sessions.open_session

    def opened(*given: Any, **words: Any) -> Any:
        session = open_session(*given, **words)
        return replace(session, clock=LaterClock(later), alerts=lambda: FixedAlerts(rules=RULES, channels=channels))

    sessions.open_session = opened


def ticking(method: Callable[..., Any], tick: Callable[[], None]) -> Callable[..., Any]:
    def called(*given: Any, **words: Any) -> Any:
        tick()
        result = method(*given, **words)
        tick()
        return result

    return called
