"""`validate --online`: what only the backend knows; and `--parallelism`, which changes nothing but the pace."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Run


def codes(run: Run, *words: str) -> set[str]:
    return {found["code"] for found in json.loads(run("validate", *words, "-o", "json").stdout)["diagnostics"]}


def test_a_shop_that_the_backend_does_not_have(fleet: Path, run: Run) -> None:
    text = (fleet / "shops" / "kyoto-tea.yaml").read_text()
    (fleet / "shops" / "nara-ink.yaml").write_text(text.replace("kyoto-tea", "nara-ink"))
    assert run("validate").exit_code == 0
    result = run("validate", "--online", "-o", "json")
    assert result.exit_code == 1
    assert json.loads(result.stdout)["broken"] == ["nara-ink"]
    assert codes(run) == set()


def test_a_shop_without_its_entitlement(fleet: Path, run: Run) -> None:
    shops = [{"shopKey": name, "entitlements": {"commerceCreator": "DISABLED"}} for name in ("kyoto-tea", "uji-cups")]
    (fleet / "seed.json").write_text(json.dumps({"shops": shops}))
    with (fleet / "shops" / "kyoto-tea.yaml").open("a") as manifest:
        manifest.write("payment: {amazon_pay: {pre_order: true}}\n")
    assert run("validate").exit_code == 0
    assert run("validate", "--online").exit_code == 1
    assert "R203" in codes(run, "--online")


def test_guards_are_no_matter_of_validation(fleet: Path, run: Run) -> None:
    assert run("plan").exit_code == 3
    assert run("validate", "--online").exit_code == 0


@pytest.mark.parametrize("words", [("--fix", "--online"), ("--check",)])
def test_options_that_do_not_go_together(words: tuple[str, ...], fleet: Path, run: Run) -> None:
    assert run("validate", *words).exit_code == 1


@pytest.mark.parametrize("number", ["0", "1001", "many"])
def test_a_wrong_number_of_shops_at_once(number: str, fleet: Path, run: Run) -> None:
    result = run("plan", "--parallelism", number)
    assert result.exit_code == 1
    assert "range 1-1000" in result.stderr or "not a valid whole number" in result.stderr


def test_a_number_out_of_range_in_japanese(fleet: Path, run: Run) -> None:
    assert "0 は範囲外です (1〜1000)。" in run("plan", "--parallelism", "0", "--lang", "ja").stderr


def test_fewer_shops_at_once_give_the_same_result(fleet: Path, run: Run) -> None:
    assert run("plan", "--parallelism", "1").stdout == run("plan", RECONCILER_PARALLELISM="64").stdout
    assert run("apply", "kyoto-tea", "--auto-approve", "--parallelism", "1").exit_code == 0
