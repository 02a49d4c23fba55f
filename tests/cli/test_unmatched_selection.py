"""A selection with unknown names: each is reported with a suggestion, and nothing is sent."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Run, write_shop


@pytest.mark.parametrize("command", ["validate", "plan", "drift", "apply"])
def test_one_wrong_name_beside_a_right_one(command: str, fleet: Path, run: Run) -> None:
    result = run(command, "kyoto-tee", "uji-cups")
    assert result.exit_code == 1
    assert "[S301]: No manifest matches 'kyoto-tee'" in result.output
    assert "Did you mean kyoto-tea?" in result.output


def test_each_is_reported(fleet: Path, run: Run) -> None:
    result = run("plan", "kyoto-tee", "kyoto-tea", "zzz", "nara-*", "zzz")
    assert [result.stderr.count(f"matches '{word}'") for word in ("kyoto-tee", "zzz", "nara-*")] == [1, 1, 1]
    assert "matches 'kyoto-tea'" not in result.stderr


def test_apply_writes_nothing(fleet: Path, run: Run) -> None:
    result = run("apply", "kyoto-tea", "uji-cupps", "--auto-approve")
    assert result.exit_code == 1
    assert "Nothing was sent: part of the selection does not exist" in result.stderr
    assert run("plan", "kyoto-tea", "--detailed-exitcode").exit_code == 2


def test_a_plan_of_a_part_is_not_saved(fleet: Path, run: Run) -> None:
    result = run("plan", "kyoto-tea", "uji-cupps", "--out", "plan.json")
    assert "The plan was not saved" in result.stderr
    assert not (fleet / "plan.json").exists()


@pytest.mark.parametrize("command", ["validate", "plan", "drift"])
def test_a_broken_manifest_is_there(command: str, fleet: Path, run: Run) -> None:
    (fleet / "shops" / "uji-cups.yaml").write_text("apiVersion: reconciler/v1\nshop: uji-cups\namazone: 1\n")
    for words in (("uji-cups",), ("kyoto-tea", "uji-*"), ("-l", "wave=late")):
        assert "S301" not in run(command, *words).output


@pytest.mark.parametrize("word", ["shops/kyoto-tea.yaml", "kyoto-tea.yaml", "./shops/kyoto-tea"])
def test_a_file_instead_of_a_key(word: str, fleet: Path, run: Run) -> None:
    result = run("plan", word)
    assert result.exit_code == 1
    assert f"matches '{word}'" in result.stderr
    assert ": kyoto-tea\n" in result.stderr


@pytest.mark.parametrize(
    "words", [("shops/kyoto-tea.yaml",), ("kyoto-tea.yaml",), ("uji-cups", "shops/kyoto-tea.yaml")]
)
def test_a_manifest_is_no_saved_plan(words: tuple[str, ...], fleet: Path, run: Run) -> None:
    result = run("apply", *words, "--auto-approve")
    assert result.exit_code == 1
    assert f"{words[-1]!r} is a manifest, not a saved plan" in result.stderr
    assert "reconciler apply kyoto-tea" in result.stderr


@pytest.mark.parametrize("words", [("reconciler.yaml",), ("./reconciler.yaml", "kyoto-tea")])
def test_the_settings_file_is_no_saved_plan(words: tuple[str, ...], fleet: Path, run: Run) -> None:
    result = run("apply", *words, "--auto-approve")
    assert result.exit_code == 1
    assert f"{words[0]!r} is the settings file, not a saved plan" in result.stderr
    assert "reconciler apply SHOP" in result.stderr
    assert "plan --out FILE" in result.stderr


def test_other_settings_are_named_too(fleet: Path, run: Run) -> None:
    (fleet / "reconciler.yaml").rename(fleet / "staging.yaml")
    result = run("apply", "staging.yaml", "-c", "staging.yaml")
    assert "'staging.yaml' is the settings file" in result.stderr


def test_a_file_of_shared_values_is_neither_a_manifest_nor_a_plan(fleet: Path, run: Run) -> None:
    (fleet / "shops" / "_defaults.yaml").write_text("apiVersion: reconciler/v1\n")
    result = run("apply", "shops/_defaults.yaml", "--auto-approve")
    assert result.exit_code == 1
    assert "'shops/_defaults.yaml' is a YAML file, not a saved plan" in result.stderr
    assert "apply _defaults" not in result.stderr


@pytest.mark.parametrize(
    ("words", "asked", "hint"),
    [
        (("-l", "wave=canari"), "--label 'wave=canari'", "Values of the label wave: canary, late"),
        (("-l", "wav=canary"), "--label 'wav=canary'", "Unknown label 'wav' (available: wave)"),
        (("--group", "standrd"), "--group 'standrd'", "Available groups: standard"),
        (
            ("kyoto-tea", "-l", "wave=late"),
            "'kyoto-tea' --label 'wave=late'",
            "All conditions must match a shop; remove one",
        ),
    ],
)
def test_labels_and_groups(words: tuple[str, ...], asked: str, hint: str, fleet: Path, run: Run) -> None:
    write_shop(fleet, "nara-brush")
    (fleet / "shops" / "_groups").mkdir()
    (fleet / "shops" / "_groups" / "standard.yaml").write_text("apiVersion: reconciler/v1\n")
    brush = fleet / "shops" / "nara-brush.yaml"
    brush.write_text(brush.read_text() + "group: standard\n")
    assert run("validate").exit_code == 0
    result = run("plan", *words)
    assert result.exit_code == 1
    assert f"No manifest matches {asked}\n" in result.stderr
    assert hint in result.stderr


def test_a_shop_that_another_option_excludes_exists(fleet: Path, run: Run) -> None:
    assert "S301" not in run("validate", "kyoto-tea", "uji-cups", "-l", "wave=late").output
