"""Options that are set in the environment: one variable an option, on every command."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Run


def shops(run: Run, *words: str, **more: str) -> list[str]:
    return [shop["shop"] for shop in json.loads(run("plan", *words, "-o", "json", **more).stdout)["shops"]]


def test_a_selection(fleet: Path, run: Run) -> None:
    assert shops(run, RECONCILER_LABEL="wave=late") == ["uji-cups"]
    assert shops(run, RECONCILER_LABEL="wave=late wave=la*") == ["uji-cups"]
    assert "selected by --group 'nope'" in run("validate", RECONCILER_GROUP="nope").output


def test_the_command_line_comes_first(fleet: Path, run: Run) -> None:
    assert shops(run, "-l", "wave=canary", RECONCILER_LABEL="wave=late") == ["kyoto-tea"]


def test_no_variable_names_shops(fleet: Path, run: Run) -> None:
    assert shops(run, RECONCILER_SHOPS="uji-cups", RECONCILER_PLAN_SHOPS="uji-cups") == ["kyoto-tea", "uji-cups"]


def test_several_grants(fleet: Path, run: Run) -> None:
    assert "G101" in run("plan").stdout
    assert "G101" not in run("plan", RECONCILER_ALLOW="closing-denied:uji-* outside-window").stdout


def test_flags(fleet: Path, run: Run) -> None:
    assert "\x1b[" in run("plan", FORCE_COLOR="1").stdout
    assert "\x1b[" not in run("plan", FORCE_COLOR="1", RECONCILER_NO_COLOR="1").stdout
    assert "/oauth/token" in run("plan", RECONCILER_VERBOSE="true").stderr
    assert "/oauth/token" not in run("plan", RECONCILER_VERBOSE="0").stderr
    assert run("apply", "kyoto-tea", RECONCILER_AUTO_APPROVE="1", RECONCILER_QUIET="1").exit_code == 0


def test_an_empty_variable_is_none(fleet: Path, run: Run) -> None:
    assert shops(run, RECONCILER_LABEL="", RECONCILER_GROUP="", RECONCILER_OUTPUT="") == ["kyoto-tea", "uji-cups"]


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("RECONCILER_OUTPUT", "yaml"),
        ("RECONCILER_LABEL", "canary"),
        ("RECONCILER_ALLOW", "zzz"),
        ("RECONCILER_AUTO_APPROVE", "perhaps"),
        ("RECONCILER_APPLY_AUTO_APPROVE", "perhaps"),
        ("RECONCILER_LANG", "tlh"),
    ],
)
def test_a_wrong_value_names_its_variable(variable: str, value: str, fleet: Path, run: Run) -> None:
    result = run("apply", **{variable: value})
    assert result.exit_code == 1
    assert f"({variable}):" in result.stderr
    assert result.stdout == ""


def test_help_and_version_are_no_variables(fleet: Path, run: Run) -> None:
    assert run("validate", RECONCILER_VERSION="1", RECONCILER_HELP="1").stdout == "2 manifests valid.\n"


def test_the_help_page_tells(run: Run) -> None:
    page = run("apply", "--help").stdout
    for name in ("GROUP", "LABEL", "ALLOW", "TAKE", "AUTO_APPROVE", "NO_COLOR", "CONFIG", "LANG", "OUTPUT"):
        assert f"[env: RECONCILER_{name}]" in " ".join(page.split())
