"""The latest plan of each pull request."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sqlalchemy import Connection, RowMapping, and_, func, select

from reconciler.adapters.store.db.review_tables import reviewed_plans
from reconciler.core.overview.review_overview import ReviewLine
from reconciler.core.planning.leaves import ShopLeaf
from reconciler.core.values import ShopKey
from reconciler.lib.utc import format_utc

_OF: Final = reviewed_plans.c
_REQUEST: Final = (_OF.place, _OF.number)


def read_reviewed_plans(connection: Connection, fleet: str, limit: int) -> Sequence[ReviewLine]:
    """Newest first. The leaves of older plans are not read."""
    rank = func.row_number().over(partition_by=_REQUEST, order_by=_OF.created.desc()).label("rank")
    many = func.count().over(partition_by=_REQUEST).label("many")
    ranked = select(*_REQUEST, _OF.head, rank, many).where(_OF.fleet == fleet).subquery()
    is_latest = (ranked.c.place == _OF.place, ranked.c.number == _OF.number, ranked.c.head == _OF.head)
    query = (
        select(*reviewed_plans.columns, ranked.c.many)
        .join(ranked, and_(*is_latest))
        .where(_OF.fleet == fleet, ranked.c.rank == 1)
        .order_by(_OF.created.desc(), _OF.number.desc())
    )
    return [_line(row) for row in connection.execute(query.limit(limit)).mappings()]


def _line(row: RowMapping) -> ReviewLine:
    return ReviewLine(
        place=row["place"],
        number=row["number"],
        head=row["head"],
        base=row["base"],
        fingerprint=row["fingerprint"],
        created=format_utc(row["created"]),
        leaves=tuple(ShopLeaf(shop=ShopKey(shop), digest=leaf) for shop, leaf in sorted(row["leaves"].items())),
        earlier=row["many"] - 1,
    )
