"""Implements ports.ci.reviews.ReviewStore over the store."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import ColumnElement, Connection, RowMapping, Table, and_, delete, select, update

from reconciler.adapters.store.db.database import Store
from reconciler.adapters.store.db.portions import portions
from reconciler.adapters.store.db.review_tables import apply_reports, deferred_applies, reviewed_plans
from reconciler.adapters.store.db.run_tables import insert
from reconciler.core.planning.leaves import ShopLeaf
from reconciler.core.values import ShopKey
from reconciler.ports.ci.reviews import DeferredApply, PullRequestKey, ReviewedPlan

if TYPE_CHECKING:
    from datetime import datetime

KEPT_PLANS: Final = 5
"""Of each pull request: a job of an older head may end after that of a newer one."""
_STATE: Final = ("since", "dropped", "dropped_by", "applied", "applied_run")
_COLUMNS: Final = ("head", "leaf", "approved", "expires", *_STATE)


class StoreReviews:
    """All of it raises StoreError."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def save_plan(self, plan: ReviewedPlan) -> None:
        row = {
            **_key(plan.request),
            "head": plan.head,
            "base": plan.base,
            "fingerprint": plan.fingerprint,
            "leaves": {leaf.shop: leaf.digest for leaf in plan.leaves},
            "created": plan.created,
        }
        with self._store.writing() as connection:
            _upsert(connection, reviewed_plans, row)
            newest = select(reviewed_plans.c.head).where(_is_of(reviewed_plans, plan.request))
            heads = connection.execute(newest.order_by(reviewed_plans.c.created.desc())).scalars().all()
            old = and_(_is_of(reviewed_plans, plan.request), reviewed_plans.c.head.in_(heads[KEPT_PLANS:]))
            connection.execute(delete(reviewed_plans).where(old))

    def plan_of(self, request: PullRequestKey, head: str | None = None) -> ReviewedPlan | None:
        query = select(reviewed_plans).where(_is_of(reviewed_plans, request))
        if head is not None:
            query = query.where(reviewed_plans.c.head == head)
        with self._store.reading() as connection:
            row = connection.execute(query.order_by(reviewed_plans.c.created.desc()).limit(1)).mappings().first()
        return None if row is None else _plan(row)

    def defer(self, applies: Sequence[DeferredApply]) -> None:
        with self._store.writing() as connection:
            for fleet in {apply.request.fleet for apply in applies}:
                known = {apply.shop: apply for apply in _deferred(connection, fleet)}
                for apply in applies:
                    if apply.request.fleet == fleet:
                        _upsert(connection, deferred_applies, _row(_kept(apply, known.get(apply.shop))))

    def deferred(self, fleet: str) -> Sequence[DeferredApply]:
        with self._store.reading() as connection:
            return _deferred(connection, fleet)

    def drop(self, fleet: str, shops: Collection[ShopKey], at: datetime, by: str) -> Sequence[ShopKey]:
        with self._store.writing() as connection:
            waiting = {apply.shop for apply in _deferred(connection, fleet) if apply.waiting}
            found = sorted(waiting.intersection(shops))
            for some in portions(found):
                these = and_(deferred_applies.c.fleet == fleet, deferred_applies.c.shop.in_(some))
                connection.execute(update(deferred_applies).where(these).values(dropped=at, dropped_by=by))
        return found

    def mark_applied(self, fleet: str, leaves: Mapping[ShopKey, str], at: datetime, run: str | None) -> None:
        with self._store.writing() as connection:
            known = _deferred(connection, fleet)
            found = sorted(each.shop for each in known if each.waiting and leaves.get(each.shop) == each.leaf)
            for some in portions(found):
                these = and_(deferred_applies.c.fleet == fleet, deferred_applies.c.shop.in_(some))
                connection.execute(update(deferred_applies).where(these).values(applied=at, applied_run=run))

    def settle(self, fleet: str, shops: Collection[ShopKey]) -> None:
        with self._store.writing() as connection:
            for some in portions(sorted(shops)):
                these = and_(deferred_applies.c.fleet == fleet, deferred_applies.c.shop.in_(some))
                connection.execute(delete(deferred_applies).where(these))

    def last_report(self, request: PullRequestKey) -> str | None:
        with self._store.reading() as connection:
            query = select(apply_reports.c.digest).where(_is_of(apply_reports, request))
            return connection.execute(query).scalar()

    def set_report(self, request: PullRequestKey, digest: str) -> None:
        with self._store.writing() as connection:
            _upsert(connection, apply_reports, {**_key(request), "digest": digest})


def _upsert(connection: Connection, table: Table, row: dict[str, Any]) -> None:
    """Replaces the row with the same primary key."""
    keys = [column.name for column in table.primary_key]
    values = {name: value for name, value in row.items() if name not in keys}
    statement = insert(connection.dialect.name, table).values(row)
    connection.execute(statement.on_conflict_do_update(index_elements=keys, set_=values))


def _key(request: PullRequestKey) -> dict[str, Any]:
    return {"fleet": request.fleet, "place": request.place, "number": request.number}


def _is_of(table: Table, request: PullRequestKey) -> ColumnElement[bool]:
    return and_(*(table.c[name] == value for name, value in _key(request).items()))


def _request(row: RowMapping) -> PullRequestKey:
    return PullRequestKey(fleet=row["fleet"], place=row["place"], number=row["number"])


def _plan(row: RowMapping) -> ReviewedPlan:
    return ReviewedPlan(
        request=_request(row),
        head=row["head"],
        base=row["base"],
        fingerprint=row["fingerprint"],
        leaves=tuple(
            ShopLeaf(shop=ShopKey(shop), digest=digest) for shop, digest in sorted(dict(row["leaves"]).items())
        ),
        created=row["created"],
    )


def _deferred(connection: Connection, fleet: str) -> Sequence[DeferredApply]:
    query = select(deferred_applies).where(deferred_applies.c.fleet == fleet).order_by(deferred_applies.c.shop)
    return [_apply(row) for row in connection.execute(query).mappings()]


def _apply(row: RowMapping) -> DeferredApply:
    return DeferredApply(
        request=_request(row),
        shop=ShopKey(row["shop"]),
        **{name: row[name] for name in _COLUMNS},
    )


def _row(apply: DeferredApply) -> dict[str, Any]:
    return {
        **_key(apply.request),
        "shop": apply.shop,
        **{name: getattr(apply, name) for name in _COLUMNS},
    }


def _kept(apply: DeferredApply, known: DeferredApply | None) -> DeferredApply:
    """The same approval of the same plan keeps what is known of it."""
    if known is None or (known.request, known.head, known.leaf) != (apply.request, apply.head, apply.leaf):
        return apply
    return replace(apply, **{name: getattr(known, name) for name in _STATE})
