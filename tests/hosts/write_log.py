"""The backend's own log, read from its database and from the list of requests of `slow_backend`."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Final

from tests.hosts.judge import LoggedChange, LoggedRequest

_CHANGES: Final = (
    "SELECT change_id, shop_key, resource, field, after, actor, cause FROM changes"
    " WHERE actor_type = 'CLIENT' ORDER BY change_id"
)
_OPEN: Final = "SELECT shop_key FROM shops WHERE storefront_status <> 'OPEN' ORDER BY shop_key"


def read_changes(folder: Path) -> list[LoggedChange]:
    """What API clients changed, in the order of the backend's transactions."""
    with closing(sqlite3.connect(folder / "world.db")) as world:
        return [
            LoggedChange(
                number=number,
                shop=shop,
                resource=resource,
                field=field,
                after=json.loads(after),
                actor=actor,
                cause=cause,
            )
            for number, shop, resource, field, after, actor, cause in world.execute(_CHANGES)
        ]


def read_closed(folder: Path) -> list[str]:
    """The shops that are closed now."""
    with closing(sqlite3.connect(folder / "world.db")) as world:
        return [shop for (shop,) in world.execute(_OPEN)]


def read_requests(folder: Path) -> list[LoggedRequest]:
    """Writes with their answers, in the order in which they were handled."""
    path = folder / "requests.jsonl"
    lines = path.read_text().splitlines() if path.exists() else []
    return [_request(json.loads(line)) for line in lines]


def _request(line: dict[str, str | int | float]) -> LoggedRequest:
    fence = str(line["fence"])
    return LoggedRequest(
        at=float(line["at"]),
        host=str(line["host"]),
        method=str(line["method"]),
        shop=str(line["shop"]),
        resource=str(line["resource"]),
        status=int(line["status"]),
        fence=int(fence.rpartition(":")[2]) if fence else None,
    )
