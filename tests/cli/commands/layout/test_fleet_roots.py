"""Several folders of manifests as one fleet: read, written and refused as one."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.support.example_fleet import MANIFEST

SETTINGS = "manifests: [east, west]\nembedded:\n  seed: seed.json\n"


def write(fleet: Path, folder: str, shop: str, *, more: str = "") -> Path:
    file = fleet / folder / f"{shop}.yaml"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(MANIFEST.format(shop=shop, wave="canary", closing="allow") + more)
    return file


@pytest.fixture
def roots(fleet: Path) -> Path:
    """kyoto-tea in `east`, uji-cups in `west`; each folder has its own defaults."""
    for folder, shop in (("east", "kyoto-tea"), ("west", "uji-cups")):
        (fleet / folder).mkdir()
        (fleet / "shops" / f"{shop}.yaml").rename(fleet / folder / f"{shop}.yaml")
        (fleet / folder / "_defaults.yaml").write_text(f"apiVersion: reconciler/v1\nlabels: {{region: {folder}}}\n")
        (fleet / folder / "_groups").mkdir()
        (fleet / folder / "_groups" / f"{folder}-standard.yaml").write_text("apiVersion: reconciler/v1\n")
    (fleet / "reconciler.yaml").write_text(SETTINGS)
    return fleet


def shops_of(document: str) -> list[str]:
    return [shop["shop"] for shop in json.loads(document)["shops"]]


def test_all_folders_are_one_fleet(roots: Path, run: Run) -> None:
    assert run("validate").stdout == "No problems. 2 manifests checked.\n"
    assert shops_of(run("plan", "-o", "json").stdout) == ["kyoto-tea", "uji-cups"]
    assert shops_of(run("plan", "--label", "region=west", "-o", "json").stdout) == ["uji-cups"]


def test_the_folder_is_part_of_each_diagnostic(roots: Path, run: Run) -> None:
    write(roots, "west", "nara-ink", more="colour: red\n")
    stdout = run("validate").stdout
    assert "--> west/nara-ink.yaml:" in stdout
    assert " 14 | colour:" in stdout


def test_a_shop_in_two_folders_is_an_error_that_names_both(roots: Path, run: Run) -> None:
    write(roots, "west", "kyoto-tea")
    result = run("validate")
    assert result.exit_code == 1
    assert result.stdout.count("is also declared in") == 2
    assert "is also declared in west/kyoto-tea.yaml" in result.stdout
    assert "is also declared in east/kyoto-tea.yaml" in result.stdout
    assert shops_of(run("drift", "uji-cups", "-o", "json").stdout) == ["uji-cups"]


def test_a_missing_folder_is_an_error(roots: Path, run: Run) -> None:
    (roots / "reconciler.yaml").write_text(SETTINGS.replace("west", "north"))
    result = run("validate")
    assert result.exit_code == 1
    assert "Folder north does not exist" in result.stdout


def test_a_folder_inside_another_is_refused(roots: Path, run: Run) -> None:
    (roots / "reconciler.yaml").write_text(SETTINGS.replace("[east, west]", "[east, west, ./east/kansai]"))
    result = run("validate")
    assert result.exit_code == 1
    assert "is in east, and both are in `manifests`" in result.stdout + result.stderr


def test_a_new_shop_goes_to_the_folder_of_its_group_or_else_to_the_first(roots: Path, run: Run) -> None:
    assert run("new", "nara-ink").exit_code == 0
    assert run("new", "nara-tea", "--group", "west-standard").exit_code == 0
    assert run("new", "nara-cups", "--from", "uji-cups").exit_code == 0
    assert {path.parent.name for path in roots.rglob("nara-ink.yaml")} == {"east"}
    assert {path.name for path in (roots / "west").glob("nara-*")} == {"nara-tea.yaml", "nara-cups.yaml"}
    assert run("new", "uji-cups").exit_code == 3


def test_every_folder_is_formatted_and_divided(roots: Path, run: Run) -> None:
    assert "unmatched" not in run("fmt", "uji-cups").stderr
    assert run("fmt", "uji-cups").exit_code == 0
    assert run("fmt", "no-such-shop").exit_code == 1
    assert run("fmt", "--shard").stdout == (
        "east/kyoto-tea.yaml → east/ky/kyoto-tea.yaml\nwest/uji-cups.yaml → west/uj/uji-cups.yaml\n2 files moved.\n"
    )
    assert run("validate").exit_code == 0


def test_what_changed_is_found_in_every_folder(roots: Path, run: Run) -> None:
    def git(*words: str) -> None:
        subprocess.run(["git", "-C", str(roots), "-c", "user.name=x", "-c", "user.email=x@x", *words], check=True)

    git("init", "--quiet")
    git("add", "east", "west")
    git("commit", "--quiet", "--message", "one")
    file = roots / "west" / "uji-cups.yaml"
    file.write_text(file.read_text() + "# changed\n")
    assert shops_of(run("plan", "--changed-since", "HEAD", "-o", "json").stdout) == ["uji-cups"]


def test_an_import_changes_files_where_they_are_and_adds_to_the_first_folder(roots: Path, run: Run) -> None:
    seed = json.loads((roots / "seed.json").read_text())
    seed["shops"].append({"shopKey": "nara-ink", "entitlements": {"commerceCreator": "RUNNING"}})
    (roots / "seed.json").write_text(json.dumps(seed))
    run("import", "nara-ink", "uji-cups")
    assert [path.parent.name for path in roots.rglob("nara-ink.yaml")] == ["east"]
    assert [path.parent.name for path in roots.rglob("uji-cups.yaml")] == ["west"]
