"""Findings and their events as rows, and back."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from sqlalchemy import RowMapping

from reconciler.core.findings.finding import (
    ChangeAuthor,
    Finding,
    FindingClass,
    FindingEvent,
    FindingEventKind,
    FindingKey,
    FindingState,
    HealingFacts,
    RecordedEvent,
    ResolvedBy,
)
from reconciler.core.model.canonical import Json
from reconciler.core.model.policy import FindingSeverity


def finding_row(finding: Finding, look: int) -> dict[str, Any]:
    key, author = finding.key, finding.author
    return {
        "id": key.id,
        "fleet": key.fleet,
        "shop": key.shop,
        "field": key.field,
        "kind": key.kind.value,
        "look": look,
        **_mutable(finding),
        "desired": finding.desired,
        "observed": finding.observed,
        "openings": list(finding.openings),
        "actor": None if author is None else author.actor,
        "actor_type": None if author is None else author.actor_type,
        "actor_at": None if author is None else author.at,
    }


def _mutable(finding: Finding) -> dict[str, Any]:
    """What columns and the documents of events write alike. Old documents are without labels and group."""
    return {
        "state": finding.state.value,
        "severity": int(finding.severity),
        "owner": finding.owner,
        "file": finding.file,
        "first_seen": finding.first_seen,
        "opened": finding.opened,
        "last_seen": finding.last_seen,
        "since": finding.since,
        "flipped": finding.flipped,
        "present": finding.present,
        "resolved_by": None if finding.resolved_by is None else finding.resolved_by.value,
        "accepted_until": finding.accepted_until,
        "labels": dict(finding.labels),
        "shop_group": finding.group,
    }


def read_finding(row: RowMapping) -> Finding:
    key = FindingKey(fleet=row["fleet"], shop=row["shop"], field=row["field"], kind=FindingClass(row["kind"]))
    return _finding(key, row, _author(row["actor"], row["actor_type"], row["actor_at"]))


def _finding(key: FindingKey, row: Any, author: ChangeAuthor | None) -> Finding:
    return Finding(
        key=key,
        state=FindingState(row["state"]),
        severity=FindingSeverity(row["severity"]),
        owner=row["owner"],
        file=row["file"],
        desired=row["desired"],
        observed=row["observed"],
        author=author,
        first_seen=row["first_seen"],
        opened=row["opened"],
        last_seen=row["last_seen"],
        since=row["since"],
        flipped=row["flipped"],
        openings=tuple(row["openings"]),
        present=row["present"],
        resolved_by=None if row["resolved_by"] is None else ResolvedBy(row["resolved_by"]),
        accepted_until=row["accepted_until"],
        labels=row.get("labels") or {},
        group=row.get("shop_group"),
    )


def _author(actor: str | None, actor_type: str | None, at: str | None) -> ChangeAuthor | None:
    return None if actor is None else ChangeAuthor(actor=actor, actor_type=actor_type or "", at=at or "")


def event_row(event: FindingEvent, look: int) -> dict[str, Any]:
    """The document has the finding without its key: that is in the row of the finding."""
    finding = event.finding
    document: dict[str, Json] = {
        **_mutable(finding),
        "desired": finding.desired,
        "observed": finding.observed,
        "openings": list(finding.openings),
        "author": None
        if finding.author is None
        else [finding.author.actor, finding.author.actor_type, finding.author.at],
        **({} if event.healing is None else {"healing": asdict(event.healing)}),
    }
    return {
        "finding": finding.key.id,
        "fleet": finding.key.fleet,
        "look": look,
        "at": event.at,
        "kind": event.kind.value,
        "document": document,
    }


def read_finding_event(row: RowMapping) -> RecordedEvent:
    """`row` has the event and the key of its finding."""
    key = FindingKey(fleet=row["fleet"], shop=row["shop"], field=row["field"], kind=FindingClass(row["finding_kind"]))
    document: Any = row["document"]
    author = document["author"]
    finding = _finding(key, document, None if author is None else _author(*author))
    healing = document.get("healing")
    event = FindingEvent(
        kind=FindingEventKind(row["kind"]),
        at=row["at"],
        finding=finding,
        healing=None if healing is None else HealingFacts(**healing),
    )
    return RecordedEvent(number=row["number"], look=row["look"], event=event)
