"""The store of a fleet of 10,000 shops with 90 days of history: looks, findings that come and go, closures, alerts."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, Table

from reconciler.adapters.store.db.alert_tables import alerts
from reconciler.adapters.store.db.database import Store
from reconciler.adapters.store.db.finding_tables import finding_events, findings, looked_shops, looks, unread_shops
from reconciler.adapters.store.db.run_tables import closures, run_shops, runs
from reconciler.adapters.store.findings.finding_rows import event_row, finding_row
from reconciler.core.findings.finding import (
    ChangeAuthor,
    Finding,
    FindingClass,
    FindingEvent,
    FindingEventKind,
    FindingKey,
    FindingState,
    ResolvedBy,
)
from reconciler.core.model.policy import FindingSeverity
from reconciler.lib.utc import format_utc

SHOPS: Final = 10_000
OPEN: Final = 500
UNREAD: Final = 60
DAYS: Final = 90
_RESOLVED_A_DAY: Final = 50
_LOOKS_A_DAY: Final = 144
_CLOSED_A_DAY: Final = 300
_ALERTS_A_DAY: Final = 60
_OWNERS: Final = ("@pay-team", "@kansai-shops @pay-team", "@kanto-shops", None)
_FIELDS: Final = ("amazon.notification.email", "amazon.enabled", "payment.amazon_pay.pre_order")


def fill_store(store: Store, fleet: str, now: datetime) -> None:
    """The same content for the same `now`."""
    dice, names = random.Random(18), [f"shop-{number:05d}" for number in range(SHOPS)]  # no secret
    with store.writing() as connection:
        _fill_looks(connection, fleet, now)
        unread = {"fleet": fleet, "since": format_utc(now - timedelta(days=2)), "code": "B101"}
        complete = format_utc(now - timedelta(hours=6))
        earlier = format_utc(now - timedelta(days=3))
        seen = [{"fleet": fleet, "shop": name, "last_good": None} for name in names]
        for row in seen[:UNREAD]:
            row["last_good"] = earlier
        _insert(connection, looked_shops, seen)
        _insert(connection, unread_shops, [unread | {"shop": name, "last_good": complete} for name in names[:UNREAD]])
        _fill_findings(connection, fleet, now, dice, names)
        _fill_runs(connection, now, dice, names)
        _fill_alerts(connection, fleet, now)


def _fill_looks(connection: Connection, fleet: str, now: datetime) -> None:
    rows = []
    for number in range(DAYS * _LOOKS_A_DAY):
        at = format_utc(now - timedelta(days=DAYS) + number * timedelta(days=1) / _LOOKS_A_DAY)
        whole = number % (_LOOKS_A_DAY // 4) == 0
        shops = SHOPS if whole else 60
        rows.append(
            {"fleet": fleet, "started": at, "ended": at, "milliseconds": 900, "requests": 70, "complete": whole}
            | {"shops": shops, "unread": UNREAD if whole else 0, "events": 1}
        )
    _insert(connection, looks, rows)


def _fill_findings(connection: Connection, fleet: str, now: datetime, dice: random.Random, names: list[str]) -> None:
    rows, events = [], []
    ended = [(day, number) for day in range(1, DAYS) for number in range(_RESOLVED_A_DAY)]
    for number in range(OPEN + len(ended)):
        still = number < OPEN
        days = dice.random() * DAYS if still else float(ended[number - OPEN][0])
        opened = format_utc(now - timedelta(days=days))
        resolved = None if still else format_utc(now - timedelta(days=days) + timedelta(hours=dice.randrange(1, 20)))
        key = FindingKey(
            fleet=fleet,
            shop=names[dice.randrange(SHOPS)],
            field=f"{_FIELDS[number % len(_FIELDS)]}.{number}",
            kind=FindingClass.DRIFTED,
        )
        finding = _finding(key, opened, resolved, number, dice.choice(list(FindingSeverity)))
        rows.append(finding_row(finding, 1))
        events.append((opened, event_row(FindingEvent(kind=FindingEventKind.OPENED, at=opened, finding=finding), 1)))
        if finding.state is not FindingState.OPEN:
            ended_by = FindingEventKind.RESOLVED if resolved else FindingEventKind.ACCEPTED
            event = FindingEvent(kind=ended_by, at=finding.since, finding=finding)
            events.append((finding.since, event_row(event, 1)))
    _insert(connection, findings, list({row["id"]: row for row in rows}.values()))
    _insert(connection, finding_events, [row for _, row in sorted(events, key=lambda each: each[0])])


def _finding(key: FindingKey, opened: str, resolved: str | None, number: int, severity: FindingSeverity) -> Finding:
    at = resolved or opened
    accepted = not resolved and number % 9 == 0
    return Finding(
        key=key,
        state=FindingState.RESOLVED if resolved else FindingState.ACCEPTED if accepted else FindingState.OPEN,
        severity=severity,
        owner=_OWNERS[number % len(_OWNERS)],
        file=f"shops/{key.shop}.yaml",
        desired="amazon-pay@example.com",
        observed="other@example.com",
        author=ChangeAuthor(actor="tanaka", actor_type="MERCHANT", at=opened),
        first_seen=opened,
        opened=opened,
        last_seen=at,
        since=at,
        flipped=at,
        openings=(opened,),
        present=resolved is None,
        resolved_by=ResolvedBy.APPLY if resolved else None,
        labels={"region": "kansai"},
        group="kansai",
    )


def _fill_runs(connection: Connection, now: datetime, dice: random.Random, names: list[str]) -> None:
    ids = [f"run-{day:04d}" for day in range(DAYS)]
    about = {"actor": "ci", "host": "runner", "pid": 1, "command": "ci apply", "version": "0", "fingerprint": ""}
    started = [now - timedelta(days=DAYS - day) for day in range(DAYS)]
    _insert(
        connection,
        runs,
        [about | {"run": run, "started": at, "ended": at} for run, at in zip(ids, started, strict=True)],
    )
    worked, closed = [], []
    for run, at in zip(ids, started, strict=True):
        for shop in dice.sample(names, _CLOSED_A_DAY):
            worked.append({"run": run, "shop": shop, "steps": [], "changes": [], "settled": 0, "unfinished": False})
            closed.append({"run": run, "shop": shop, "at": at, "milliseconds": dice.randrange(900, 9000)})
    _insert(connection, run_shops, worked)
    _insert(connection, closures, closed)


def _fill_alerts(connection: Connection, fleet: str, now: datetime) -> None:
    rows: list[dict[str, Any]] = []
    for number in range(DAYS * _ALERTS_A_DAY):
        at = format_utc(now - timedelta(days=DAYS) + number * timedelta(days=1) / _ALERTS_A_DAY)
        state = "queued" if number > DAYS * _ALERTS_A_DAY - 5 else "sent"
        rows.append(
            {"id": f"{number:032x}", "fleet": fleet, "channel": "ops", "kind": "finding", "state": state}
            | {"severity": 2, "created": at, "at": at, "due": at, "entries": [], "count": 1, "cause": None}
            | {"attempts": 1, "ended": at}
        )
    _insert(connection, alerts, rows)


def _insert(connection: Connection, table: Table, rows: list[dict[str, Any]]) -> None:
    connection.execute(table.insert(), rows)


def this_hour() -> datetime:
    """History ends now: what is shown of it depends on the time."""
    return datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
