"""--allow and --take for an unknown shop: reported before anything is written, and the guard still holds."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Run

SUMMARY = "warning[S302]: --allow outside-window:'uji-cup' matches no selected shop"


def test_a_plan_reports_it_and_ends_as_without_it(fleet: Path, run: Run) -> None:
    result = run("plan", "--allow", "outside-window:uji-cup")
    assert (result.exit_code, SUMMARY in result.stderr) == (3, True)
    assert "Did you mean uji-cups?" in result.stderr
    assert "G101" in result.stdout
    assert "S302" not in run("plan", "--allow", "outside-window:uji-cups").output


def test_an_apply_reports_it_before_the_plan_and_holds_the_shop(fleet: Path, run: Run) -> None:
    result = run("apply", "--allow", "outside-window:uji-cup", "--auto-approve")
    assert result.exit_code == 5
    assert 0 <= result.stderr.index("[S302]") < result.stderr.index("kyoto-tea")
    assert run("apply", "--allow", "outside-window:uji-cup", "--auto-approve").exit_code == 3


@pytest.mark.parametrize("command", [("plan",), ("apply", "--auto-approve")])
def test_machines_get_it(command: tuple[str, ...], fleet: Path, run: Run) -> None:
    document = json.loads(run(*command, "--allow", "outside-window:uji-cup", "-o", "json").stdout)
    [printed] = [each for each in document["diagnostics"] if each["code"] == "S302"]
    assert (printed["severity"], printed["hint"]) == ("warning", "Did you mean uji-cups?")
    assert "S302 allowed-for-none" in run(*command, "--allow", "outside-window:uji-cup", "-o", "markdown").stdout


def test_taking_gits_side_of_a_shop_that_is_not_there(fleet: Path, run: Run) -> None:
    result = run("plan", "--take", "git:kyoto-te")
    assert "--allow both-moved:'kyoto-te' matches no selected shop" in result.stderr


def test_a_shop_that_is_not_selected_is_not_met(fleet: Path, run: Run) -> None:
    assert "selected shops: kyoto-tea" in run("plan", "kyoto-tea", "--allow", "turning-off:zzz").stderr
    assert "S302" in run("plan", "kyoto-tea", "--allow", "turning-off:uji-cups").stderr


def test_a_saved_plan_is_written_anyway_and_checked_again_when_it_is_applied(fleet: Path, run: Run) -> None:
    assert "The plan was saved" in run("plan", "--allow", "outside-window:uji-cup", "--out", "plan.json").stderr
    printed = run("apply", "plan.json", "--allow", "outside-window:uji-cup")
    assert (printed.exit_code, SUMMARY in printed.stderr) == (3, True)
    [finding] = json.loads(run("apply", "plan.json", "--allow", "turning-off:zzz", "-o", "json").stdout)["diagnostics"][
        :1
    ]
    assert finding["code"] == "S302"


@pytest.mark.parametrize("command", ["plan", "apply"])
def test_a_guard_that_is_not_there_is_a_usage_error(command: str, fleet: Path, run: Run) -> None:
    result = run(command, "--allow", "outside-windows:kyoto-tea")
    assert result.exit_code == 1
    assert "unknown guard 'outside-windows'. Did you mean 'outside-window'?" in result.stderr


@pytest.mark.parametrize("command", ["plan", "apply"])
@pytest.mark.parametrize("words", ["closing-denied", "closing-denied:uji-cups"])
def test_what_a_manifest_denies_is_not_allowed_on_the_command_line(
    command: str, words: str, fleet: Path, run: Run
) -> None:
    result = run(command, "--allow", words)
    assert result.exit_code == 1
    assert "set maintenance.close_shop to allow in the manifest of the shop" in " ".join(result.stderr.split())


@pytest.mark.parametrize("guard", ["fleet-share", "closed-at-once"])
def test_a_guard_on_the_run_takes_no_shop(guard: str, fleet: Path, run: Run) -> None:
    """It would have been allowed for all of them."""
    result = run("plan", "--allow", f"{guard}:kyoto-*")
    assert result.exit_code == 1
    assert f"{guard} applies to the whole run and takes no shop: use --allow {guard}." in result.stderr
    assert run("plan", "--allow", guard, "--allow", f"{guard}:*").exit_code == 3
