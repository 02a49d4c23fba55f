"""When each shop was last compared. A complete look that sees the same shops as before it writes nothing here.

In: looks. Out: how many shops were last compared when. The order of looks counts, not their clock.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Connection, delete, func, select, update

from reconciler.adapters.store.db.finding_tables import looked_shops, looks, unread_shops
from reconciler.adapters.store.db.portions import portions
from reconciler.ports.findings.finding_store import LookRecord


def record_looked_shops(connection: Connection, look: LookRecord) -> None:
    """Before the look itself has ended in the store. A look that started before another complete one, which has ended, is not
    followed.
    """
    earlier = last_complete_look(connection, look.fleet)
    if _is_surpassed(connection, look):
        return
    _insert_new(connection, look)
    if look.complete:
        _follow_complete(connection, look, earlier)
        return
    for some in portions(sorted(look.compared)):
        connection.execute(update(looked_shops).where(*_named(look, some)).values(last_good=look.ended))


def compared_counts(connection: Connection, fleet: str) -> Sequence[tuple[str, int]]:
    """The number of shops by the time when they were last compared, oldest first."""
    complete = last_complete_look(connection, fleet)
    query = select(looked_shops.c.last_good, func.count()).where(looked_shops.c.fleet == fleet)
    rows = connection.execute(query.group_by(looked_shops.c.last_good))
    counts: dict[str, int] = {}
    for last_good, count in rows:
        at = last_good or complete
        if at is not None:
            counts[at] = counts.get(at, 0) + count
    return sorted(counts.items())


def compared_shops(connection: Connection, fleet: str) -> dict[str, str]:
    """When each shop was last compared."""
    complete = last_complete_look(connection, fleet)
    query = select(looked_shops.c.shop, looked_shops.c.last_good).where(looked_shops.c.fleet == fleet)
    rows = ((row.shop, row.last_good or complete) for row in connection.execute(query))
    return {shop: at for shop, at in rows if at is not None}


def last_complete_look(connection: Connection, fleet: str) -> str | None:
    of = (looks.c.fleet == fleet, looks.c.complete, looks.c.ended.is_not(None))
    return connection.execute(select(func.max(looks.c.ended)).where(*of)).scalar()


def last_look(connection: Connection, fleet: str) -> str | None:
    return connection.execute(select(func.max(looks.c.ended)).where(looks.c.fleet == fleet)).scalar()


def _is_surpassed(connection: Connection, look: LookRecord) -> bool:
    later = (looks.c.fleet == look.fleet, looks.c.number > look.number, looks.c.complete)
    return connection.execute(select(looks.c.number).where(*later).limit(1)).scalar() is not None


def _insert_new(connection: Connection, look: LookRecord) -> None:
    known = set(connection.execute(select(looked_shops.c.shop).where(looked_shops.c.fleet == look.fleet)).scalars())
    seen = [shop for shop in sorted({*look.compared, *look.unread}) if shop not in known]
    before = _unread_since(connection, look.fleet) if seen and look.unread else {}
    rows = [
        {
            "fleet": look.fleet,
            "shop": shop,
            "last_good": None if look.complete and shop in look.compared else before.get(shop, look.ended),
        }
        for shop in seen
    ]
    if rows:
        connection.execute(looked_shops.insert(), rows)
    if look.complete:
        for some in portions(sorted(known - look.compared - look.unread.keys())):
            connection.execute(delete(looked_shops).where(*_named(look, some)))


def _unread_since(connection: Connection, fleet: str) -> dict[str, str]:
    """Of shops that could not be read before this table existed."""
    rows = connection.execute(select(unread_shops).where(unread_shops.c.fleet == fleet))
    return {row.shop: row.last_good or row.since for row in rows}


def _follow_complete(connection: Connection, look: LookRecord, earlier: str | None) -> None:
    """Shops that it could not read keep the time of the look before; all others get its own."""
    for some in portions(sorted(look.unread)):
        of = (*_named(look, some), looked_shops.c.last_good.is_(None))
        connection.execute(update(looked_shops).where(*of).values(last_good=earlier or look.ended))
    own = (looked_shops.c.fleet == look.fleet, looked_shops.c.last_good.is_not(None))
    behind = connection.execute(select(looked_shops.c.shop).where(*own)).scalars()
    for some in portions(sorted(look.compared.intersection(behind))):
        connection.execute(update(looked_shops).where(*_named(look, some)).values(last_good=None))


def _named(look: LookRecord, shops: Sequence[str]) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return looked_shops.c.fleet == look.fleet, looked_shops.c.shop.in_(shops)
