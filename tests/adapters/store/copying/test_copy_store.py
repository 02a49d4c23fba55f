"""A copy of a store holds everything and continues its numbers, or it is not there at all."""

import signal
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import Engine, event, inspect, text

from reconciler.adapters.clock import SystemClock
from reconciler.adapters.store.copying.copy_store import copy_store
from reconciler.adapters.store.copying.table_rows import BATCH
from reconciler.adapters.store.db.database import open_store, open_store_readonly
from reconciler.adapters.store.db.errors import StoreError
from reconciler.adapters.store.db.run_tables import events, runs
from reconciler.adapters.store.runs.history import StoreHistory
from reconciler.core.runs.events import ShopStarted
from tests.adapters.store.copying.filled_stores import ROWS, content, filled, table_names
from tests.adapters.store.fakes import SHOP, journal, tell

pytestmark = pytest.mark.system


def test_every_row_of_every_table_arrives(any_pair):
    with closing(filled(any_pair[0])) as source:
        before = content(source)
        copy = copy_store(source, any_pair[1], SystemClock())
        assert content(source) == before
    with closing(open_store(any_pair[1])) as target:
        assert content(target) == before
        assert {table.name for table in copy.tables} == table_names(target)
    assert {table.rows for table in copy.tables} == {ROWS}
    assert len({table.digest for table in copy.tables}) == len({frozenset(rows) for rows in before.values()})


def test_more_rows_than_are_in_memory_at_once_arrive(pair):
    many = 2 * BATCH + 1
    with closing(filled(pair[0], many)) as source:
        copy = copy_store(source, pair[1], SystemClock())
        assert {table.rows for table in copy.tables} == {many}
        with closing(open_store(pair[1])) as target:
            assert content(target) == content(source)


def test_what_runs_recorded_is_read_from_the_copy(pair, clock):
    with closing(open_store(pair[0])) as source:
        tell(journal(source), [ShopStarted(shop=SHOP)])
        recorded = StoreHistory(source, clock)
        copy_store(source, pair[1], clock)
        with closing(open_store(pair[1])) as target:
            copied = StoreHistory(target, clock)
            assert copied.runs() == recorded.runs()
            assert copied.unfinished() == recorded.unfinished()
            assert list(copied.events("run-1")) == list(recorded.events("run-1"))


def test_numbers_continue_after_the_highest_that_was_ever_assigned(pair, clock):
    with closing(open_store(pair[0])) as source:
        for run in ("run-1", "run-2"):
            tell(journal(source, run), [ShopStarted(shop=SHOP)])
        last = StoreHistory(source, clock).last_event()
        with source.writing() as connection:
            connection.execute(events.delete().where(events.c.run == "run-2"))
        copy_store(source, pair[1], clock)
    with closing(open_store(pair[1])) as target:
        tell(journal(target, "run-3"), [ShopStarted(shop=SHOP)])
        assert StoreHistory(target, clock).last_event()[0] > last[0]
        with target.reading() as connection:
            numbers = connection.execute(runs.select().order_by(runs.c.number)).scalars().all()
        assert numbers == sorted(set(numbers))


def test_an_empty_store_of_this_version_can_be_the_target(pair, clock):
    open_store(pair[1]).close()
    with closing(filled(pair[0])) as source:
        copy_store(source, pair[1], clock)
        with closing(open_store(pair[1])) as target:
            assert content(target) == content(source)


def test_nobody_writes_to_the_source_meanwhile(places, clock):
    """Writers wait for a lock of the copy, asked for from outside while rows are written to the target."""
    location = places("postgresql")
    locks: list[str] = []

    def look(_connection, _cursor, statement, *_rest):
        if statement.startswith("INSERT INTO events") and not locks:
            with closing(open_store(location)) as other, other.reading() as connection:
                held = "SELECT mode FROM pg_locks WHERE relation = 'events'::regclass AND mode <> 'AccessShareLock'"
                locks.extend(connection.execute(text(held)).scalars())

    event.listen(Engine, "before_cursor_execute", look)
    try:
        with closing(filled(location)) as source:
            copy_store(source, places("postgresql"), clock)
    finally:
        event.remove(Engine, "before_cursor_execute", look)
    assert locks == ["ShareLock"]


def test_a_write_to_the_file_waits_until_the_copy_has_ended(file_store, tmp_path, clock):
    tell(journal(file_store), [ShopStarted(shop=SHOP)])
    refused: list[str] = []

    def write(_connection, _cursor, statement, *_rest):
        if statement.startswith("INSERT INTO events") and not refused:
            refused.append("")
            with closing(open_store(tmp_path / "journal.db", busy_timeout=0.01)) as other:
                try:
                    tell(journal(other, "run-2"), [ShopStarted(shop=SHOP)])
                except StoreError as error:
                    refused[0] = str(error)

    event.listen(Engine, "before_cursor_execute", write)
    try:
        copy_store(file_store, str(tmp_path / "copy.db"), clock)
    finally:
        event.remove(Engine, "before_cursor_execute", write)
    assert "another process uses it: wait" in refused[0]


KILLED = """
import os, signal, sys
from sqlalchemy import Engine, event
from reconciler.adapters.clock import SystemClock
from reconciler.adapters.store.copying.copy_store import copy_store
from reconciler.adapters.store.db.database import open_store
source, target, table, after = sys.argv[1:]
@event.listens_for(Engine, "after_cursor_execute")
def counted(connection, cursor, statement, parameters, context, many):
    if statement.startswith(f"INSERT INTO {table} "):
        counted.seen = getattr(counted, "seen", 0) + 1
        if counted.seen == int(after):
            os.kill(os.getpid(), signal.SIGKILL)
copy_store(open_store(source), target, SystemClock())
"""


@pytest.mark.parametrize(("table", "after"), [("applied", 1), ("run_shops", 3)])
def test_a_copy_that_is_killed_leaves_the_target_empty_and_can_be_repeated(pair, clock, table, after):
    rows = 2 * BATCH + 1
    with closing(filled(pair[0], rows)) as source:
        before = content(source)
        child = subprocess.run([sys.executable, "-c", KILLED, *pair, table, str(after)], check=False, timeout=120)
        assert child.returncode == -signal.SIGKILL
        with closing(open_store(pair[1])) as target:
            assert set(map(len, content(target).values())) == {0}
        assert content(source) == before
        copy_store(source, pair[1], clock)
        with closing(open_store(pair[1])) as target:
            assert content(target) == before


# What is verified.


def test_a_row_that_the_target_changes_is_noticed_and_nothing_is_kept(places, clock):
    address = places("postgresql")
    with closing(open_store(address)) as target, target.writing() as connection:
        connection.execute(
            text(
                "CREATE FUNCTION change() RETURNS trigger LANGUAGE plpgsql AS"
                " $$ BEGIN IF NEW.number = 2 THEN NEW.actor := 'other'; END IF; RETURN NEW; END $$"
            )
        )
        connection.execute(text("CREATE TRIGGER change BEFORE INSERT ON runs FOR EACH ROW EXECUTE FUNCTION change()"))
    with closing(filled(places("sqlite"))) as source:
        assert "the copy of runs in" in refusal(source, address, clock)
    with closing(open_store(address)) as target:
        assert set(map(len, content(target).values())) == {0}


def test_a_value_that_the_target_does_not_accept_is_named_without_being_shown(places, clock):
    with closing(open_store(places("sqlite"))) as source:
        tell(journal(source), [ShopStarted(shop=SHOP)])
        with source.writing() as connection:
            connection.execute(runs.update().values(actor="tana\0ka"))
        address = places("postgresql")
        with pytest.raises(StoreError, match="does not accept a value of runs") as refused:
            copy_store(source, address, clock)
    assert "tana" not in str(refused.value)
    with closing(open_store(address)) as target:
        assert set(map(len, content(target).values())) == {0}


def test_a_table_of_a_later_migration_is_copied_without_being_known(places, clock):
    """The tables are those of the database: a copy that left one out would not notice."""
    added = "CREATE TABLE later (number INTEGER PRIMARY KEY, word VARCHAR(20))"
    source, address = filled(places("sqlite")), places("sqlite")
    with closing(source), closing(open_store(address)) as target:
        for store in (source, target):
            with store.writing() as connection:
                connection.execute(text(added))
        with source.writing() as connection:
            connection.execute(text("INSERT INTO later VALUES (7, 'kept')"))
        copy_store(source, address, clock)
        assert content(target)["later"] == {(7, "kept")}


# Refused.


def refusal(source, address: str, clock) -> str:
    with pytest.raises(StoreError) as refused:
        copy_store(source, address, clock)
    return str(refused.value)


@pytest.fixture(params=["sqlite", "postgresql"])
def target_place(request, places):
    return places(request.param)


@pytest.fixture
def source(file_store):
    tell(journal(file_store), [ShopStarted(shop=SHOP)])
    return file_store


def test_a_target_with_rows_is_refused_with_what_it_holds(source, target_place, clock):
    with closing(open_store(target_place)) as target:
        tell(journal(target, "theirs"), [ShopStarted(shop=SHOP)])
        before = content(target)
        printed = refusal(source, target_place, clock)
        assert "is not empty: events (1), run_shops (1), runs (1)" in printed
        assert content(target) == before


def test_a_database_of_something_else_is_refused_and_stays_as_it_is(source, target_place, clock):
    if "://" not in target_place:
        Path(target_place).touch()
    with closing(open_store_readonly(target_place)) as other, other.writing() as connection:
        connection.execute(text("CREATE TABLE customers (id INTEGER)"))
    assert "has tables that are not of a store: customers" in refusal(source, target_place, clock)
    with closing(open_store_readonly(target_place)) as other, other.reading() as connection:
        assert inspect(connection).get_table_names() == ["customers"]


@pytest.mark.parametrize(
    ("version", "why"),
    [("0999", "has version 0999, written by a newer reconciler"), ("0009", "has version 0009, written by an older")],
)
def test_a_target_of_another_version_is_refused(source, target_place, clock, version, why):
    with closing(open_store(target_place)) as target, target.writing() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = :v"), {"v": version})
    assert why in refusal(source, target_place, clock)


def test_a_store_is_not_copied_into_itself(source, tmp_path, monkeypatch, clock):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "link.db").symlink_to("journal.db")
    for name in ("journal.db", f"{tmp_path}/journal.db", "link.db", f"sqlite:///{tmp_path}/journal.db"):
        assert "cannot be copied into itself" in refusal(source, name, clock)


def test_a_database_is_not_copied_into_itself_under_another_address(cluster, clock):
    address = cluster.fresh()
    with closing(open_store(address)) as source:
        assert "cannot be copied into itself" in refusal(source, f"{address}&application_name=other", clock)


def test_a_server_that_cannot_be_reached_is_named_without_the_password(cluster, source, clock):
    printed = refusal(source, "postgresql://operator:hunter2@127.0.0.1:1/x", clock)
    assert "its server does not accept connections: check host and port" in printed
    assert "hunter2" not in printed


def test_a_database_that_does_not_exist_is_named(cluster, source, clock):
    address = cluster.fresh()
    missing = address.replace(database_name(address), "nowhere")
    assert "has no such database or user" in refusal(source, missing, clock)


def database_name(address: str) -> str:
    return address.partition("@/")[2].partition("?")[0]


def test_a_read_only_database_is_refused(cluster, source, clock):
    address = cluster.fresh()
    with closing(open_store_readonly(address)) as target, target.writing() as connection:
        connection.execute(text(f"ALTER DATABASE {database_name(address)} SET default_transaction_read_only TO on"))
    assert "its database is read-only" in refusal(source, address, clock)


def test_a_user_without_rights_is_refused(cluster, source, clock):
    address = cluster.fresh()
    with closing(open_store_readonly(address)) as target, target.writing() as connection:
        connection.execute(text("REVOKE CREATE ON SCHEMA public FROM PUBLIC"))
        connection.execute(text("DROP ROLE IF EXISTS guest"))
        connection.execute(text("CREATE ROLE guest LOGIN"))
    assert "permission denied" in refusal(source, address.replace("tests@", "guest@"), clock)


def test_a_wrong_password_is_reported_and_not_shown(cluster, source, clock):
    address = cluster.fresh()
    with closing(open_store_readonly(address)) as target, target.writing() as connection:
        connection.execute(text("DROP ROLE IF EXISTS guarded"))
        connection.execute(text("CREATE ROLE guarded LOGIN PASSWORD 'correct'"))
    with cluster.asking_for_passwords("guarded"):
        wrong = refusal(source, address.replace("tests@", "guarded:hunter2@"), clock)
        none = refusal(source, address.replace("tests@", "guarded@"), clock)
    assert "its server refused the user or the password" in wrong
    assert "hunter2" not in wrong
    assert "its server needs a password" in none


def test_the_source_is_not_read_where_the_target_cannot_be_created(source, tmp_path, clock):
    (tmp_path / "file").touch()
    assert "cannot be created" in refusal(source, str(tmp_path / "file" / "copy.db"), clock)


def test_a_misspelled_folder_is_not_created(source, tmp_path, clock):
    assert "No such file or directory" in refusal(source, str(tmp_path / "no-such-folder" / "copy.db"), clock)
    assert not (tmp_path / "no-such-folder").exists()
