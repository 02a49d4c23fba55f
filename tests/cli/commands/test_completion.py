"""What a shell offers: the names that the manifests have."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.shell_completion import ShellComplete

from reconciler.cli.app import app
from tests.cli.conftest import environment, process, write_shop


@pytest.fixture(autouse=True)
def grouped(fleet: Path) -> None:
    """Two shops, two groups, labels of which one shop has one more."""
    (fleet / "shops" / "_groups").mkdir()
    for name in ("standard", "silver"):
        (fleet / "shops" / "_groups" / f"{name}.yaml").write_text("apiVersion: reconciler/v1\n")
    kyoto = fleet / "shops" / "kyoto-tea.yaml"
    kyoto.write_text(kyoto.read_text().replace("labels: {", "labels: {region: kansai, "))


def offered(*words: str) -> list[str]:
    """For the last word, which is being typed."""
    *done, incomplete = words
    return [item.value for item in ShellComplete(app, {}, "reconciler", "_X").get_completions(list(done), incomplete)]


@pytest.mark.parametrize("command", ["validate", "plan", "apply", "drift", "show", "history"])
def test_shops(command: str) -> None:
    assert offered(command, "") == ["kyoto-tea", "uji-cups"]
    assert offered(command, "ky") == ["kyoto-tea"]
    assert offered(command, "x") == []


def test_a_shop_after_others() -> None:
    assert offered("plan", "kyoto-tea", "-v", "uj") == ["uji-cups"]


def test_groups() -> None:
    assert offered("plan", "--group", "") == ["silver", "standard"]
    assert offered("drift", "--group", "st") == ["standard"]


def test_labels() -> None:
    assert offered("plan", "-l", "") == ["region=kansai", "wave=canary", "wave=late"]
    assert offered("validate", "--label", "wave=c") == ["wave=canary"]


def test_codes() -> None:
    assert offered("explain", "unknown-k") == ["unknown-key"]
    assert offered("explain", "G2") == ["G201", "G202"]


def test_a_broken_manifest_has_a_name_all_the_same(fleet: Path) -> None:
    (fleet / "shops" / "nara-brush.yaml").write_text("[")
    assert offered("plan", "na") == ["nara-brush"]
    assert offered("plan", "-l", "wave=l") == ["wave=late"]


def test_the_named_settings_are_used(fleet: Path) -> None:
    (fleet / "other").mkdir()
    (fleet / "other.yaml").write_text("manifests: other\n")
    (fleet / "other" / "nara-brush.yaml").write_text("")
    assert offered("plan", "-c", "other.yaml", "") == ["nara-brush"]


@pytest.mark.parametrize("settings", ["bakend: {}\n", "manifests: nowhere\n"])
@pytest.mark.parametrize("words", [("plan", ""), ("plan", "--group", ""), ("plan", "-l", "")], ids=" ".join)
def test_nothing_is_offered_and_nothing_said_where_the_settings_are_wrong(
    settings: str, words: tuple[str, ...], fleet: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (fleet / "reconciler.yaml").write_text(settings)
    assert offered(*words) == []
    assert capfd.readouterr() == ("", "")


def test_in_a_shell(fleet: Path) -> None:
    write_shop(fleet, "kyoto-cups")
    more = {"_RECONCILER_COMPLETE": "bash_complete", "COMP_WORDS": "reconciler plan kyoto-c", "COMP_CWORD": "2"}
    ended = process(env=environment(**more))
    assert (ended.stdout, ended.stderr) == ("plain,kyoto-cups\n", "")
