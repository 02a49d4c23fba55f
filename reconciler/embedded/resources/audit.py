"""The trail of a shop, newest first. Written by `edits`, only read here."""

from sqlalchemy import Connection, RowMapping, select

from reconciler.embedded.contract.responses import Change
from reconciler.embedded.storage.tables import changes
from reconciler.lib.frozen_class import frozen

_C = changes.c


def find(connection: Connection, shop_key: str, *, before: int | None, limit: int) -> list[Change]:
    """Up to one change more than the limit, from the newest that is older than the change `before`."""
    wanted = [_C.shop_key == shop_key]
    if before is not None:
        wanted.append(_C.change_id < before)
    statement = select(changes).where(*wanted).order_by(_C.change_id.desc()).limit(limit + 1)
    return [_answer(row) for row in connection.execute(statement).mappings()]


def _answer(row: RowMapping) -> Change:
    return {
        "changeId": row[_C.change_id],
        "at": row[_C.at],
        "actor": row[_C.actor],
        "actorType": row[_C.actor_type],
        "resource": row[_C.resource],
        "field": row[_C.field],
        "from": row[_C.before],
        "to": row[_C.after],
        "cause": row[_C.cause],
        "writeKey": row[_C.write_key],
    }


def last_of(connection: Connection, shop_key: str, resource: str, field: str) -> Change | None:
    """The newest change of one field."""
    mine = (_C.shop_key == shop_key, _C.resource == resource, _C.field == field)
    found = connection.execute(select(changes).where(*mine).order_by(_C.change_id.desc()).limit(1)).mappings().first()
    return None if found is None else _answer(found)


@frozen
class ChangeCriteria:
    """What a change must fulfil; an empty criterion is none. Times are the platform's stamps."""

    resources: tuple[str, ...] = ()
    actor_type: str | None = None
    since: str | None = None
    until: str | None = None


def search(
    connection: Connection, shop_key: str, criteria: ChangeCriteria, *, before: int | None, limit: int
) -> list[Change]:
    """As `find`, of the changes that fulfil the criteria."""
    wanted = [_C.shop_key == shop_key]
    if criteria.resources:
        wanted.append(_C.resource.in_(criteria.resources))
    if criteria.actor_type is not None:
        wanted.append(_C.actor_type == criteria.actor_type)
    if criteria.since is not None:
        wanted.append(_C.at >= criteria.since)
    if criteria.until is not None:
        wanted.append(_C.at <= criteria.until)
    if before is not None:
        wanted.append(_C.change_id < before)
    statement = select(changes).where(*wanted).order_by(_C.change_id.desc()).limit(limit + 1)
    return [_answer(row) for row in connection.execute(statement).mappings()]
