"""Rows of fleet runs and chunks <-> values of `core.fleet`."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping

from reconciler.core.fleet.chunk_result import read_chunk_result
from reconciler.core.fleet.fleet_run import (
    ChunkState,
    FleetRun,
    FleetRunKind,
    FleetRunState,
    NewChunk,
    NewFleetRun,
    RunChunk,
    StopReason,
)
from reconciler.core.fleet.options_document import OPTIONS_VERSIONS, options_document, read_options
from reconciler.core.values import ShopKey
from reconciler.lib.utc import format_utc


def run_row(new: NewFleetRun, key: str, now: datetime) -> dict[str, Any]:
    return {
        "id": key,
        "fleet": new.fleet,
        "kind": new.kind.value,
        "git_commit": new.commit,
        "created": now,
        "actor": new.actor,
        "options": options_document(new.options),
        "state": FleetRunState.OPEN.value,
        "wave": 1,
    }


def chunk_row(run: str, new: NewChunk) -> dict[str, Any]:
    return {
        "run": run,
        "number": new.number,
        "wave": new.wave,
        "shops_from": new.first,
        "shops_to": new.last,
        "shops": new.shops,
        "state": ChunkState.WAITING.value,
        "fence": 0,
        "attempts": 0,
    }


def of_known_version(row: RowMapping) -> bool:
    """Whether this version knows the options of the run."""
    written = row["options"]
    return isinstance(written, dict) and written.get("version") in OPTIONS_VERSIONS


def fleet_run_of(row: RowMapping) -> FleetRun:
    """Of a of_known_version row."""
    return FleetRun(
        id=row["id"],
        fleet=row["fleet"],
        kind=FleetRunKind(row["kind"]),
        commit=row["git_commit"],
        created=format_utc(row["created"]),
        actor=row["actor"],
        options=read_options(row["options"]),
        state=FleetRunState(row["state"]),
        wave=row["wave"],
        ended=_time(row["ended"]),
        why=None if row["why"] is None else StopReason(row["why"]),
    )


def run_chunk_of(row: RowMapping) -> RunChunk:
    return RunChunk(
        run=row["run"],
        number=row["number"],
        wave=row["wave"],
        first=ShopKey(row["shops_from"]),
        last=ShopKey(row["shops_to"]),
        shops=row["shops"],
        state=ChunkState(row["state"]),
        fence=row["fence"],
        attempts=row["attempts"],
        worker=row["worker"],
        claimed=_time(row["claimed"]),
        seen=_time(row["seen"]),
        result=None if row["result"] is None else read_chunk_result(row["result"]),
    )


def _time(moment: datetime | None) -> str | None:
    return None if moment is None else format_utc(moment)
