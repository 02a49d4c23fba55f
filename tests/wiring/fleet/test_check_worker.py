"""The settings with which a worker cannot work are refused before it opens or asks anything else."""

from pathlib import Path

import pytest

from reconciler.core.diagnostics import codes
from reconciler.ports import SetupError
from reconciler.wiring.fleet.check_worker import check_worker
from reconciler.wiring.session import load_settings

POSTGRES = "store: postgresql://worker@127.0.0.1:1/fleet\n"


def refused(folder: Path, settings: str) -> SetupError:
    (folder / "shops").mkdir()
    (folder / "reconciler.yaml").write_text(settings)
    with pytest.raises(SetupError) as raised:
        check_worker(load_settings(folder / "reconciler.yaml"))
    return raised.value


def test_runs_that_are_not_divided_need_no_worker(tmp_path: Path) -> None:
    error = refused(tmp_path, POSTGRES)
    assert (error.code, error.subject) == (codes.NO_WORKER, "executor")
    assert str(error.text) == "Fleet runs are not divided among workers: `executor` is `local`"
    assert "`executor: procrastinate`" in str(error.hint)


def test_a_store_in_a_file_has_no_queue(tmp_path: Path) -> None:
    error = refused(tmp_path, "executor: procrastinate\n")
    assert (error.code, error.subject) == (codes.NO_WORKER, "store")
    assert "`store: postgresql://...`" in str(error.hint)


def test_a_repository_that_is_not_there_is_named_with_the_reason_of_git(tmp_path: Path) -> None:
    error = refused(tmp_path, f"executor: procrastinate\n{POSTGRES}scale: {{mirror: no-such-folder}}\n")
    assert (error.code, error.subject) == (codes.NO_WORKER, "scale.mirror")
    assert f"The repository {tmp_path / 'no-such-folder'} cannot be read: fatal: " in str(error.text)
    assert "Set `scale.mirror`" in str(error.hint)


def test_a_machine_without_git_cannot_read_a_repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    error = refused(
        tmp_path, f"executor: procrastinate\n{POSTGRES}scale: {{mirror: 'https://git.example/fleet.git'}}\n"
    )
    assert (error.code, error.subject) == (codes.NO_WORKER, "scale.mirror")
    assert str(error.text) == "The repository https://git.example/fleet.git cannot be read: git"


def test_a_git_that_cannot_be_started_is_no_repository_either(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "git").write_text("")  # not executable
    monkeypatch.setenv("PATH", str(tmp_path))
    error = refused(
        tmp_path, f"executor: procrastinate\n{POSTGRES}scale: {{mirror: 'https://git.example/fleet.git'}}\n"
    )
    assert str(error.text) == "The repository https://git.example/fleet.git cannot be read: PermissionError"


def test_a_folder_outside_of_a_repository_needs_one_that_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    error = refused(tmp_path, f"executor: procrastinate\n{POSTGRES}")
    assert (error.code, error.subject) == (codes.BAD_SETTINGS, "scale.mirror")
    assert f"{tmp_path.as_posix()} is in no Git repository, and no other one is named" in str(error.text)
