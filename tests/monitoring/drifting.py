"""Fleets that are checked by `reconciler drift --metrics` as a process, and what node_exporter reads from the file afterwards.

The backend is the embedded one. What would take days (an old finding, a slow check) or people outside (a channel of
alerts that does not answer) is made in the store.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from reconciler.adapters.store.alerts.alert_outbox import StoreAlerts
from reconciler.adapters.store.db.database import open_store
from reconciler.adapters.store.findings.finding_store import StoreFindings
from reconciler.core.alerts.alert import AlertState
from reconciler.core.alerts.queueing import plan_alerts
from reconciler.core.alerts.retries import AttemptEnd
from reconciler.core.alerts.rules import AlertRule, AlertRules
from reconciler.lib.utc import format_utc, shifted_utc
from reconciler.ports.findings.finding_store import LookRecord
from tests.cli.conftest import process
from tests.monitoring.series import Scrape, read_samples
from tests.support.session_harness import merchant_edits, rewrite, write_fleet

FLEET = "production-embedded"
SHOP = "kyoto-tea"
OPS, ONCALL = "ops-chat", "oncall"
DAY = 86_400


@dataclass(frozen=True, slots=True, kw_only=True)
class Worse:
    """A fleet before and after something went wrong."""

    before: Scrape
    after: Scrape


def checked_fleet(folder: Path) -> Scrape:
    """By one check."""
    words = ("drift", "--exit-zero", "--metrics", "drift.prom")
    done = process(*words, cwd=folder)
    assert (folder / "drift.prom").exists(), done.stderr
    return read_samples((folder / "drift.prom").read_text(encoding="utf-8"))


def _applied(folder: Path) -> None:
    done = process("apply", "--auto-approve", cwd=folder)
    assert done.returncode == 0, done.stderr


@contextmanager
def _outbox(folder: Path) -> Iterator[StoreAlerts]:
    with closing(open_store(folder / ".reconciler" / "journal.db")) as store:
        yield StoreAlerts(store)


def _send_alerts(folder: Path, **ends: AlertState) -> None:
    """What the channels do not know yet is queued, and each attempt ends as said."""
    now = format_utc(datetime.now(UTC))
    channels = (OPS, ONCALL)
    rules = AlertRules(channels=channels, rules=(AlertRule(),))
    with _outbox(folder) as outbox:
        for channel in channels:
            outbox.queue(FLEET, channel, now, lambda backlog: plan_alerts(backlog, rules, now))
            while (claim := outbox.claim(FLEET, channel, now)) is not None:
                state = ends[channel.replace("-", "_")]
                due = shifted_utc(now, 60) if state is AlertState.QUEUED else None
                outbox.mark(claim, AttemptEnd(state=state, at=now, due=due))


def neglected(folder: Path) -> Worse:
    """Somebody changes a seller id, a new shop cannot be read, and alerts do not arrive."""
    write_fleet(folder)
    _applied(folder)
    checked_fleet(folder)
    _send_alerts(folder)
    merchant_edits(folder, SHOP, notificationEmail="merchant@kyoto-tea.example")
    checked_fleet(folder)
    _send_alerts(folder, ops_chat=AlertState.SENT, oncall=AlertState.SENT)
    _applied(folder)
    checked_fleet(folder)
    _send_alerts(folder, ops_chat=AlertState.SENT, oncall=AlertState.SENT)
    before = checked_fleet(folder)
    merchant_edits(folder, SHOP, sellerId="A9EXAMPLE999999")
    other = (folder / "shops" / "uji-cups.yaml").read_text(encoding="utf-8")
    (folder / "shops" / "nara-ink.yaml").write_text(other.replace("uji-cups", "nara-ink"), encoding="utf-8")
    checked_fleet(folder)
    _send_alerts(folder, ops_chat=AlertState.FAILED, oncall=AlertState.QUEUED)
    return Worse(before=before, after=checked_fleet(folder))


def forgotten(folder: Path) -> Worse:
    """A finding that nobody settled for four days, and checks that take hours."""
    write_fleet(folder)
    rewrite(folder, SHOP, "wave: canary", "wave: canary, severity: high")
    _applied(folder)
    before = checked_fleet(folder)
    merchant_edits(folder, SHOP, notificationEmail="merchant@kyoto-tea.example")
    checked_fleet(folder)
    _make_older(folder, 4 * DAY)
    return Worse(before=before, after=checked_fleet(folder))


def _make_older(folder: Path, seconds: float) -> None:
    then = shifted_utc(format_utc(datetime.now(UTC)), -seconds)
    file = folder / ".reconciler" / "journal.db"
    with closing(sqlite3.connect(file)) as raw, raw:
        raw.execute("UPDATE findings SET opened = ?, first_seen = ?, since = ?, flipped = ?, last_seen = ?", [then] * 5)
        raw.execute("UPDATE metric_totals SET value = value - ? WHERE metric = 'drift_counted_until'", [seconds])
    with closing(open_store(file)) as store:
        findings = StoreFindings(store)
        look = LookRecord(
            number=findings.begin_look(FLEET, then),
            fleet=FLEET,
            ended=then,
            seconds=20_000,
            requests=0,
            complete=False,
            compared=frozenset(),
            unread={},
        )
        findings.record_look(look, frozenset(), lambda _stored: ())
