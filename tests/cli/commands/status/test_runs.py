"""`runs list` and `runs show`: what the journal holds of one run."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

from reconciler.wiring.schemas import schemas
from tests.cli.conftest import Run, turn_off


def shops_of(run: Run, of: str) -> list[dict[str, object]]:
    document = json.loads(run("runs", "show", of, "-o", "json").stdout)
    jsonschema.Draft202012Validator(schemas()["run-shops"]()).validate(document)
    found: list[dict[str, object]] = document["rows"]
    return found


def test_no_run_yet(fleet: Path, run: Run) -> None:
    assert run("runs", "list").stdout == "No runs recorded.\n"
    result = run("runs", "show", "8088d7e5")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "error[S303]: No runs found for 8088d7e5" in result.stderr


def test_a_run_is_found_by_the_start_of_its_id(fleet: Path, run: Run) -> None:
    assert run("apply", "--auto-approve").exit_code == 5
    (listed,) = json.loads(run("runs", "list", "-o", "json").stdout)["rows"]
    first, second = shops_of(run, listed["run"][:8])
    assert (first["shop"], first["outcome"], first["code"]) == ("kyoto-tea", "applied", None)
    assert int(str(first["writes"])) > 0
    assert (second["shop"], second["outcome"], second["code"]) == ("uji-cups", "refused", "G101")
    result = run("runs", "show", listed["run"])
    assert "kyoto-tea" in result.stdout
    assert f"Run {listed['run']}: `apply`" in result.stderr


def test_an_id_that_several_runs_share(fleet: Path, run: Run) -> None:
    run("apply", "kyoto-tea", "--auto-approve")
    turn_off(fleet, "kyoto-tea")
    run("apply", "kyoto-tea", "--auto-approve", "--allow", "turning-off")
    result = run("runs", "show", "")
    assert result.exit_code == 1
    assert "error[S304]: More than one run starts with" in result.stderr


def test_the_id_of_a_run_where_a_shop_is_expected(fleet: Path, run: Run) -> None:
    run("apply", "kyoto-tea", "--auto-approve")
    (listed,) = json.loads(run("runs", "list", "-o", "json").stdout)["rows"]
    for start in (listed["run"], listed["run"][:8]):
        result = run("history", start)
        assert (result.exit_code, result.stdout) == (0, f"No runs found for {start}.\n")
        assert f"{start} is the id of a run: `reconciler runs show {start}`" in " ".join(result.stderr.split())
    assert "is the id of a run" not in run("history", "nobody").stderr
    assert "is the id of a run" not in run("history", "kyoto-tea").stderr


@pytest.mark.parametrize("words", [(), ("--steps",)], ids=repr)
def test_a_misspelled_shop_in_the_history_is_named(fleet: Path, run: Run, words: tuple[str, ...]) -> None:
    """Not only an empty answer: it would mean that nothing was ever written."""
    assert "No manifest matches kyoto-te. Did you mean kyoto-tea?" in run("history", "kyoto-te", *words).stderr
    assert "No manifest matches" not in run("history", "kyoto-tea", *words).stderr
    run("apply", "kyoto-tea", "--auto-approve")
    assert "No manifest matches kyoto-te. Did you mean kyoto-tea?" in run("history", "kyoto-te", *words).stderr
    (fleet / "shops" / "kyoto-tea.yaml").unlink()
    assert "No manifest matches" not in run("history", "kyoto-tea", *words).stderr


def test_a_failure_says_who_ran_the_command(fleet: Path, run: Run) -> None:
    document = json.loads(run("runs", "show", "8088d7e5", "-o", "json").stdout)
    jsonschema.Draft202012Validator(schemas()["failure"]()).validate(document)
    assert (document["run"]["command"], document["run"]["backend"]) == ("runs show", "embedded")


def test_workers_need_a_queue_and_a_commit(fleet: Path, run: Run) -> None:
    """The store of the example is a file."""
    result = run("drift", "--executor", "procrastinate")
    assert result.exit_code == 1
    assert result.stdout == ""
    assert "error[S401]: The store" in result.stderr
    assert "is not a PostgreSQL database" in " ".join(result.stderr.split())
    assert run("drift", "--executor", "local").exit_code == 2


def test_options_that_need_one_process_are_named(fleet: Path, run: Run) -> None:
    result = run("drift", "--executor", "procrastinate", "--older-than", "1d", "--owner", "@tea")
    assert result.exit_code == 1
    text = " ".join(result.stderr.split())
    assert "error[S309]: --owner, --older-than cannot be combined with the executor procrastinate" in text
    assert "then `reconciler findings list` with them" in text


def test_a_saved_plan_is_applied_here(fleet: Path, run: Run) -> None:
    run("plan", "--out", "plan.json")
    result = run("apply", "plan.json", "--executor", "procrastinate")
    assert result.exit_code == 1
    assert "a saved plan is applied by this process" in " ".join(result.stderr.split())


def test_no_fleet_run_yet(fleet: Path, run: Run) -> None:
    for command in ("watch", "cancel"):
        result = run("runs", command, "8088d7e5")
        assert (result.exit_code, result.stdout) == (1, "")
        assert "error[S303]: No fleet run found for 8088d7e5" in result.stderr
