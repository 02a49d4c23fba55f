"""Idempotency keys: a repeated request gets the stored response again, also after a restart.

A key belongs to the client that used it. Only successful responses are kept: a refusal changed nothing, so
a repetition is a new request. Kept for 30 days, then deleted.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, delete, insert, select

from reconciler.embedded.contract.problems import Problem
from reconciler.embedded.contract.times import stamp
from reconciler.embedded.storage.tables import idempotency
from reconciler.lib.frozen_class import frozen

KEPT = timedelta(days=30)

_C = idempotency.c


@frozen
class IdempotencyKey:
    """Whose key, which, and for what: method, path, query and body as one fingerprint."""

    client_id: str
    key: str
    fingerprint: str


@frozen
class StoredResponse:
    status: int
    version: str
    body: Any


def make_key(client_id: str, key: str, target: str, body: Mapping[str, Any]) -> IdempotencyKey:
    written = json.dumps([target, body], sort_keys=True)
    return IdempotencyKey(client_id=client_id, key=key, fingerprint=hashlib.sha256(written.encode()).hexdigest())


def find_response(connection: Connection, key: IdempotencyKey) -> StoredResponse | None:
    """The answer given before, if this is the same request; refused if it is another one."""
    statement = select(idempotency).where(_C.client_id == key.client_id, _C.idempotency_key == key.key)
    row = connection.execute(statement).mappings().first()
    if row is None:
        return None
    if row[_C.fingerprint] != key.fingerprint:
        raise Problem("IDEMPOTENCY_KEY_REUSED", "the Idempotency-Key was used for another request")
    return StoredResponse(status=row[_C.status], version=row[_C.version], body=row[_C.body])


def store_response(connection: Connection, key: IdempotencyKey, answer: StoredResponse, now: datetime) -> None:
    connection.execute(delete(idempotency).where(_C.created_at < stamp(now - KEPT)))
    connection.execute(
        insert(idempotency).values(
            client_id=key.client_id,
            idempotency_key=key.key,
            fingerprint=key.fingerprint,
            status=answer.status,
            version=answer.version,
            body=answer.body,
            created_at=stamp(now),
        )
    )


def run_once(
    connection: Connection, key: IdempotencyKey | None, now: datetime, act: Callable[[], StoredResponse]
) -> StoredResponse:
    """Act, unless the same request was answered before; without a key, simply act."""
    if key is None:
        return act()
    stored = find_response(connection, key)
    if stored is None:
        stored = act()
        store_response(connection, key, stored, now)
    return stored
