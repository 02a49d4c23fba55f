"""Closures of shops, and the shops of one run in pages."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Select, String, case, func, or_, select, type_coerce

from reconciler.adapters.store.db.run_tables import closures, events
from reconciler.adapters.store.runs.counts import is_event
from reconciler.core.overview.closures import Closure, ClosureDay
from reconciler.core.overview.shop_rows import PAGE_SIZE
from reconciler.core.values import ShopKey
from reconciler.lib.utc import format_utc

_OF: Final = closures.c
_DAY: Final = 10
"""Characters of a time that name its day."""
_MILLISECONDS: Final = 1000


def read_closure_days(connection: Connection, since: datetime) -> Sequence[ClosureDay]:
    day = func.substr(type_coerce(_OF.at, String), 1, _DAY)
    query = select(
        day.label("day"),
        func.count().label("many"),
        func.sum(_OF.milliseconds).label("sum"),
        func.max(_OF.milliseconds).label("longest"),
    ).where(_OF.at >= since)
    return [
        ClosureDay(day=row.day, count=row.many, seconds=_seconds(row.sum), longest=_seconds(row.longest))
        for row in connection.execute(query.group_by(day).order_by(day))
    ]


def read_closures(
    connection: Connection,
    *,
    since: datetime | None,
    run: str | None,
    shop: ShopKey | None,
    longest_first: bool,
    limit: int,
) -> Sequence[Closure]:
    query: Select[Any] = select(closures)
    if since is not None:
        query = query.where(_OF.at >= since)
    if run is not None:
        query = query.where(_OF.run == run)
    if shop is not None:
        query = query.where(_OF.shop == shop)
    order = (_OF.milliseconds.desc(), _OF.at.desc()) if longest_first else (_OF.at.desc(),)
    return [
        Closure(shop=ShopKey(row.shop), run=row.run, at=format_utc(row.at), seconds=_seconds(row.milliseconds))
        for row in connection.execute(query.order_by(*order, _OF.number.desc()).limit(limit))
    ]


def read_closed_time(connection: Connection, run: str) -> tuple[int, float]:
    query = select(func.count().label("many"), func.sum(_OF.milliseconds).label("sum")).where(_OF.run == run)
    row = connection.execute(query).one()
    return row.many, _seconds(row.sum or 0)


def read_run_shops(connection: Connection, run: str, page: int) -> Sequence[ShopKey]:
    troubled = or_(*map(is_event, ("step-failed", "prediction-missed", "reopen-failed", "shop-skipped")))
    first = func.max(case((troubled, 1), else_=0)).desc()
    query = select(events.c.shop).where(events.c.run == run, events.c.shop.is_not(None)).group_by(events.c.shop)
    paged = query.order_by(first, events.c.shop).limit(PAGE_SIZE).offset((page - 1) * PAGE_SIZE)
    return [ShopKey(shop) for shop in connection.execute(paged).scalars() if shop is not None]


def count_run_shops(connection: Connection, run: str) -> int:
    query = select(func.count(events.c.shop.distinct())).where(events.c.run == run)
    return connection.execute(query).scalar_one()


def _seconds(milliseconds: int) -> float:
    return int(milliseconds) / _MILLISECONDS
