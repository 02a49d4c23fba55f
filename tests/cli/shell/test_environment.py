"""Options in the environment: one variable per option, for every command."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from reconciler.cli.app import app
from tests.cli.conftest import Run, turn_off


def shops(run: Run, *words: str, **more: str) -> list[str]:
    return [shop["shop"] for shop in json.loads(run("plan", *words, "-o", "json", **more).stdout)["shops"]]


def test_a_selection(fleet: Path, run: Run) -> None:
    assert shops(run, RECONCILER_LABEL="wave=late") == ["uji-cups"]
    assert shops(run, RECONCILER_LABEL="wave=late wave=la*") == ["uji-cups"]
    assert "matches --group 'nope'" in run("validate", RECONCILER_GROUP="nope").output


def test_the_command_line_comes_first(fleet: Path, run: Run) -> None:
    assert shops(run, "-l", "wave=canary", RECONCILER_LABEL="wave=late") == ["kyoto-tea"]


def test_no_variable_names_shops(fleet: Path, run: Run) -> None:
    assert shops(run, RECONCILER_SHOPS="uji-cups", RECONCILER_PLAN_SHOPS="uji-cups") == ["kyoto-tea", "uji-cups"]


def test_several_grants(fleet: Path, run: Run) -> None:
    assert run("apply", "kyoto-tea", "--auto-approve").exit_code == 0
    turn_off(fleet, "kyoto-tea")
    assert "G103" in run("plan").stdout
    allowed = run("plan", RECONCILER_ALLOW="turning-off:kyoto-* outside-window")
    assert allowed.exit_code == 3
    assert "G103" not in allowed.stdout


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
    assert run("validate", RECONCILER_VERSION="1", RECONCILER_HELP="1").stdout == "No problems. 2 manifests checked.\n"


def options(command: click.Command, name: str = "reconciler") -> Iterator[tuple[str, click.Option]]:
    context = click.Context(command)
    yield from ((name, each) for each in command.params if isinstance(each, click.Option))
    if not isinstance(command, click.Group):
        return
    for below in command.list_commands(context):
        found = command.get_command(context, below)
        assert found is not None
        yield from options(found, f"{name} {below}")


def test_no_variable_has_two_meanings() -> None:
    """A shell that sets one for one command must not turn another command's head."""
    meanings: dict[str, set[str]] = defaultdict(set)
    for _, each in options(app):
        if each.envvar:
            meanings[str(each.envvar)].add(str(each.help))
    assert "RECONCILER_GROUP" in meanings
    assert {name: said for name, said in meanings.items() if len(said) > 1} == {}


def test_what_filters_a_plan_puts_no_new_shop_into_a_group(fleet: Path, run: Run) -> None:
    (fleet / "shops" / "_groups").mkdir()
    (fleet / "shops" / "_groups" / "standard.yaml").write_text("apiVersion: reconciler/v1\n")
    assert run("new", "nara-ink", RECONCILER_GROUP="standard", RECONCILER_FROM="nobody.csv").exit_code == 0
    assert "group:" not in (fleet / "shops" / "nara-ink.yaml").read_text()
    assert run("new", "uji-ink", RECONCILER_NEW_GROUP="standard").exit_code == 0
    assert "group: standard" in (fleet / "shops" / "uji-ink.yaml").read_text()


def test_the_help_page_shows(run: Run) -> None:
    page = run("apply", "--help").stdout
    for name in ("GROUP", "LABEL", "ALLOW", "TAKE", "AUTO_APPROVE", "NO_COLOR", "CONFIG", "LANG", "OUTPUT"):
        assert f"[env: RECONCILER_{name}]" in " ".join(page.split())


def test_a_selection_from_the_environment_is_always_mentioned(fleet: Path, run: Run) -> None:
    for words in (("validate",), ("plan", "-q"), ("drift", "-o", "json")):
        result = run(*words, RECONCILER_LABEL="wave=late")
        assert "note: --label is set by the environment variable RECONCILER_LABEL\n" in result.stderr
    assert "note:" not in run("validate", "-l", "wave=late", RECONCILER_LABEL="wave=canary").stderr
    assert (
        "note: --check is set by the environment variable RECONCILER_CHECK" in run("fmt", RECONCILER_CHECK="1").stderr
    )
    assert "RECONCILER_PLAN_GROUP" in run("plan", RECONCILER_PLAN_GROUP="x").stderr


@pytest.mark.parametrize("name", ["RECONCILER_PORT", "RECONCILER_SERVE_IPN_PORT", "RECONCILER_SERVE_BACKEND_PORT"])
def test_what_kubernetes_sets_for_a_service_is_no_port(name: str, fleet: Path, run: Run) -> None:
    result = run("serve", "ipn", **{name: "tcp://10.0.0.11:8766"})
    assert "tcp://" not in result.output
    assert "--port" not in result.output


def test_a_variable_of_one_command_is_named_for_it(fleet: Path, run: Run) -> None:
    assert run("plan", RECONCILER_OUT="other.json", RECONCILER_PLAN_OUT="mine.json").exit_code == 3
    assert ((fleet / "mine.json").exists(), (fleet / "other.json").exists()) == (True, False)
