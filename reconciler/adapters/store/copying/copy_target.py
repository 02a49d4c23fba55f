"""What a store may be copied into: an empty database, or a store of this version without a row.

In: its address. Out: nothing, or StoreError with what was found there. Nothing is created or written.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, func, inspect, select

from reconciler.adapters.store.copying.stored_tables import VERSION_TABLE, count_rows, stored_tables
from reconciler.adapters.store.db.database import Store, open_store_readonly, schema_version
from reconciler.adapters.store.db.errors import StoreError
from reconciler.adapters.store.db.migrations import HEAD
from reconciler.core.diagnostics.messages import msg

_NAMED: Final = 5
_EMPTY_HINT: Final = msg("Create an empty database for the copy")


def refuse_unfit(location: str, source: Connection, known: Sequence[str], deadline: float) -> None:
    """`known` are the tables of the source. Raises StoreError."""
    with closing(open_store_readonly(location, deadline=deadline)) as target:
        if target.file is not None and not target.file.exists():
            _refuse_missing_folder(target.file, target.place)
            return
        with target.reading() as connection:
            _refuse_same(source, connection, target.place)
            _refuse_others(connection, known, target.place)
            version = schema_version(connection, target.place)
            if version is None:
                return
            refuse_rows(count_rows(connection, stored_tables(connection)), target.place)
            if version != HEAD:
                raise _older(target.place, version)


def _refuse_missing_folder(file: Path, place: str) -> None:
    """A misspelled folder is not created: the copy would be in an unexpected place."""
    if not file.parent.is_dir():
        raise StoreError(
            msg("The store {place} cannot be created: {reason}", place=place, reason=msg("No such file or directory")),
            hint=msg("Name a file that does not exist yet, in a folder that exists and is writable"),
        )


def refuse_same_file(source: Store, location: str) -> None:
    """Raises StoreError."""
    with closing(open_store_readonly(location)) as target:
        if source.file is None or target.file is None:
            return
        if _resolved(source.file) == _resolved(target.file):
            raise _same(target.place)


def refuse_rows(found: Mapping[str, int], place: str) -> None:
    """Raises StoreError."""
    if found:
        raise StoreError(
            msg("The store {place} is not empty: {found}", place=place, found=_listed(found)), hint=_EMPTY_HINT
        )


def _refuse_same(source: Connection, target: Connection, place: str) -> None:
    """PostgreSQL's advisory locks belong to one database: a number that only this process knows is free in any other one."""
    if not source.dialect.name == target.dialect.name == "postgresql":
        return
    number = secrets.randbits(62)
    source.execute(select(func.pg_advisory_xact_lock(number)))
    free = target.execute(select(func.pg_try_advisory_xact_lock(number))).scalar_one()
    schemas = [each.execute(select(func.current_schema())).scalar_one() for each in (source, target)]
    if not free and schemas[0] == schemas[1]:
        raise _same(place)


def _refuse_others(connection: Connection, known: Sequence[str], place: str) -> None:
    others = sorted(set(inspect(connection).get_table_names()) - {*known, VERSION_TABLE})
    if others:
        names = ", ".join(others[:_NAMED]) + (", ..." if len(others) > _NAMED else "")
        raise StoreError(
            msg("the database {place} has tables that are not of a store: {names}", place=place, names=names),
            hint=_EMPTY_HINT,
        )


def _same(place: str) -> StoreError:
    return StoreError(msg("The store {place} cannot be copied into itself", place=place), hint=_EMPTY_HINT)


def _older(place: str, found: str) -> StoreError:
    return StoreError(
        msg(
            "The store {place} has version {found}, written by an older reconciler; a copy needs {known}",
            place=place,
            found=found,
            known=HEAD,
        ),
        hint=_EMPTY_HINT,
    )


def _listed(found: Mapping[str, int]) -> str:
    shown = [f"{name} ({count})" for name, count in sorted(found.items())]
    return ", ".join(shown[:_NAMED]) + (", ..." if len(shown) > _NAMED else "")


def _resolved(file: Path) -> Path:
    return file.resolve()
