"""One write, and its trail: who, when, which field, from what, to what.

In: a connection inside a write transaction, an actor, a time. Out: the values, written where they differ, with one
version more for a resource whose content changed, and one audit row for each field.
It decides nothing: whether a write is allowed is the resource modules' business.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from sqlalchemy import Connection, RowMapping, Table, insert, update

from reconciler.embedded.contract.responses import ActorType
from reconciler.embedded.storage import tables
from reconciler.lib.frozen_class import frozen

_NO_CAUSES: Mapping[str, str] = MappingProxyType({})


@frozen
class Actor:
    name: str
    type: ActorType


PLATFORM = Actor(name="platform", type="PLATFORM")
AMAZON = Actor(name="amazon", type="AMAZON")


@frozen
class Resource:
    """A row of a shop that has a version; `fields` maps columns to the names of the contract."""

    name: str
    table: Table
    fields: Mapping[str, str]


@dataclass(slots=True, kw_only=True)
class AuditedTransaction:
    """`write_key` is the name that the client gave this write; each change it makes is recorded with it."""

    connection: Connection
    actor: Actor
    at: str
    write_key: str | None = None
    _changes: list[dict[str, Any]] = field(default_factory=list)

    def write(
        self, resource: Resource, row: RowMapping, values: Mapping[str, Any], causes: Mapping[str, str] = _NO_CAUSES
    ) -> None:
        """Write the columns that differ from `row`; `causes` names, by column, the field that column followed."""
        columns = resource.table.c
        changed = {name: value for name, value in values.items() if row[columns[name]] != value}
        if not changed:
            return
        shop_key = row[columns.shop_key]
        statement = update(resource.table).where(columns.shop_key == shop_key)
        self.connection.execute(statement.values(**changed, version=columns.version + 1))
        for name, value in changed.items():
            if name in resource.fields:
                both = (row[columns[name]], value)
                self.record(shop_key, resource.name, resource.fields[name], both, causes.get(name))

    def touch_version(self, resource: Resource, shop_key: str) -> None:
        """One version more, for content that is kept beside the resource's own row."""
        columns = resource.table.c
        statement = update(resource.table).where(columns.shop_key == shop_key)
        self.connection.execute(statement.values(version=columns.version + 1))

    def record(
        self, shop_key: str, resource: str, name: str, values: tuple[Any, Any], cause: str | None = None
    ) -> None:
        """Note that a field went from the first value to the second."""
        self._changes.append(
            {
                "shop_key": shop_key,
                "at": self.at,
                "actor": self.actor.name,
                "actor_type": self.actor.type,
                "resource": resource,
                "field": name,
                "before": values[0],
                "after": values[1],
                "cause": cause,
                "write_key": self.write_key,
            }
        )

    @property
    def changed_shops(self) -> frozenset[str]:
        return frozenset(change["shop_key"] for change in self._changes)

    def write_audit(self) -> None:
        """Write the trail. Called once, as the last act of the transaction."""
        if not self._changes:
            return
        self.connection.execute(insert(tables.changes), self._changes)
        self._touch(self.changed_shops)

    def _touch(self, shop_keys: Iterable[str]) -> None:
        for shop_key in sorted(shop_keys):
            found = tables.shops.c.shop_key == shop_key
            self.connection.execute(update(tables.shops).where(found).values(updated_at=self.at))
