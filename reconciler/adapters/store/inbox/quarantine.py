"""Copies of refused messages, within bounds that no flood of one sort can use up for another.

Of unsigned copies the newest of each reason stay: the reasons are a closed list. Signed ones are bounded by their source: the
newest of each topic, of a bounded number of topics and AWS accounts. Anyone with an AWS account can have SNS sign any text on
any number of topics, but only on those of that account: so accounts other than Amazon Pay's get little, and our sellers' own
topics have room that no other account can take.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Select, and_, delete, exists, func, or_, select

from reconciler.adapters.store.db.inbox_tables import ipn_messages, ipn_quarantine
from reconciler.adapters.store.db.run_tables import insert
from reconciler.lib.frozen_class import frozen
from reconciler.ports.quarantine import CopySource, RejectedMessage

MAX_QUARANTINE_ROWS: Final = 250
"""Unsigned copies that are kept of a reason, the newest."""

MAX_QUARANTINE_BYTES: Final = 2 * 1024 * 1024
"""The same in bytes."""

MAX_COPY_BYTES: Final = 64 * 1024
"""Bytes that are kept of one: some thirty times what a real one has."""


@frozen
class CopyQuota:
    """`copies` and `copy_bytes` of a topic (of a topic and shop, where `per_shop`), of so many topics in an account, of so many
    accounts. Each the newest.
    """

    copies: int
    copy_bytes: int
    topics: int
    accounts: int
    per_shop: bool = False


QUOTAS: Final = {
    CopySource.OURS: CopyQuota(copies=200, copy_bytes=1024 * 1024, topics=2000, accounts=20, per_shop=True),
    CopySource.OTHER_SELLER: CopyQuota(copies=20, copy_bytes=256 * 1024, topics=50, accounts=20),
    CopySource.OTHER_ACCOUNT: CopyQuota(copies=20, copy_bytes=256 * 1024, topics=20, accounts=8),
    CopySource.STRANGER: CopyQuota(copies=5, copy_bytes=MAX_COPY_BYTES, topics=4, accounts=8),
}

_copy = ipn_quarantine.c


def quarantine(connection: Connection, refusals: Sequence[RejectedMessage]) -> Sequence[None]:
    unsigned = [_row(refusal) for refusal in refusals if refusal.signed is None]
    if unsigned:
        connection.execute(ipn_quarantine.insert(), unsigned)
        _delete(connection, _too_many(sorted({row["reason"] for row in unsigned})))
    signed = {(row["message_id"], row["shop"]): row for row in map(_row, refusals) if row["source"] is not None}
    if signed:
        _keep_signed(connection, [signed[key] for key in sorted(signed, key=str)])
    return [None] * len(refusals)


def prune_copies(connection: Connection, before: datetime, limit: int) -> None:
    """Those that are older, and those of messages that were received after all."""
    old = select(_copy.number).where(or_(_copy.received < before, received_after_all())).limit(limit)
    _delete(connection, old)


def received_after_all() -> ColumnElement[bool]:
    """Of a signed copy: the same message is in the inbox, since it came again when the settings were right."""
    message = ipn_messages.c
    same = (message.message_id == _copy.message_id, message.shop == _copy.shop, message.digest == _copy.digest)
    return exists().where(and_(*same))


def _row(refusal: RejectedMessage) -> dict[str, Any]:
    signed = refusal.signed
    return {
        "received": refusal.received,
        "shop": refusal.shop,
        "reason": refusal.reason,
        "size": len(refusal.body),
        "kept": min(len(refusal.body), MAX_COPY_BYTES),
        "body": refusal.body[:MAX_COPY_BYTES],
        "source": None if signed is None else signed.source,
        "account": None if signed is None else signed.topic.split(":")[4],
        "topic": None if signed is None else signed.topic,
        "seller": None if signed is None else signed.seller,
        "kind": None if signed is None else signed.kind,
        "message_id": None if signed is None else signed.message_id,
        "digest": None if signed is None else signed.digest,
    }


_OF_LAST_REFUSAL: Final = ("reason", "source", "seller", "kind")


def _keep_signed(connection: Connection, rows: Sequence[dict[str, Any]]) -> None:
    """Amazon sends a message again for two weeks: it has one copy, with the reason of the last refusal."""
    into = insert(connection.dialect.name, ipn_quarantine)
    changed = {name: into.excluded[name] for name in _OF_LAST_REFUSAL}
    connection.execute(
        into.on_conflict_do_update(index_elements=[_copy.message_id, _copy.shop], set_=changed), list(rows)
    )
    for source in sorted({row["source"] for row in rows}):
        topics = sorted({row["topic"] for row in rows if row["source"] == source})
        _delete(connection, _beyond_quota(source, topics))
        dropped = list(_dropped_topics(connection, source))
        if dropped:
            connection.execute(delete(ipn_quarantine).where(_copy.source == source, _copy.topic.in_(dropped)))


def _too_many(reasons: Sequence[str]) -> Select[tuple[int]]:
    """The unsigned copies of these reasons beyond a bound, counted from the newest."""
    wanted = and_(_copy.source.is_(None), _copy.reason.in_(reasons))
    return _beyond(wanted, [_copy.reason], MAX_QUARANTINE_ROWS, MAX_QUARANTINE_BYTES)


def _beyond_quota(source: CopySource, topics: Sequence[str]) -> Select[tuple[int]]:
    quota = QUOTAS[source]
    by = [_copy.topic, _copy.shop] if quota.per_shop else [_copy.topic]
    return _beyond(and_(_copy.source == source, _copy.topic.in_(topics)), by, quota.copies, quota.copy_bytes)


def _beyond(wanted: ColumnElement[bool], by: Sequence[Any], rows: int, size: int) -> Select[tuple[int]]:
    each: dict[str, Any] = {"partition_by": by, "order_by": _copy.number.desc()}
    counted = (
        select(
            _copy.number,
            func.row_number().over(**each).label("nth"),
            func.sum(_copy.kept).over(**each).label("bytes"),
        )
        .where(wanted)
        .subquery()
    )
    return select(counted.c.number).where(or_(counted.c.nth > rows, counted.c.bytes > size))


def _dropped_topics(connection: Connection, source: CopySource) -> Iterator[str]:
    """Those whose newest copy is older than that of as many others as there is room for."""
    quota = QUOTAS[source]
    newest = (
        select(_copy.account, _copy.topic)
        .where(_copy.source == source)
        .group_by(_copy.account, _copy.topic)
        .order_by(func.max(_copy.number).desc())
    )
    topics: dict[str, int] = {}
    for account, topic in connection.execute(newest):
        if account not in topics and len(topics) == quota.accounts:
            yield topic
            continue
        topics[account] = topics.get(account, 0) + 1
        if topics[account] > quota.topics:
            yield topic


def _delete(connection: Connection, numbers: Select[tuple[int]]) -> None:
    connection.execute(delete(ipn_quarantine).where(_copy.number.in_(numbers)))
