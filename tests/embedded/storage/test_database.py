"""What survives a restart, and the tables."""

import os
import re
import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import closing
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, inspect

from reconciler.embedded import EmbeddedConfig, World, create_app
from reconciler.embedded.storage.columns import metadata
from reconciler.embedded.storage.database import Database, DatabaseError
from reconciler.embedded.storage.migrations import HEAD
from reconciler.embedded.storage.page_tables import admin_users
from tests.embedded.harness import EMAIL, KYOTO, OSAKA, SELLER, Clock


def test_everything_outlives_a_restart(start, connect, clock: Clock) -> None:
    first = connect(start())
    first.settings(KYOTO, {"notificationEmail": EMAIL})
    path = f"/seller-central/{SELLER}/ipn-endpoints"
    words = {"json": {"url": "https://ipn.example/1"}, "headers": {"If-Match": "*", "Idempotency-Key": "k-1"}}
    made = first.ask("POST", path, **words)
    whole = first.get(KYOTO, "integration")
    trail = first.changes(KYOTO)

    second = connect(start(seed=None))
    second.token = first.token
    after = second.get(KYOTO, "integration")
    assert (after.json(), after.headers["ETag"]) == (whole.json(), whole.headers["ETag"])
    assert second.changes(KYOTO) == trail
    replayed = second.ask("POST", path, **words)
    assert (replayed.status_code, replayed.json(), replayed.headers["ETag"]) == (
        201,
        made.json(),
        made.headers["ETag"],
    )
    clock.advance(3600)
    assert second.get(KYOTO, "integration").status_code == 401


def test_idempotency_keys_are_forgotten_after_thirty_days(app, connect, clock: Clock) -> None:
    api = connect(app)
    path = f"/seller-central/{SELLER}/ipn-endpoints"

    def post(key: str, url: str) -> int:
        api.sign_in()
        headers = {"If-Match": "*", "Idempotency-Key": key}
        return api.ask("POST", path, json={"url": url}, headers=headers).status_code

    assert post("k-1", "https://ipn.example/1") == 201
    clock.advance(31 * 24 * 3600)
    assert post("k-2", "https://ipn.example/2") == 201
    assert post("k-1", "https://ipn.example/3") == 201


def test_a_world_has_a_name_of_its_own_for_as_long_as_its_database_is_there(tmp_path: Path) -> None:
    names = []
    for file in ("a.sqlite", "a.sqlite", "b.sqlite"):
        world = World.open(tmp_path / file)
        names.append(world.identity())
        world.close()
    assert names[0] == names[1] != names[2]
    assert re.fullmatch("[0-9a-f]{12}", names[0])


def test_maintenance_outlives_a_restart(start, connect) -> None:
    World.of(start()).maintenance(True)
    assert connect(start()).send("POST", "/oauth/token").status_code == 503


def test_the_migrations_make_the_tables(app, database: Path) -> None:
    engine = create_engine(f"sqlite:///{database}")
    with engine.connect() as connection:
        differences = compare_metadata(MigrationContext.configure(connection), metadata)
        tables = set(inspect(connection).get_table_names())
    engine.dispose()
    assert differences == []
    assert tables == {*metadata.tables, "alembic_version"}
    assert admin_users.name in tables


def test_the_newest_revision_is_the_one_that_is_checked_first() -> None:
    config = Config()
    config.set_main_option("script_location", "reconciler.embedded.storage:migrations")
    config.set_main_option("path_separator", "os")
    assert ScriptDirectory.from_config(config).get_heads() == [HEAD]


@pytest.mark.parametrize("new", [False, True])
def test_a_new_or_up_to_date_database_starts_without_alembic(app, database: Path, tmp_path: Path, new: bool) -> None:
    program = (
        "import sys\n"
        "from reconciler.embedded import World\n"
        "World.open(sys.argv[1]).close()\n"
        "assert 'alembic' not in sys.modules\n"
    )
    place = tmp_path / "new.sqlite" if new else database
    assert subprocess.run([sys.executable, "-c", program, str(place)], check=False).returncode == 0


def test_a_database_is_made_with_its_folder_and_uses_a_write_ahead_log(tmp_path: Path) -> None:
    database = tmp_path / "new" / "folder" / "backend.sqlite"
    app = create_app(EmbeddedConfig(database=f"sqlite:///{_made(database)}"))
    app.state.services.database.close()
    connection = sqlite3.connect(database)
    assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    connection.close()


def _made(database: Path) -> Path:
    database.parent.mkdir(parents=True)
    return database


def test_a_missing_folder_of_a_plain_path_is_made(tmp_path: Path) -> None:
    database = tmp_path / "new" / "backend.sqlite"
    Database(database).close()
    assert database.parent.is_dir()


def test_more_than_one_missing_folder_is_a_slip(tmp_path: Path) -> None:
    with pytest.raises(DatabaseError, match=f"the folder {tmp_path}/nwe does not exist"):
        Database(tmp_path / "nwe" / "folder" / "backend.sqlite")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("mode", ["delete", "wal"])
def test_another_programs_database_is_refused_untouched(tmp_path: Path, mode: str) -> None:
    database = tmp_path / "accounts.sqlite"
    other = sqlite3.connect(database)
    other.execute(f"PRAGMA journal_mode={mode}")
    other.execute("CREATE TABLE invoices (number INTEGER)")
    other.commit()
    other.close()
    before = database.read_bytes()
    with pytest.raises(DatabaseError, match=r"belongs to another program \(tables: invoices\)"):
        create_app(EmbeddedConfig(database=database))
    assert database.read_bytes() == before
    assert not any("shops" in name for (name,) in tables_of(database))


def test_the_store_of_the_tool_is_another_programs_database(tmp_path: Path) -> None:
    """It is migrated in the same way, and its version looks the same."""
    database = tmp_path / "journal.db"
    other = sqlite3.connect(database)
    other.executescript(
        f"CREATE TABLE alembic_version (version_num TEXT); INSERT INTO alembic_version VALUES ('{HEAD}')"
    )
    other.close()
    with pytest.raises(DatabaseError, match="belongs to another program"):
        create_app(EmbeddedConfig(database=database))


def test_a_database_of_a_newer_version_is_refused(start, database: Path) -> None:
    start().state.services.database.close()
    newer = sqlite3.connect(database)
    newer.execute("UPDATE alembic_version SET version_num = '9999'")
    newer.commit()
    newer.close()
    with pytest.raises(DatabaseError, match="version 9999 of a newer release"):
        create_app(EmbeddedConfig(database=database))


def tables_of(database: Path) -> list[tuple[str]]:
    connection = sqlite3.connect(database)
    names = connection.execute("SELECT name FROM sqlite_master").fetchall()
    connection.close()
    return names


def test_what_is_no_database_is_refused_untouched(tmp_path: Path) -> None:
    notes = tmp_path / "notes.txt"
    notes.write_text("buy tea")
    with pytest.raises(DatabaseError, match="file is not a database"):
        create_app(EmbeddedConfig(database=notes))
    assert [(file.name, file.read_text()) for file in tmp_path.iterdir()] == [("notes.txt", "buy tea")]


@pytest.mark.parametrize("make", [os.mkfifo, os.mkdir])
def test_what_is_no_file_is_refused_at_once(tmp_path: Path, make) -> None:
    make(tmp_path / "world")
    with pytest.raises(DatabaseError, match="not a file"):
        create_app(EmbeddedConfig(database=tmp_path / "world"))


def test_an_empty_file_is_a_new_database(tmp_path: Path) -> None:
    database = tmp_path / "backend.sqlite"
    database.touch()
    create_app(EmbeddedConfig(database=database)).state.services.database.close()
    assert ("shops",) in tables_of(database)


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:"])
def test_an_in_memory_database_is_refused(url: str) -> None:
    with pytest.raises(DatabaseError, match="use a file"):
        create_app(EmbeddedConfig(database=url))


def test_an_unforeseen_failure_is_a_problem_document(app, connect) -> None:
    api = connect(app)
    api.sign_in()
    with app.state.services.database.writing() as connection:
        connection.exec_driver_sql("ALTER TABLE entitlements RENAME TO lost")
    with pytest.raises(Exception, match="no such table"):
        api.get(OSAKA, "entitlements")


_LOOK = """
import sys
from reconciler.embedded.actors.world import World
world = World.open(sys.argv[1])
print(world.integration("kyoto-tea")["storefront"]["value"]["status"])
world.close()
"""


def test_what_one_process_writes_is_kept_when_another_has_looked(tmp_path: Path) -> None:
    """A second connection in the first process must not release the locks of the first (POSIX releases all of a file at once)."""
    path = tmp_path / "backend.sqlite"
    world = World.open(path)
    world.seed({"shops": [{"shopKey": "kyoto-tea"}]})
    World.open(path).close()

    def seen() -> str:
        looked = subprocess.run([sys.executable, "-c", _LOOK, str(path)], capture_output=True, text=True, check=True)
        return looked.stdout.strip()

    assert seen() == "OPEN"
    world.merchant_edits("kyoto-tea", {"storefront": "CLOSED"})
    assert seen() == "CLOSED"
    world.close()


@pytest.mark.parametrize("other_does", ["BEGIN", "BEGIN IMMEDIATE", "BEGIN EXCLUSIVE"])
def test_the_first_migration_waits_for_another_process_that_does_the_same(tmp_path: Path, other_does: str) -> None:
    path = tmp_path / "backend.sqlite"
    with closing(sqlite3.connect(path, isolation_level=None, check_same_thread=False)) as other:
        other.execute(other_does)
        other.execute("SELECT * FROM sqlite_master").fetchall()
        with closing(Database(path, busy_timeout=30.0)) as database, ThreadPoolExecutor() as pool:
            migrated = pool.submit(database.migrate)
            assert not wait([migrated], timeout=0.3).done
            other.execute("ROLLBACK")
            migrated.result()
