"""The table of shops: every shop that a look tried to compare, or that has a finding, with its state.

In: a connection, a fleet and a query. Out: one page, or counts. Filters, order and paging happen in the database.
"""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import (
    CTE,
    ColumnElement,
    Connection,
    FromClause,
    RowMapping,
    Select,
    String,
    and_,
    case,
    cast,
    func,
    literal,
    null,
    select,
    union,
    union_all,
)

from reconciler.adapters.store.db.finding_tables import findings, looked_shops, unread_shops
from reconciler.adapters.store.metrics.looked_shops import last_complete_look
from reconciler.core.findings.finding import FindingClass, FindingState
from reconciler.core.model.policy import FindingSeverity
from reconciler.core.overview.shop_rows import PAGE_SIZE, ShopOrder, ShopPage, ShopQuery, ShopRow, ShopState
from reconciler.core.values import ShopKey
from reconciler.ports.overview.overview_store import StateCounts

_RANK: Final = {state: rank for rank, state in enumerate(ShopState)}
_STATES: Final = tuple(ShopState)
_OF: Final = findings.c

_OPEN_STATES: Final = tuple(each.value for each in FindingState if each is not FindingState.RESOLVED)
PRESENT: Final = and_(_OF.present, _OF.state.in_(_OPEN_STATES))
ACCEPTED: Final = and_(PRESENT, _OF.state == FindingState.ACCEPTED.value)
UNSETTLED: Final = and_(PRESENT, _OF.state != FindingState.ACCEPTED.value)
OF_A_SHOP: Final = _OF.kind != FindingClass.FOREIGN_ENDPOINT.value
"""An endpoint belongs to a seller, not to a shop."""


def read_state_counts(connection: Connection, fleet: str) -> StateCounts:
    complete = last_complete_look(connection, fleet)
    notable = _notable(fleet, complete).subquery()
    counted = select(
        notable.c.rank,
        func.count().label("shops"),
        func.min(notable.c.compared).label("oldest"),
    )
    found = connection.execute(counted.group_by(notable.c.rank)).all()
    looked = looked_shops.c
    others = select(func.count().label("shops"), func.min(func.coalesce(looked.last_good, complete)).label("oldest"))
    in_sync = connection.execute(others.where(*_is_in_sync(fleet))).one()
    states = {_STATES[row.rank]: row.shops for row in found}
    if in_sync.shops:
        states[ShopState.IN_SYNC] = in_sync.shops
    times = [row.oldest for row in (*found, in_sync) if row.oldest is not None]
    return StateCounts(states=states, oldest=min(times, default=None))


def read_shop_page(connection: Connection, fleet: str, query: ShopQuery) -> ShopPage:
    """A page after the last one is empty."""
    rows = _rows(connection, fleet)
    conditions = _conditions(rows, query)
    total = connection.execute(select(func.count()).select_from(rows).where(*conditions)).scalar_one()
    wanted = select(rows).where(*conditions).order_by(*_order(rows, query))
    page = wanted.limit(PAGE_SIZE).offset((query.page - 1) * PAGE_SIZE)
    return ShopPage(rows=tuple(map(_row, connection.execute(page).mappings())), total=total, page=query.page)


def read_shop_row(connection: Connection, fleet: str, shop: ShopKey) -> ShopRow | None:
    rows = _rows(connection, fleet, shop)
    found = connection.execute(select(rows)).mappings().one_or_none()
    return None if found is None else _row(found)


def _rows(connection: Connection, fleet: str, shop: ShopKey | None = None) -> CTE:
    """All shops, or one. Most are in sync: only the others are put together from several tables."""
    complete = last_complete_look(connection, fleet)
    notable, looked = _notable(fleet, complete, shop).subquery(), looked_shops.c
    in_sync = select(
        looked.shop,
        literal(_RANK[ShopState.IN_SYNC]),
        *(literal(0) for _ in range(3)),
        func.coalesce(looked.last_good, literal(complete, String)),
        *(cast(null(), String) for _ in range(4)),
    ).where(*_is_in_sync(fleet))
    if shop is not None:
        in_sync = in_sync.where(looked.shop == shop)
    return union_all(select(notable), in_sync).cte("shop_rows")


def _is_in_sync(fleet: str) -> tuple[ColumnElement[bool], ...]:
    """A look compared the shop, and nothing is to be said of it."""
    said = union(
        select(_OF.shop).where(_OF.fleet == fleet, OF_A_SHOP, PRESENT),
        select(unread_shops.c.shop).where(unread_shops.c.fleet == fleet),
    )
    return looked_shops.c.fleet == fleet, looked_shops.c.shop.not_in(said)


def _notable(fleet: str, complete: str | None, shop: ShopKey | None = None) -> Select[Any]:
    """The shops with a finding, and those that could not be read. With `shop`: only that one."""
    found, unread, looked = _findings(fleet, shop), unread_shops.c, looked_shops.c
    unread_here = select(unread.shop).where(unread.fleet == fleet)
    if shop is not None:
        unread_here = unread_here.where(unread.shop == shop)
    shops = union(select(found.c.shop), unread_here).subquery("shops")
    unsettled, accepted = func.coalesce(found.c.unsettled, 0), func.coalesce(found.c.accepted, 0)
    compared = case((looked.shop.is_not(None), func.coalesce(looked.last_good, literal(complete, String))))
    new = and_(unread.shop.is_not(None), compared == unread.since)
    rank = case(
        (unsettled > 0, _RANK[ShopState.DRIFTED]),
        (new, _RANK[ShopState.NEW]),
        (unread.shop.is_not(None), _RANK[ShopState.UNREAD]),
        else_=_RANK[ShopState.ACCEPTED],
    )
    return (
        select(
            shops.c.shop,
            rank.label("rank"),
            func.coalesce(found.c.severity, 0).label("severity"),
            unsettled.label("unsettled"),
            accepted.label("accepted"),
            case((new, null()), else_=compared).label("compared"),
            unread.code.label("unread"),
            unread.since.label("unread_since"),
            found.c.owner,
            found.c.shop_group,
        )
        .select_from(shops)
        .outerjoin(found, found.c.shop == shops.c.shop)
        .outerjoin(unread_shops, and_(unread.fleet == fleet, unread.shop == shops.c.shop))
        .outerjoin(looked_shops, and_(looked.fleet == fleet, looked.shop == shops.c.shop))
    )


def _findings(fleet: str, shop: ShopKey | None) -> FromClause:
    """Those present, by shop. The owner and group are those of any of them: all findings of a shop have the same."""
    query: Select[Any] = select(
        _OF.shop,
        func.sum(case((UNSETTLED, 1), else_=0)).label("unsettled"),
        func.sum(case((ACCEPTED, 1), else_=0)).label("accepted"),
        func.max(case((UNSETTLED, _OF.severity), else_=0)).label("severity"),
        func.max(_OF.owner).label("owner"),
        func.max(_OF.shop_group).label("shop_group"),
    ).where(_OF.fleet == fleet, OF_A_SHOP, PRESENT)
    if shop is not None:
        query = query.where(_OF.shop == shop)
    return query.group_by(_OF.shop).subquery("found")


def _conditions(rows: CTE, query: ShopQuery) -> list[ColumnElement[bool]]:
    wanted: list[ColumnElement[bool]] = []
    if query.state is not None:
        wanted.append(rows.c.rank == _RANK[query.state])
    if query.severity is not None:
        wanted.append(rows.c.severity >= int(query.severity))
    if query.owner is not None:
        around = literal(" ") + func.coalesce(rows.c.owner, "") + literal(" ")
        wanted.append(around.contains(f" {query.owner} ", autoescape=True))
    if query.words:
        wanted.append(func.lower(rows.c.shop).contains(query.words.lower(), autoescape=True))
    return wanted


def _order(rows: CTE, query: ShopQuery) -> list[ColumnElement[Any]]:
    """Times and owners that are missing come last in both directions."""
    of = rows.c
    if query.order is ShopOrder.SHOP:
        return [of.shop.desc() if query.reverse else of.shop]
    ascending: dict[ShopOrder, list[ColumnElement[Any]]] = {
        ShopOrder.SEVERITY: [-of.severity, -of.unsettled, of.rank],
        ShopOrder.STATE: [of.rank],
        ShopOrder.FINDINGS: [-of.unsettled, of.rank],
        ShopOrder.COMPARED: [of.compared],
        ShopOrder.OWNER: [of.owner],
    }
    missing = {ShopOrder.COMPARED: of.compared, ShopOrder.OWNER: of.owner}.get(query.order)
    last = [] if missing is None else [case((missing.is_(None), 1), else_=0)]
    chosen = ascending[query.order]
    return [*last, *([column.desc() for column in chosen] if query.reverse else chosen), of.shop]


def _row(row: RowMapping) -> ShopRow:
    return ShopRow(
        shop=ShopKey(row["shop"]),
        state=_STATES[row["rank"]],
        severity=FindingSeverity(row["severity"]) if row["severity"] else None,
        findings=int(row["unsettled"]),
        accepted=int(row["accepted"]),
        compared=row["compared"],
        unread=row["unread"],
        unread_since=row["unread_since"],
        owner=row["owner"],
        group=row["shop_group"],
    )
