"""Implements ports.watch.WatchState over the store: one row for each name."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import delete, select

from reconciler.adapters.store.db.database import Store
from reconciler.adapters.store.db.heal_tables import watch_states
from reconciler.adapters.store.db.run_tables import insert


class StoreWatchState:
    """All of it raises StoreError."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def read(self, fleet: str) -> Mapping[str, str]:
        query = select(watch_states.c.name, watch_states.c.value).where(watch_states.c.fleet == fleet)
        with self._store.reading() as connection:
            return {row.name: row.value for row in connection.execute(query)}

    def save(self, fleet: str, values: Mapping[str, str | None], at: str) -> None:
        rows = [
            {"fleet": fleet, "name": name, "value": value, "at": at}
            for name, value in sorted(values.items())
            if value is not None
        ]
        gone = [name for name, value in values.items() if value is None]
        with self._store.writing() as connection:
            if gone:
                of = (watch_states.c.fleet == fleet, watch_states.c.name.in_(gone))
                connection.execute(delete(watch_states).where(*of))
            if rows:
                added = insert(connection.dialect.name, watch_states)
                new = {"value": added.excluded.value, "at": added.excluded.at}
                connection.execute(added.on_conflict_do_update(index_elements=("fleet", "name"), set_=new), rows)
