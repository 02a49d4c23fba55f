"""An upgrade from release 0.1.0, as docs/upgrading.md describes it: the same folder, then today's commands."""

from __future__ import annotations

import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory

from reconciler.core.documents.event_codec import decode_event
from tests.cli.conftest import Run, run  # noqa: F401  # a fixture

RELEASE = Path(__file__).parent / "release-0.1.0"
TOKEN = "amzn.mws.0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9"
FOLDERS = ("applied", "rollout", "killed", "inbox")
TABLES = {"journal.db": ("runs", "events", "run_shops", "applied"), "inbox.db": ("ipn_messages", "ipn_captures")}


@pytest.fixture
def restored(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """A folder as the release left it."""

    def restore(name: str) -> Path:
        folder = tmp_path / name
        shutil.copytree(RELEASE / name, folder)
        (folder / "state").rename(folder / ".reconciler")
        for key in (folder / ".reconciler").glob("plan.key"):
            key.chmod(0o600)  # Git keeps no such mode
        monkeypatch.chdir(folder)
        return folder

    return restore


def head_revision() -> str:
    """Of today's store."""
    config = Config()
    config.set_main_option("script_location", "reconciler.adapters.store.db:migrations")
    head = ScriptDirectory.from_config(config).get_current_head()
    assert head is not None
    return head


def rows(database: Path, table: str) -> list[tuple[object, ...]]:
    """With the columns that the release had."""
    with closing(sqlite3.connect(RELEASE / database.parent.parent.name / "state" / database.name)) as old:
        columns = ", ".join(row[1] for row in old.execute(f"PRAGMA table_info({table})"))
    with closing(sqlite3.connect(database)) as connection:
        return sorted(connection.execute(f"SELECT {columns} FROM {table}"), key=repr)  # our tables


@pytest.mark.parametrize("name", FOLDERS)
def test_manifests_and_settings_of_the_release_are_valid(name: str, restored, run: Run) -> None:  # noqa: F811
    restored(name)
    result = run("validate", "-o", "json", CORPUS_TOKEN=TOKEN)
    assert result.exit_code == 0, result.output
    assert len(json.loads(result.stdout)["valid"]) == 5
    assert run("config", "show").exit_code == 0


@pytest.mark.parametrize(("name", "file"), [("applied", "journal.db"), ("killed", "journal.db"), ("inbox", "inbox.db")])
def test_a_store_is_migrated_by_the_first_command_and_keeps_its_rows(
    name: str,
    file: str,
    restored,
    run: Run,  # noqa: F811
) -> None:
    database = restored(name) / ".reconciler" / file
    before = {table: rows(database, table) for table in TABLES[file]}
    assert all(before[table] for table in TABLES[file][:2])

    command = ("drift", "--exit-zero", "--new") if file == "journal.db" else ("ipn", "replay", "5")
    result = run(*command, CORPUS_TOKEN=TOKEN)

    assert result.exit_code == 0, result.output
    with closing(sqlite3.connect(database)) as connection:
        assert connection.execute("SELECT version_num FROM alembic_version").fetchall() == [(head_revision(),)]
    if file == "journal.db":
        assert {table: rows(database, table) for table in TABLES[file]} == before
    else:
        assert len(rows(database, "ipn_messages")) == len(before["ipn_messages"])


@pytest.mark.parametrize("name", ["applied", "rollout", "killed"])
def test_each_event_of_the_journal_is_read(name: str) -> None:
    with closing(sqlite3.connect(f"file:{RELEASE / name / 'state' / 'journal.db'}?mode=ro", uri=True)) as connection:
        documents = [row[0] for row in connection.execute("SELECT document FROM events ORDER BY number")]
    events = [decode_event(json.loads(document)) for document in documents]
    assert len(events) > 5
    assert len({type(event) for event in events}) > 3


def test_the_journal_with_every_kind_of_event_of_the_release_is_read(restored, run: Run) -> None:  # noqa: F811
    written = json.loads((RELEASE.parent / "events" / "v3.json").read_text(encoding="utf-8"))
    kinds = {document["event"] for document in written.values()}
    folder = restored("every-event")
    with closing(sqlite3.connect(folder / ".reconciler" / "journal.db")) as connection:
        documents = [json.loads(row[0]) for row in connection.execute("SELECT document FROM events ORDER BY number")]
    assert {document["v"] for document in documents} == {3}
    assert {document["event"] for document in documents} == kinds
    assert len({type(decode_event(document)) for document in documents}) == len(kinds) == 16

    (listed,) = json.loads(run("history", "-o", "json").stdout)["rows"]
    assert listed["actor"] == "corpus@vm"
    steps = json.loads(run("history", "leaves", "--steps", "-o", "json").stdout)["rows"]
    assert len(steps) > 1


@pytest.mark.parametrize("language", ["en", "ja"])
def test_the_run_with_every_kind_of_event_is_shown_in_both_languages(language: str, restored, run: Run) -> None:  # noqa: F811
    restored("every-event")
    shown = run("history", "goes-live", "--steps", "--lang", language)
    assert shown.exit_code == 0, shown.output
    reason = "The field was changed concurrently (B103)" if language == "en" else "先に行われた別の変更 (B103)"
    assert reason in " ".join(shown.stdout.split())
    assert ("reopen" if language == "en" else "開店に戻す") in shown.stdout


def test_a_look_after_the_upgrade_knows_what_the_release_applied(restored, run: Run) -> None:  # noqa: F811
    restored("applied")
    assert run("drift", "--exit-zero", "--new", CORPUS_TOKEN=TOKEN).exit_code == 0
    found = json.loads(run("findings", "list", "-o", "json").stdout)["rows"]
    assert {row["kind"] for row in found} >= {"conflict"}


def test_a_copy_of_the_store_before_the_upgrade_is_the_way_back(restored, run: Run) -> None:  # noqa: F811
    folder = restored("applied")
    result = run("store", "backup", "before.db", CORPUS_TOKEN=TOKEN)
    assert result.exit_code == 0, result.output
    assert (folder / "before.db").stat().st_size > 0
