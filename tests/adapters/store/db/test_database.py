"""Opening a store: made with care, migrated once, and refused with a reason where it cannot be used."""

import sqlite3
import subprocess
import sys
import traceback
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import closing
from pathlib import Path

import pytest
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, event, inspect, make_url, text

from reconciler.adapters.store.db.database import open_store, open_store_readonly, schema_version
from reconciler.adapters.store.db.errors import StoreError
from reconciler.adapters.store.db.migrations import HEAD, REVISIONS
from reconciler.adapters.store.findings.finding_store import StoreFindings
from reconciler.core.runs.events import ShopReopened, ShopStarted, StepDone
from tests.adapters.store.all_tables import metadata
from tests.adapters.store.fakes import REOPEN, SHOP, TOKEN, journal, tell
from tests.adapters.store.findings.test_finding_store import Looks, sighting


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


def test_folder_and_files_are_their_owners_alone(tmp_path):
    path = tmp_path / ".reconciler" / "journal.db"
    store = open_store(path)
    tell(journal(store), [ShopStarted(shop=SHOP)])
    assert mode(path.parent) == 0o700
    assert {name.name: mode(name) for name in path.parent.iterdir()} == dict.fromkeys(
        ("journal.db", "journal.db-wal", "journal.db-shm"), 0o600
    )
    store.close()


def test_a_commit_is_synced_before_it_returns(file_store):
    with file_store.writing() as connection:
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"


def test_postgresql_commits_wait_for_the_disk_with_any_server_setting(cluster):
    url = cluster.fresh()
    admin = create_engine(make_url(url).set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text("ALTER ROLE tests SET synchronous_commit TO off"))
    store = open_store(url)
    with store.writing() as connection:
        assert connection.execute(text("SHOW synchronous_commit")).scalar() == "on"
    store.close()
    with admin.connect() as connection:
        connection.execute(text("ALTER ROLE tests RESET synchronous_commit"))
    admin.dispose()


def test_on_postgresql_nothing_hangs_for_ever(cluster):
    store = open_store(cluster.fresh())
    with store.writing() as connection:
        assert connection.execute(text("SHOW statement_timeout")).scalar() == "30s"
        assert connection.execute(text("SHOW lock_timeout")).scalar() == "30s"
    store.close()


def test_migrations_make_the_tables_as_they_are_stated(store):
    from alembic.autogenerate import compare_metadata  # noqa: PLC0415

    with store.reading() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        different = compare_metadata(context, metadata)
        assert different == []
        version = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    assert version == HEAD == REVISIONS[-1]


def take_down(connection, to: str) -> None:
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415

    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", "reconciler.adapters.store.db:migrations")
    config.set_main_option("path_separator", "os")
    command.downgrade(config, to)


def test_tables_can_be_taken_down_again(file_store):
    with file_store.writing() as connection:
        take_down(connection, "base")
        assert inspect(connection).get_table_names() == ["alembic_version"]


def test_a_store_of_an_older_version_keeps_its_runs_and_learns_of_notifications(location):
    store = open_store(location)
    tell(journal(store), [ShopStarted(shop=SHOP)])
    with store.writing() as connection:
        take_down(connection, "0001")
        assert "ipn_messages" not in inspect(connection).get_table_names()
    store.close()
    store = open_store(location)
    with store.reading() as connection:
        assert connection.execute(text("SELECT count(*) FROM events")).scalar() == 1
        assert connection.execute(text("SELECT count(*) FROM ipn_messages")).scalar() == 0
        assert connection.execute(text("SELECT version_num FROM alembic_version")).scalar() == HEAD
    store.close()


def test_findings_of_an_older_version_have_no_labels(location):
    store = open_store(location)
    looks = Looks(store)
    looks(sighting())
    with store.writing() as connection:
        take_down(connection, "0010")
    store.close()
    store = open_store(location)
    (finding,) = StoreFindings(store).findings(looks.fleet)
    assert (finding.labels, finding.group) == ({}, None)
    store.close()


def test_closures_of_an_older_version_are_found_in_its_journal(location):
    """A damaged event has none, and hides no other."""
    store = open_store(location)
    closed = [StepDone(shop=SHOP, step=REOPEN, closed_ms=1500), ShopReopened(shop=SHOP, closed_ms=2500)]
    tell(journal(store), [ShopStarted(shop=SHOP), StepDone(shop=SHOP, step=0), *closed])
    with store.writing() as connection:
        damaged = (
            "INSERT INTO events (run, shop, at, document) SELECT run, shop, at, :text FROM events WHERE number = 1"
        )
        connection.execute(text(damaged), {"text": '{"event":"step-done","closed_ms":'})
        before = connection.execute(text("SELECT run, shop, at, milliseconds FROM closures ORDER BY number")).all()
        take_down(connection, "0014")
    store.close()
    store = open_store(location)
    with store.reading() as connection:
        after = connection.execute(text("SELECT run, shop, at, milliseconds FROM closures ORDER BY number")).all()
    store.close()
    assert [row.milliseconds for row in before] == [1500, 2500]
    assert after == before


@pytest.mark.parametrize("heavy", ["alembic", "sqlalchemy.dialects.postgresql", "reconciler.ports.inbox"])
@pytest.mark.parametrize("new", [False, True])
def test_a_new_or_up_to_date_store_opens_without_what_it_does_not_need(tmp_path, heavy, new):
    if not new:
        open_store(tmp_path / "journal.db").close()
    script = (
        "import sys; from reconciler.adapters.store.db.database import open_store;"
        "from reconciler.adapters.store.runs.history import StoreHistory;"
        f"open_store(sys.argv[1]).close(); sys.exit({heavy!r} in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", script, str(tmp_path / "journal.db")], check=True)


def test_many_processes_make_one_store(location):
    script = "import sys; from reconciler.adapters.store.db.database import open_store; open_store(sys.argv[1]).close()"
    started = [
        subprocess.Popen([sys.executable, "-c", script, location], stderr=subprocess.PIPE, text=True) for _ in range(4)
    ]
    assert [(child.communicate(timeout=30)[1], child.returncode) for child in started] == [("", 0)] * 4


def test_many_processes_upgrade_one_store(location):
    store = open_store(location)
    with store.writing() as connection:
        take_down(connection, "0001")
    store.close()
    test_many_processes_make_one_store(location)
    store = open_store_readonly(location)
    with store.reading() as connection:
        assert schema_version(connection, store.place) == HEAD
    store.close()


# Refused.


def refusal(location) -> str:
    with pytest.raises(StoreError) as refused:
        open_store(location)
    return f"{refused.value}: {refused.value.hint}"


def test_a_store_of_a_newer_version_is_refused_by_name(location):
    store = open_store(location)
    with store.writing() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0999'"))
    store.close()
    said = refusal(location)
    assert f"has version 0999, written by a newer reconciler; this one supports up to {HEAD}" in said
    assert "Install that version of reconciler" in said


def test_a_file_that_is_no_store_is_named(tmp_path):
    (tmp_path / "notes.txt").write_text("These are my notes, and they are longer than a header. " * 20)
    printed = refusal(tmp_path / "notes.txt")
    assert str(tmp_path / "notes.txt") in printed
    assert "it is not a store" in printed


def test_a_damaged_file_is_named(tmp_path):
    path = tmp_path / "journal.db"
    open_store(path).close()
    whole = bytearray(path.read_bytes())
    whole[100:8192] = b"\xff" * (8192 - 100)
    path.write_bytes(whole)
    assert "its file is damaged" in refusal(path)


def test_a_folder_is_no_store(tmp_path):
    assert "its file cannot be opened" in refusal(tmp_path)


def test_a_folder_that_cannot_be_made_is_reported(tmp_path):
    (tmp_path / "file").touch()
    assert "cannot be created" in refusal(tmp_path / "file" / "journal.db")


@pytest.mark.parametrize(
    ("location", "why"),
    [
        ("sqlite://", "a store in memory is lost at the end: use"),
        ("sqlite:///:memory:", "a store in memory is lost at the end: use"),
        ("mysql://u:hush@db/x", "an SQLite file or a PostgreSQL database, not mysql"),
        ("://", "the URL of the store is invalid"),
    ],
)
def test_other_places_are_refused(location, why):
    printed = refusal(location)
    assert why in printed
    assert "hush" not in printed


def test_a_missing_driver_is_reported_with_what_to_install():
    assert "install reconciler[postgres]" in refusal("postgresql+nosuchdriver://u:hush@db/x")


def test_a_server_that_does_not_answer_is_reported_without_the_password(cluster, tmp_path):
    printed = refusal(f"postgresql://u:hush@/x?host={tmp_path}")
    assert "does not answer (OperationalError)" in printed
    assert "hush" not in printed


@pytest.mark.parametrize(
    "address",
    [
        "postgresql://operator:hunter2@127.0.0.1:1/x",
        "postgresql://operator:hun@hunter2@127.0.0.1:1/x",
        "postgresql://operator:hunter2/@127.0.0.1:1/x",
        "postgresql://operator@127.0.0.1:1/x?password=hunter2",
        "postgresql://operator@127.0.0.1:1/x#hunter2",
        "postgresql://operator:x@127.0.0.1:hunter2/x",
        "postgresql+nosuchdriver://operator:hunter2@127.0.0.1:1/x",
        "mysql://operator:hunter2@127.0.0.1:1/x",
    ],
)
def test_no_part_of_an_address_that_may_be_a_password_is_shown(address):
    with pytest.raises(StoreError) as refused:
        open_store(address)
    assert "hunter2" not in "".join(traceback.format_exception(refused.value)) + str(refused.value.text)


def test_what_fails_between_two_statements_of_the_driver_leaves_nothing(tmp_path):
    store = open_store(tmp_path / "journal.db")
    adding = "INSERT INTO ipn_reminders VALUES ('kyoto-tea', ?, '2026-01-01')"

    def written() -> list[str]:
        with store.reading() as connection:
            return list(connection.scalars(text("SELECT object_id FROM ipn_reminders ORDER BY object_id")))

    def twice() -> None:
        with store.writing_to_driver() as driver:
            driver.executemany(adding, [("first",), ("first",)])

    def interrupted() -> None:
        with store.writing_to_driver() as driver:
            driver.execute(adding, ("second",))
            raise ZeroDivisionError

    with pytest.raises(StoreError):
        twice()
    with pytest.raises(ZeroDivisionError):
        interrupted()
    assert written() == []
    with store.writing_to_driver() as driver:
        driver.execute(adding, ("third",))
    assert written() == ["third"]
    store.close()


def limited(path: Path, pragma: str):
    """A store whose connections all live under a limit."""
    store = open_store(path)
    store.close()
    event.listen(store._engine, "connect", lambda raw, _: raw.execute(f"PRAGMA {pragma}").close())
    return store


@pytest.mark.parametrize(
    ("pragma", "why"),
    [
        ("max_page_count=1", "the disk is full"),
        ("query_only=ON", "permission denied"),
    ],
)
def test_what_the_disk_refuses_is_reported_and_nothing_is_lost(tmp_path, pragma, why):
    path = tmp_path / "journal.db"
    store = open_store(path)
    tell(journal(store), [ShopStarted(shop=SHOP)])
    store.close()
    store = limited(path, pragma)
    with pytest.raises(StoreError, match=why) as refused:
        tell(journal(store, "run-2"), [ShopStarted(shop=SHOP)] * 200)
    assert TOKEN not in str(refused.value)
    store.close()
    with closing(sqlite3.connect(path)) as raw:
        assert raw.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_a_store_that_another_process_locks_too_long_is_reported(tmp_path):
    path = tmp_path / "journal.db"
    store = open_store(path, busy_timeout=0.01)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreError, match="another process uses it: wait"):
        tell(journal(store), [ShopStarted(shop=SHOP)])
    other.execute("ROLLBACK")
    other.close()
    store.close()


@pytest.mark.parametrize("other_does", ["BEGIN", "BEGIN IMMEDIATE", "BEGIN EXCLUSIVE"])
def test_the_first_open_waits_for_another_process_that_opens_the_new_store(tmp_path, other_does):
    """SQLite does not wait by itself where a file in the old mode is about to be written."""
    path = tmp_path / "journal.db"
    with closing(sqlite3.connect(path, isolation_level=None, check_same_thread=False)) as other:
        other.execute(other_does)
        other.execute("SELECT * FROM sqlite_master").fetchall()
        with ThreadPoolExecutor() as pool:
            opened = pool.submit(open_store, path, busy_timeout=30.0)
            assert not wait([opened], timeout=0.3).done
            other.execute("ROLLBACK")
            opened.result().close()


def test_a_new_store_that_stays_locked_is_refused_after_the_timeout(tmp_path):
    path = tmp_path / "journal.db"
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError, match="another process uses it"):
            open_store(path, busy_timeout=0.2)
