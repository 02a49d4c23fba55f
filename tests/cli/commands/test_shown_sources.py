"""When a diagnostic comes with the line of its file, and when it does not."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.support.example_fleet import MANIFEST

GUTTER = re.compile(r"^ *\d+ \| ", re.MULTILINE)


@pytest.fixture
def unready(fleet: Path) -> Path:
    """A shop whose manifest enables what the platform has not granted."""
    (fleet / "seed.json").write_text('{"shops": [{"shopKey": "kyoto-tea", "entitlements": {"payOption": false}}]}')
    (fleet / "shops" / "uji-cups.yaml").unlink()
    return fleet


@pytest.mark.parametrize("words", [("plan",), ("drift",), ("apply", "--auto-approve")])
def test_the_line_of_a_manifest(words: tuple[str, ...], unready: Path, run: Run) -> None:
    output = run(*words).output
    assert "--> shops/kyoto-tea.yaml:5:12\n" in output
    assert re.search(r"^ *5 \|   enabled: true\n +\| +\^{4}$", output, re.MULTILINE)


def test_the_line_of_the_settings(fleet: Path, run: Run) -> None:
    (fleet / "reconciler.yaml").write_text("limits:\n  closed_at_once: few  # of them\n")
    stderr = run("plan").stderr
    assert " 2 |   closed_at_once: …\n   |                   ^\n" in stderr


def test_a_saved_plan_shows_no_lines(unready: Path, run: Run) -> None:
    """The manifests may have changed since."""
    run("plan", "--out", "a.json")
    (unready / "shops" / "kyoto-tea.yaml").write_text(MANIFEST.format(shop="kyoto-tea", wave="x", closing="deny"))
    for words in (("show-plan", "a.json"), ("apply", "a.json", "--auto-approve")):
        output = run(*words).output
        assert "--> shops/kyoto-tea.yaml:5:12\n" in output
        assert GUTTER.search(output) is None


@pytest.mark.parametrize(("output", "shown"), [("concise", False), ("json", False), ("markdown", True)])
def test_only_formats_with_more_than_one_line_show_lines(output: str, shown: bool, unready: Path, run: Run) -> None:
    assert (GUTTER.search(run("plan", "-o", output).output) is not None) is shown


def test_a_document_says_where_the_part_ends(unready: Path, run: Run) -> None:
    (shop,) = json.loads(run("plan", "-o", "json").stdout)["shops"]
    found = {each["code"]: each["location"] for each in shop["diagnostics"]}
    assert found["R201"] == {"file": "shops/kyoto-tea.yaml", "line": 5, "column": 12, "end_column": 16}
    (unready / "shops" / "kyoto-tea.yaml").write_text("apiVersion: reconciler/v1\nshop: kyoto-tea\namazn: {}\n")
    (wrong,) = json.loads(run("validate", "-o", "json").stdout)["diagnostics"]
    assert wrong["location"] == {"file": "shops/kyoto-tea.yaml", "line": 3, "column": 1, "end_column": 6}


def test_a_table_shows_no_lines(fleet: Path, run: Run) -> None:
    """It may hold anything."""
    (fleet / "new.csv").write_text("shop,seller_id\nnara-ink,Wrong\n")
    stderr = run("onboard", "new.csv").stderr
    assert "--> new.csv:2:2\n" in stderr
    assert GUTTER.search(stderr) is None
