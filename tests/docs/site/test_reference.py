"""The reference has everything that the program has: codes, settings, fields of manifests, log events."""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path
from typing import Any

import pytest

from reconciler.core.diagnostics.codes import all_codes

ROOT = Path(__file__).parents[3]
both = pytest.mark.parametrize("docs", [ROOT / "docs", ROOT / "docs" / "ja"], ids=["en", "ja"])


@both
def test_each_code_has_an_example_and_a_fix(docs: Path) -> None:
    text = (docs / "codes.md").read_text(encoding="utf-8")
    rows = {
        row[1].strip(" `"): row for row in (re.split(r"(?<!\\)\|", line) for line in text.splitlines()) if len(row) == 8
    }

    assert [
        code.number for code in all_codes() if not (rows[code.number][5].strip() and rows[code.number][6].strip())
    ] == []


@both
@pytest.mark.parametrize(("schema", "page"), [("settings", "settings.md"), ("shop", "manifest-fields.md")])
def test_each_key_of_a_file_is_there(docs: Path, schema: str, page: str) -> None:
    text = (docs / "reference" / page).read_text(encoding="utf-8")
    shown = {
        part for path in re.findall(r"^\| `([^`]+)`", text, re.MULTILINE) for part in path.replace("[]", "").split(".")
    }
    keys = set(_keys(json.loads((ROOT / "schemas" / f"{schema}.schema.json").read_text(encoding="utf-8"))))

    assert len(keys) > 20
    assert keys - shown == set()


@both
def test_each_event_of_the_log_is_there(docs: Path) -> None:
    text = (docs / "logs.md").read_text(encoding="utf-8")
    events = {name for path in (ROOT / "reconciler").glob("**/*.py") for name in _log_events(path)}

    assert len(events) > 20
    assert [event for event in sorted(events) if f"`{event}`" not in text] == []


def _keys(schema: Any) -> list[str]:
    if isinstance(schema, list):
        return [key for each in schema for key in _keys(each)]
    if not isinstance(schema, dict):
        return []
    return [*schema.get("properties", {}), *(key for each in schema.values() for key in _keys(each))]


def _log_events(path: Path) -> list[str]:
    calls = (
        node
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and node.args
    )
    named = (call for call in calls if isinstance(call.func, ast.Name) and call.func.id == "log_event")
    return [call.args[0].value for call in named if isinstance(call.args[0], ast.Constant)]
