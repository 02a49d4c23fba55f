"""Access of the sidecar's adapters to the store: in a thread, several waiting items in one commit, errors of the store as
errors of the port.

A commit that fails because of one item is repeated item by item, so that the others are not affected; one that
fails because of the store fails for all.

The inbox for readers: neither created nor migrated. A sidecar of another version may use it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from typing import Any, Final, Generic, TypeVar

import anyio
import anyio.to_thread
from sqlalchemy import Column, Connection, Table, inspect

from reconciler.adapters.store.db.database import Store
from reconciler.adapters.store.db.errors import StoreError
from reconciler.adapters.store.db.group_commit import GroupCommit
from reconciler.adapters.store.db.inbox_tables import ipn_messages
from reconciler.adapters.store.db.read_only import open_store_for_reading
from reconciler.core.diagnostics.messages import msg
from reconciler.ports.inbox import InboxUnavailable

Item = TypeVar("Item")
Answer = TypeVar("Answer")

_READERS: Final = 4


class InboxReader:
    """Reading, in threads of one's own."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._threads = anyio.CapacityLimiter(_READERS)

    async def read(self, work: Callable[[Connection], Answer]) -> Answer:
        """Raises InboxUnavailable."""

        def reading() -> Answer:
            with self._store.reading() as connection:
                return work(connection)

        try:
            return await anyio.to_thread.run_sync(reading, limiter=self._threads)
        except StoreError as error:
            raise InboxUnavailable(str(error)) from error


class InboxWriter(Generic[Item, Answer]):
    """`work` writes one or more items in one transaction and answers each in its place. `gather` and `enough`: see GroupCommit.

    `file_work` does the same where the store is on SQLite, on the driver's own connection.
    """

    def __init__(
        self,
        store: Store,
        work: Callable[[Connection, Sequence[Item]], Sequence[Answer]],
        *,
        file_work: Callable[[sqlite3.Connection, Sequence[Item]], Sequence[Answer]] | None = None,
        gather: float = 0.0,
        enough: int | None = None,
    ) -> None:
        self._store = store
        self._work = work
        self._file_work = file_work if store.is_file else None
        self._commits: GroupCommit[Item, Answer | InboxUnavailable] = GroupCommit(
            self._commit,
            gather=gather,
            enough=enough,
            deadline=store.patience,
            overdue=lambda: InboxUnavailable(str(store.overdue())),
        )

    async def write(self, item: Item) -> Answer:
        """On the disk when it returns. Raises InboxUnavailable; then it is not known whether it was kept."""
        return _unwrapped(await self._commits.submit(item))

    async def write_cancellable(self, item: Item) -> Answer:
        """As `write`, but a cancelled caller does not wait: a started commit is finished without it."""
        return _unwrapped(await self._commits.submit_cancellable(item))

    def _commit(self, items: Sequence[Item]) -> Sequence[Answer | InboxUnavailable]:
        try:
            if self._file_work is not None:
                with self._store.writing_to_driver() as driver:
                    return self._file_work(driver, items)
            with self._store.writing() as connection:
                return self._work(connection, items)
        except (StoreError, ValueError) as error:
            if len(items) > 1 and _is_about_content(error):
                return [self._commit([item])[0] for item in items]
            unavailable = InboxUnavailable(str(error) if isinstance(error, StoreError) else type(error).__name__)
            unavailable.__cause__ = error
            return [unavailable] * len(items)


def _unwrapped(answer: Answer | InboxUnavailable) -> Answer:
    if isinstance(answer, InboxUnavailable):
        raise answer
    return answer


def _is_about_content(error: Exception) -> bool:
    return error.caused_by_content if isinstance(error, StoreError) else isinstance(error, ValueError)


@contextmanager
def open_inbox_readonly(location: str) -> Iterator[Store]:
    """Raises StoreError, also where there is no inbox in it."""
    with closing(open_store_for_reading(location)) as store:
        with store.reading() as connection:
            has_inbox = inspect(connection).has_table(ipn_messages.name)
        if not has_inbox:
            raise StoreError(msg("The store {place} has no inbox: no sidecar has used it", place=store.place))
        yield store


def stored_columns(connection: Connection, table: Table, *, without: Sequence[str] = ()) -> list[Column[Any]]:
    """Those of the table that the store has: looking at it does not migrate it."""
    names = {column["name"] for column in inspect(connection).get_columns(table.name)}.difference(without)
    return [column for column in table.columns if column.name in names]
