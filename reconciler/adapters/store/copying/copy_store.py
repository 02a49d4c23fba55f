"""Copies all rows of a store into an empty one.

In: the open store and the address of the target. Out: the tables with their rows. The target gets its tables from the migrations,
and its rows in one transaction: a copy that fails or is killed leaves it empty. Nothing may write to the source during it.
Before the transaction ends, each table of the target is read again and compared with the source.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing

from sqlalchemy import Connection, Table, insert, text
from sqlalchemy.exc import DataError

from reconciler.adapters.store.copying.assigned_numbers import assign_after, highest_number
from reconciler.adapters.store.copying.copy_target import refuse_rows, refuse_same_file, refuse_unfit
from reconciler.adapters.store.copying.store_in_use import refuse_in_use
from reconciler.adapters.store.copying.stored_tables import count_rows, stored_tables
from reconciler.adapters.store.copying.table_rows import Row, TableDigest, read_batches, table_digest
from reconciler.adapters.store.db.database import Store, open_store
from reconciler.adapters.store.db.errors import StoreError, translate_errors
from reconciler.core.diagnostics.messages import msg
from reconciler.ports import Clock
from reconciler.ports.journal import CopiedTable, StoreCopy


def copy_store(source: Store, location: str, clock: Clock) -> StoreCopy:
    """Raises StoreError."""
    refuse_same_file(source, location)
    with source.writing() as origin:  # nothing is written; it keeps others from writing
        tables = stored_tables(origin)
        _hold(origin, tables, "SHARE")
        refuse_in_use(origin, clock, source.place)
        refuse_unfit(location, origin, [table.name for table in tables], source.deadline)
        with closing(open_store(location, deadline=source.deadline)) as target:
            copied = _copy(source.place, origin, tables, target)
            return StoreCopy(source=source.place, target=target.place, tables=copied)


def _copy(source: str, origin: Connection, tables: Sequence[Table], target: Store) -> tuple[CopiedTable, ...]:
    with target.writing() as connection:
        into = {table.name: table for table in stored_tables(connection)}
        _hold(connection, tuple(into.values()), "EXCLUSIVE")
        refuse_rows(count_rows(connection, tuple(into.values())), target.place)
        copied = []
        for table in tables:
            digest = _copy_rows(source, origin, table, connection, into[table.name], target.place)
            if table_digest(connection, into[table.name]) != digest:
                raise StoreError(
                    msg("the copy of {table} in {place} differs from its source", table=table.name, place=target.place)
                )
            copied.append(CopiedTable(name=table.name, rows=digest.rows, digest=digest.text))
        return tuple(copied)


def _copy_rows(  # noqa: PLR0917  # both sides of a copy
    source: str, origin: Connection, table: Table, connection: Connection, into: Table, place: str
) -> TableDigest:
    digest = TableDigest()
    for batch in _read(source, origin, table):
        try:
            connection.execute(insert(into), batch)
        except DataError as error:
            raise _refused(place, table.name, error) from None
        digest = digest.add(batch)
    with translate_errors(source):
        highest = highest_number(origin, table)
    if highest is not None:
        assign_after(connection, into, highest)
    return digest


def _read(source: str, origin: Connection, table: Table) -> Iterator[Sequence[Row]]:
    """What fails here is a matter of the source; what fails in the caller's body is one of the target."""
    batches = read_batches(origin, table)
    while True:
        with translate_errors(source):
            batch = next(batches, None)
        if batch is None:
            return
        yield batch


def _hold(connection: Connection, tables: Sequence[Table], mode: str) -> None:
    """Until the end of the transaction. SQLite has one writer anyway."""
    if connection.dialect.name == "postgresql" and tables:
        names = ", ".join(connection.dialect.identifier_preparer.format_table(table) for table in tables)
        connection.execute(text("SET LOCAL idle_in_transaction_session_timeout TO 0"))  # one side waits for the other
        connection.execute(text(f"LOCK TABLE {names} IN {mode} MODE"))


def _refused(place: str, table: str, error: DataError) -> StoreError:
    kind = type(error.orig).__name__
    return StoreError(
        msg("The store {place} does not accept a value of {table} ({kind})", place=place, table=table, kind=kind),
        hint=msg("Nothing was copied. A text that is too long, or that contains a zero byte, fits only into SQLite"),
    )
