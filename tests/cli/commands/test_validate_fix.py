"""`validate --fix`: what it writes and shows, what it leaves alone, and what a pipeline gets."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

from reconciler.wiring.schemas import schemas
from tests.cli.conftest import Run
from tests.support.drop_root import modes_count
from tests.support.example_fleet import MANIFEST

WRONG = MANIFEST.format(shop="kyoto-tea", wave="canary", closing="allow").replace("enabled: true", "enabeld: yes  # on")
RIGHT = WRONG.replace("enabeld: yes  # on", "enabled: true  # on")


@pytest.fixture
def kyoto(fleet: Path) -> Path:
    file = fleet / "shops" / "kyoto-tea.yaml"
    file.write_text(WRONG)
    return file


def test_it_fixes_says_what_and_validates(kyoto: Path, run: Run) -> None:
    result = run("validate", "--fix")
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout == (
        "fixed  shops/kyoto-tea.yaml:5:3   `enabeld` → `enabled`\n"
        "fixed  shops/kyoto-tea.yaml:5:12  `yes` → `true`\n"
        "\n"
        "Fixed 2 places in 1 file.\n"
        "No problems. 2 manifests checked.\n"
    )
    assert kyoto.read_text() == RIGHT
    assert run("validate", "--fix").stdout == "Nothing to fix automatically.\nNo problems. 2 manifests checked.\n"


def test_check_shows_the_diff_alone_and_writes_nothing(kyoto: Path, run: Run) -> None:
    result = run("validate", "--fix", "--check")
    assert (result.exit_code, result.stderr) == (3, "")
    assert result.stdout.startswith("--- shops/kyoto-tea.yaml\n+++ shops/kyoto-tea.yaml\n")
    assert "\n-  enabeld: yes  # on\n+  enabled: true  # on\n" in result.stdout
    assert result.stdout.endswith("2 fixes available in 1 file; to write them, run `reconciler validate --fix`.\n")
    assert "error[" not in result.stdout
    assert kyoto.read_text() == WRONG


def test_check_where_nothing_can_be_fixed(fleet: Path, run: Run) -> None:
    assert run("validate", "--fix", "--check").exit_code == 0
    (fleet / "shops" / "uji-cups.yaml").write_text("apiVersion: reconciler/v1\nshop: uji-cups\nx: 1\n")
    result = run("validate", "--fix", "--check")
    assert (result.exit_code, result.stdout) == (1, "Nothing to fix automatically.\n")


def test_what_remains_is_reported(kyoto: Path, run: Run) -> None:
    kyoto.write_text(WRONG.replace("maintenance:", "unknown: 1\nmaintenance:"))
    result = run("validate", "--fix")
    assert result.exit_code == 1
    assert "error[M101]" in result.stdout
    assert result.stdout.endswith("Fixed 2 places in 1 file.\nFound 1 error in 1 of 2 manifests.\n")


def test_only_what_is_selected_and_the_shared_files_it_needs(kyoto: Path, fleet: Path, run: Run) -> None:
    uji = fleet / "shops" / "uji-cups.yaml"
    uji.write_text(uji.read_text().replace("enabled: true", "enabled: on"))
    defaults = fleet / "shops" / "_defaults.yaml"
    defaults.write_text("apiVersion: reconciler/v1\npayment: {amazon_pay: {pre_order: off}}\n")
    assert run("validate", "--fix", "uji-cups").exit_code == 0
    assert "enabled: true" in uji.read_text()
    assert "pre_order: false" in defaults.read_text()
    assert kyoto.read_text() == WRONG


def test_check_wants_fix(fleet: Path, run: Run) -> None:
    result = run("validate", "--check")
    assert result.exit_code == 1
    assert "--check needs --fix: reconciler validate --fix --check" in result.stderr


def test_a_file_that_cannot_be_written_is_reported_and_the_others_are_fixed(kyoto: Path, fleet: Path, run: Run) -> None:
    locked = fleet / "shops" / "locked"
    locked.mkdir()
    file = locked / "nara-ink.yaml"
    file.write_text("apiVersion: reconciler/v1\nshop: nara-ink\namazon: {enabled: yes}\n")
    locked.chmod(0o555)
    with modes_count():
        result = run("validate", "--fix")
    locked.chmod(0o755)
    assert result.exit_code == 1
    assert "error[M201]" in result.stdout
    assert "--> shops/locked/nara-ink.yaml:1:1\n" in result.stdout
    assert "Fixed 2 places in 1 file.\n" in result.stdout
    assert "enabled: yes" in file.read_text()
    assert kyoto.read_text() == RIGHT
    assert [path.name for path in locked.iterdir()] == ["nara-ink.yaml"]


def test_machines_get_every_fix(kyoto: Path, run: Run) -> None:
    document = json.loads(run("validate", "--fix", "--check", "-o", "json").stdout)
    jsonschema.validate(document, schemas()["validation"]())
    (file,) = document["fixed"]
    assert file["fixes"][1] == {
        "location": {"file": "shops/kyoto-tea.yaml", "line": 5, "column": 12},
        "kind": "switch",
        "before": "yes",
        "after": "true",
    }
    assert "+  enabled: true  # on\n" in file["diff"]
    assert "fixed" not in json.loads(run("validate", "-o", "json").stdout)
    assert json.loads(run("validate", "--fix", "-o", "json").stdout)["fixed"][0]["diff"] is None


def test_concise(kyoto: Path, run: Run) -> None:
    assert run("validate", "-o", "concise").stdout.splitlines()[0] == (
        "shops/kyoto-tea.yaml:5:12: error M016 ambiguous-scalar: `yes` is true to YAML 1.1 and text to YAML 1.2"
    )
    assert run("validate", "--fix", "-o", "concise").stdout.splitlines()[0] == (
        "fixed  shops/kyoto-tea.yaml:5:3   `enabeld` → `enabled`"
    )
