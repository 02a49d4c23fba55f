"""What is shown of a plan if there is no prompt, if everything is refused, and if nothing could be planned."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Run, write_shop


@pytest.mark.parametrize("shop", ["kyoto-tea", "uji-cups"])
def test_a_plan_that_is_not_applied_is_shown(shop: str, fleet: Path, run: Run) -> None:
    """The first cannot be confirmed without a terminal; the second is refused."""
    result = run("apply", shop)
    assert result.exit_code == 3
    assert "~ amazon.enabled" in result.stderr
    assert "Plan sha256:" in result.stderr


def test_machine_formats_and_quiet_stay_as_they_are(fleet: Path, run: Run) -> None:
    result = run("apply", "-o", "json")
    assert result.stderr == ""
    assert json.loads(result.stdout)
    assert run("apply", "-q").stderr == ""


@pytest.mark.parametrize("words", [("plan", "nope"), ("plan", "--group", "nope")])
def test_no_sum_of_nothing(words: tuple[str, ...], fleet: Path, run: Run) -> None:
    result = run(*words)
    assert result.stdout == ""
    assert result.stderr.startswith("error[S301]:")
    page = run(*words, "-o", "markdown").stdout
    assert page.startswith("### Nothing was planned")
    assert "sha256" not in page


def test_shops_that_could_not_be_planned(fleet: Path, run: Run) -> None:
    write_shop(fleet, "uji-cups", wave="late")
    assert run("apply", "--auto-approve").exit_code == 0
    write_shop(fleet, "nara-brush")
    every = run("plan").stdout
    assert "No changes in 2 of 3 shops; 1 shop could not be planned.\n" in every
    none = run("plan", "nara-brush").stdout
    assert "Nothing was planned; 1 shop could not be planned.\n" in none
    assert "sha256" not in none
