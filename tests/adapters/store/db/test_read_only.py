"""A store that is only looked at: its database refuses writes, whatever the program does."""

import hashlib
import os
import signal
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text

from reconciler.adapters.store.db.database import open_store
from reconciler.adapters.store.db.errors import StoreError
from reconciler.adapters.store.db.read_only import open_store_for_reading, refuse_other_version

LOOK = "INSERT INTO looks (fleet, started, complete) VALUES ('fleet', '2026-01-01T00:00:00Z', {true})"


def add_look(store) -> None:
    with store.writing() as connection:
        connection.execute(text(LOOK.format(true="true" if connection.dialect.name == "postgresql" else 1)))


def count_looks(location) -> int:
    with closing(open_store_for_reading(location)) as store, store.reading() as connection:
        return connection.execute(text("SELECT count(*) FROM looks")).scalar_one()


def test_what_was_written_is_read_and_nothing_can_be_written(location):
    with closing(open_store(location)) as writer:
        add_look(writer)
        assert count_looks(location) == 1
        with closing(open_store_for_reading(location)) as store:
            refuse_other_version(store)
            with pytest.raises(StoreError):
                add_look(store)
        add_look(writer)
    assert count_looks(location) == 2


def test_no_store_is_made(tmp_path):
    with closing(open_store_for_reading(tmp_path / "none.db")) as store, pytest.raises(StoreError):
        refuse_other_version(store)
    assert list(tmp_path.iterdir()) == []


def test_another_version_is_refused_by_both_numbers(location):
    with closing(open_store(location)) as writer, writer.writing() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0003'"))
    with closing(open_store_for_reading(location)) as store, pytest.raises(StoreError, match="has version 0003"):
        refuse_other_version(store)


def test_a_user_who_may_only_select_is_enough(cluster):
    address = cluster.fresh()
    with closing(open_store(address)) as writer:
        add_look(writer)
        with writer.writing() as connection:
            connection.execute(text("DROP ROLE IF EXISTS reader"))
            connection.execute(text("CREATE ROLE reader LOGIN"))
            connection.execute(text("GRANT SELECT ON ALL TABLES IN SCHEMA public TO reader"))
    reader = address.replace("tests@", "reader@")
    with closing(open_store_for_reading(reader)) as store:
        refuse_other_version(store)
    assert count_looks(reader) == 1


def test_what_a_killed_writer_left_is_read_and_stays_in_its_place(tmp_path):
    place = tmp_path / "a b?#%.db"
    open_store(place).close()
    child = os.fork()
    if child == 0:
        add_look(open_store(place))
        os.kill(os.getpid(), signal.SIGKILL)
    os.waitpid(child, 0)
    before = _digests(place)
    assert before[1] is not None
    assert count_looks(place) == 1
    assert _digests(place) == before


def _digests(place: Path) -> tuple[str, str | None]:
    """Of the file and of its WAL."""
    wal = place.with_name(f"{place.name}-wal")
    files = (hashlib.sha256(file.read_bytes()).hexdigest() if file.exists() else None for file in (place, wal))
    database, log = files
    assert database is not None
    return database, log
