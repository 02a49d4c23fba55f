"""The trail of a shop, newest first. Written by `edits`, only read here."""

from sqlalchemy import Connection, RowMapping, select

from reconciler.embedded.contract.responses import Change
from reconciler.embedded.storage.tables import changes

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
