"""Implements ports.fleet.shared_limits.ClosureSlots over the rows of a fleet run: one row for each shop that may be closed.

A slot that was given back, or whose time has passed, is free only if no run has left its shop unfinished: a killed worker may
have left it closed, and it counts until it was recovered.
"""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import Connection, exists, not_, or_, select, update

from reconciler.adapters.store.db.database import Store, database_now
from reconciler.adapters.store.db.fleet_tables import closure_slots
from reconciler.adapters.store.db.run_tables import insert, run_shops
from reconciler.core.values import ShopKey
from reconciler.ports import Clock


class StoreClosureSlots:
    """`most` shops of the run may be closed at one time; a slot that is not renewed lives for `seconds`. All of it raises
    StoreError.
    """

    def __init__(self, store: Store, run: str, most: int, clock: Clock, *, seconds: float) -> None:
        self._store = store
        self._run = run
        self._most = most
        self._clock = clock
        self._life = timedelta(seconds=seconds)
        self._made = False

    def take(self, holder: str, shop: ShopKey) -> int | None:
        with self._store.writing() as connection:
            if not self._made:
                self._make(connection)
            now = database_now(connection, self._clock)
            left = exists().where(run_shops.c.shop == closure_slots.c.shop, run_shops.c.unfinished)
            over = or_(closure_slots.c.until.is_(None), closure_slots.c.until <= now)
            free = (
                select(closure_slots.c.slot)
                .where(closure_slots.c.run == self._run, closure_slots.c.slot <= self._most, over, not_(left))
                .order_by(closure_slots.c.slot)
                .limit(1)
                .with_for_update(skip_locked=True, of=closure_slots)
            )
            slot: int | None = connection.execute(free).scalar_one_or_none()
            if slot is not None:
                taken = update(closure_slots).where(closure_slots.c.run == self._run, closure_slots.c.slot == slot)
                connection.execute(taken.values(holder=holder, shop=shop, until=now + self._life))
        self._made = True
        return slot

    def renew(self, holder: str) -> None:
        with self._store.writing() as connection:
            now = database_now(connection, self._clock)
            held = (closure_slots.c.run == self._run, closure_slots.c.holder == holder, closure_slots.c.until > now)
            connection.execute(update(closure_slots).where(*held).values(until=now + self._life))

    def give_back(self, holder: str, slot: int) -> None:
        """Its shop stays in the row: if that could not be reopened, the slot is not free."""
        with self._store.writing() as connection:
            now = database_now(connection, self._clock)
            held = (closure_slots.c.run == self._run, closure_slots.c.slot == slot, closure_slots.c.holder == holder)
            connection.execute(update(closure_slots).where(*held).values(until=now))

    def _make(self, connection: Connection) -> None:
        rows = [{"run": self._run, "slot": number} for number in range(1, self._most + 1)]
        connection.execute(insert(connection.dialect.name, closure_slots).on_conflict_do_nothing(), rows)
