"""`store`: a copy that can be restored, and old entries that are deleted while what is open stays."""

from __future__ import annotations

import json
import stat
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from reconciler.adapters import clock
from reconciler.core.diagnostics.exit_codes import ExitCode
from tests.cli.conftest import Run
from tests.support.postgres import Cluster, running
from tests.support.session_harness import merchant_edits, write_fleet

pytestmark = pytest.mark.system

TOKEN = "amzn.mws.4ea38b7b-f563-7709-4bae-87aea1b2c3d4"


class NextYear(clock.SystemClock):
    def now(self) -> datetime:
        return super().now() + timedelta(days=400)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run: Run) -> Path:
    """Two applied shops; one finding is resolved, another is open."""
    folder = write_fleet(tmp_path / "fleet")
    monkeypatch.chdir(folder)
    monkeypatch.setenv("FLEET_TOKEN", TOKEN)
    assert run("apply", "--auto-approve").exit_code == ExitCode.DONE
    merchant_edits(folder, "kyoto-tea", notificationEmail="merchant@kyoto-tea.example")
    run("drift")
    run("apply", "--auto-approve")
    merchant_edits(folder, "uji-cups", notificationEmail="merchant@uji-cups.example")
    run("drift")
    return folder


def findings(run: Run) -> dict[str, str]:
    rows = json.loads(run("findings", "list", "--resolved", "-o", "json").stdout)["rows"]
    return {row["shop"]: row["state"] for row in rows}


def pruned(run: Run, age: str, *more: str) -> dict[str, int]:
    rows = json.loads(run("store", "prune", "--older-than", age, "-o", "json", *more).stdout)["rows"]
    return {row["what"]: row["count"] for row in rows}


def test_what_is_recent_stays(folder: Path, run: Run) -> None:
    assert set(pruned(run, "1d").values()) == {0}
    assert findings(run) == {"kyoto-tea": "resolved", "uji-cups": "open"}


def test_what_is_open_stays_with_its_history(folder: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    (name,) = [row["id"] for row in json.loads(run("findings", "list", "-o", "json").stdout)["rows"]]
    monkeypatch.setattr(clock, "SystemClock", NextYear)
    gone = pruned(run, "180d")
    assert gone["runs"] == 2
    assert gone["findings"] == 1
    assert gone["looks"] == 1, "the last complete check stays"
    assert findings(run) == {"uji-cups": "open"}
    assert len(json.loads(run("findings", "timeline", name, "-o", "json").stdout)["rows"]) == 1
    assert "drifted: changed at the backend" in run("drift").stdout


def test_a_dry_run_deletes_nothing(folder: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "SystemClock", NextYear)
    counted = pruned(run, "180d", "--dry-run")
    assert counted["findings"] == 1
    assert findings(run) == {"kyoto-tea": "resolved", "uji-cups": "open"}
    assert pruned(run, "180d") == counted


def set_store(folder: Path, text: str) -> None:
    with (folder / "reconciler.yaml").open("a") as file:
        file.write(text)


def test_the_retention_of_the_settings_holds_where_no_age_is_given(
    folder: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "SystemClock", NextYear)
    assert "store.retention" in run("store", "prune").stderr
    set_store(folder, "store: {retention: 500}\n")
    assert json.loads(run("store", "prune", "-o", "json").stdout)["rows"][2] == {"what": "findings", "count": 0}
    rewrite_setting(folder, "500", "300")
    assert json.loads(run("store", "prune", "-o", "json").stdout)["rows"][2] == {"what": "findings", "count": 1}
    shown = json.loads(run("config", "show", "-o", "json").stdout)["rows"]
    assert {row["setting"]: row["value"] for row in shown}["store.retention"] == "300"


def rewrite_setting(folder: Path, old: str, new: str) -> None:
    file = folder / "reconciler.yaml"
    file.write_text(file.read_text().replace(old, new))


def test_the_age_can_be_set_in_the_environment(folder: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "SystemClock", NextYear)
    rows = json.loads(run("store", "prune", "-o", "json", RECONCILER_STORE_PRUNE_OLDER_THAN="300d").stdout)["rows"]
    assert rows[2] == {"what": "findings", "count": 1}


def test_a_copy_is_used_once_the_setting_names_it(folder: Path, run: Run) -> None:
    before = findings(run), run("history").stdout
    done = run("store", "copy", "--to", "moved.db", "-o", "json")
    assert done.exit_code == ExitCode.DONE
    rows = {row["table"]: row for row in json.loads(done.stdout)["rows"]}
    assert rows["runs"]["rows"] == 2
    assert rows["findings"]["rows"] == 2
    set_store(folder, "store: {database: moved.db}\n")
    for file in (folder / ".reconciler").glob("journal.db*"):
        file.unlink()
    assert (findings(run), run("history").stdout) == before
    assert "drifted: changed at the backend" in run("drift").stdout


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    with running() as server:
        yield server


def test_a_fleet_moves_to_postgresql_and_back(
    folder: Path, run: Run, cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, address = (findings(run), run("history").stdout), cluster.fresh()
    moved = run("store", "copy", "--to", address)
    assert moved.exit_code == ExitCode.DONE
    assert "Now set `store` to postgresql:///" in moved.stdout + moved.stderr
    set_store(folder, f"store: {{database: '{address}', retention: 180}}\n")
    assert (findings(run), run("history").stdout) == before
    refused = run("store", "backup", "copy.db")
    assert refused.exit_code == ExitCode.ERROR
    assert "pg_dump" in refused.stderr
    assert run("store", "copy", "--to", "back.db").exit_code == ExitCode.DONE
    monkeypatch.setattr(clock, "SystemClock", NextYear)
    counted = run("store", "prune", "--dry-run", "-o", "json")
    assert json.loads(counted.stdout)["rows"][2] == {"what": "findings", "count": 1}
    assert findings(run) == before[0]
    assert json.loads(run("store", "prune", "-o", "json").stdout)["rows"] == json.loads(counted.stdout)["rows"]
    assert findings(run) == {"uji-cups": "open"}
    rewrite_setting(folder, address, "back.db")
    assert findings(run) == before[0]


def test_a_copy_is_not_repeated_into_the_same_place(folder: Path, run: Run) -> None:
    assert run("store", "copy", "--to", "moved.db").exit_code == ExitCode.DONE
    again = run("store", "copy", "--to", "moved.db")
    assert again.exit_code == ExitCode.ERROR
    assert "is not empty: applied (" in again.stderr


def test_the_password_of_a_target_is_not_shown(folder: Path, run: Run) -> None:
    for words in (("-o", "json"), (), ("--verbose",)):
        refused = run("store", "copy", "--to", "postgresql://operator:hunter2@127.0.0.1:1/reconciler", *words)
        assert refused.exit_code == ExitCode.ERROR
        assert "127.0.0.1:1/reconciler" in refused.stdout + refused.stderr
        assert "hunter2" not in refused.stdout + refused.stderr


def test_the_inbox_is_copied_on_request(folder: Path, run: Run) -> None:
    missing = run("store", "copy", "--inbox", "--to", "moved.db")
    assert missing.exit_code == ExitCode.ERROR
    assert "The store .reconciler/inbox.db does not exist" in missing.stderr
    assert "Check `ipn.inbox` in the settings" in missing.stderr
    run("store", "copy", "--to", "inbox.db")
    set_store(folder, "ipn: {inbox: inbox.db}\n")
    done = run("store", "copy", "--inbox", "--to", "moved.db")
    assert done.exit_code == ExitCode.DONE
    assert "Now set `ipn.inbox` to moved.db" in done.stdout + done.stderr


def test_a_backup_is_a_store_that_can_be_restored(folder: Path, run: Run) -> None:
    done = run("store", "backup", "copy.db")
    assert done.exit_code == ExitCode.DONE
    assert stat.S_IMODE(Path("copy.db").stat().st_mode) == 0o600
    before = findings(run)
    for file in (folder / ".reconciler").glob("journal.db*"):
        file.unlink()
    assert findings(run) == {}
    Path("copy.db").rename(folder / ".reconciler" / "journal.db")
    assert findings(run) == before
    assert "drifted: changed at the backend" in run("drift").stdout


def test_a_backup_replaces_no_file(folder: Path, run: Run) -> None:
    Path("copy.db").write_text("mine")
    refused = run("store", "backup", "copy.db")
    assert refused.exit_code == ExitCode.ERROR
    assert Path("copy.db").read_text() == "mine"
    assert not Path("copy.db.partial").exists()
    assert run("store", "backup", "nowhere/copy.db").exit_code == ExitCode.ERROR


def test_without_a_store_there_is_nothing_to_prune_and_no_copy_passes_for_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run: Run
) -> None:
    monkeypatch.chdir(write_fleet(tmp_path / "fleet"))
    assert run("store", "prune", "--older-than", "1d").stdout == "There is no store yet.\n"
    for words in (("backup", "copy.db"), ("copy", "--to", "copy.db")):
        refused = run("store", *words)
        assert refused.exit_code == ExitCode.ERROR
        assert "The store .reconciler/journal.db does not exist" in refused.stderr
        assert not Path("copy.db").exists()
