"""Copies of refused messages as operators see them: filtered, counted, without those of messages that were received after all.

Looking migrates nothing: an inbox of an earlier version has no signed copies.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from sqlalchemy import ColumnElement, Connection, case, func, select

from reconciler.adapters.store.db.inbox_tables import ipn_quarantine
from reconciler.adapters.store.inbox.io import stored_columns
from reconciler.adapters.store.inbox.quarantine import received_after_all
from reconciler.adapters.store.inbox.rows import quarantined_from_row
from reconciler.ports.quarantine import CopySource, QuarantinedMessage, QuarantineFilter, RefusedTopic

_TOPICS_COUNTED: Final = 50
_IMPORTANCE: Final = {source: rank for rank, source in enumerate(CopySource)}

_copy = ipn_quarantine.c


def find_copies(connection: Connection, wanted: QuarantineFilter) -> Sequence[QuarantinedMessage]:
    columns = stored_columns(connection, ipn_quarantine, without=["body"])
    if _asks_for_signed(wanted) and _copy.source not in columns:
        return ()
    chosen = select(*columns).where(*_conditions(wanted)).order_by(_copy.number.desc()).limit(wanted.limit)
    if _copy.source in columns:
        chosen = chosen.where(~received_after_all())
    return [quarantined_from_row(row) for row in connection.execute(chosen).mappings()]


def count_matching_copies(connection: Connection, wanted: QuarantineFilter) -> int:
    signed_are_kept = _copy.source in stored_columns(connection, ipn_quarantine)
    if _asks_for_signed(wanted) and not signed_are_kept:
        return 0
    chosen = select(func.count()).select_from(ipn_quarantine).where(*_conditions(wanted))
    return connection.execute(chosen.where(~received_after_all()) if signed_are_kept else chosen).scalar_one()


def _asks_for_signed(wanted: QuarantineFilter) -> bool:
    return wanted.signed or wanted.topic is not None or wanted.seller is not None


def count_copies(connection: Connection) -> dict[str, int]:
    """By reason."""
    counted = select(_copy.reason, func.count()).group_by(_copy.reason).order_by(_copy.reason)
    if _copy.source in stored_columns(connection, ipn_quarantine):
        counted = counted.where(~received_after_all())
    return dict(connection.execute(counted).all())


def refused_topics(connection: Connection) -> Sequence[RefusedTopic]:
    if _copy.source not in stored_columns(connection, ipn_quarantine):
        return ()
    by = (_copy.topic, _copy.seller, _copy.source)
    newest = func.max(_copy.received)
    wanted = (
        select(*by, func.count(), newest)
        .where(_copy.source.is_not(None), ~received_after_all())
        .group_by(*by)
        .order_by(case(_IMPORTANCE, value=_copy.source), newest.desc(), _copy.topic)
        .limit(_TOPICS_COUNTED)
    )
    return tuple(
        RefusedTopic(topic=topic, seller=seller, source=CopySource(source), copies=count, newest=last)
        for topic, seller, source, count, last in connection.execute(wanted)
    )


def _conditions(wanted: QuarantineFilter) -> Iterator[ColumnElement[bool]]:
    if wanted.shop is not None:
        yield _copy.shop == wanted.shop
    if wanted.reason is not None:
        yield _copy.reason == wanted.reason
    if wanted.topic is not None:
        yield _copy.topic == wanted.topic
    if wanted.seller is not None:
        yield _copy.seller == wanted.seller
    if wanted.signed:
        yield _copy.source.is_not(None)
    if wanted.numbers is not None:
        yield _copy.number.in_(wanted.numbers)
    if wanted.before is not None:
        yield _copy.number < wanted.before
