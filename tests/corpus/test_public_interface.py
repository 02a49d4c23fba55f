"""What docs/stability.md promises: nothing that a release had is gone, unless the version of its document is higher."""

from __future__ import annotations

import copy
import json
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

import pytest

from tools.public_interface import public_interface, removed

INTERFACES = Path(__file__).parent / "interfaces"
PROMISED = sorted(INTERFACES.glob("*.json"))
ANNOUNCED = {"0.1.0.json": ["document begun"]}
"""Removed since then, as docs/upgrading.md says: `new` prints the document `new`."""


@pytest.fixture(scope="module")
def now() -> dict[str, Any]:
    return public_interface()


def read(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


@pytest.mark.parametrize("path", PROMISED, ids=lambda path: path.name)
def test_nothing_that_a_release_had_is_gone(path: Path, now: dict[str, Any]) -> None:
    assert removed(read(path), now) == ANNOUNCED.get(path.name, [])


@pytest.mark.parametrize("path", PROMISED, ids=lambda path: path.name)
def test_what_a_release_had_is_not_little(path: Path) -> None:
    interface = read(path)
    assert len(interface["codes"]) > 90
    assert len(interface["documents"]) > 20
    assert len(interface["keys"]["settings"]) > 20
    assert len(interface["commands"]) > 15


CHANGES = {
    "a code is gone": (["codes", "M101"], None, "code M101 unknown-key"),
    "a code means something else": (["codes", "M101"], "other-key", "code M101 unknown-key"),
    "an exit code is gone": (["exit_codes", "5"], None, "exit code 5 PARTLY"),
    "an entry point is gone": (["entry_points"], ["reconciler.secrets"], "entry point reconciler.backends"),
    "a field is gone": (["documents", "plan", "fields"], ["format"], "field fingerprint of plan"),
    "a document is gone": (["documents", "finding"], None, "document finding"),
    "an option is gone": (["commands", "plan"], [], "option --out of plan"),
    "a command is gone": (["commands", "drift"], None, "command drift"),
    "a setting is gone": (["keys", "settings"], ["manifests"], "key backend.url of settings"),
    "a key of manifests is gone": (["keys", "shop"], ["shop"], "key amazon.enabled of shop"),
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_removal_is_found(name: str, now: dict[str, Any]) -> None:
    place, value, expected = CHANGES[name]
    changed = copy.deepcopy(now)
    *above, last = place
    part: Any = changed
    for key in above:
        part = part[key]
    if value is None:
        del part[last]
    else:
        part[last] = value
    assert expected in removed(now, changed)


def test_a_document_of_a_higher_version_may_differ(now: dict[str, Any]) -> None:
    changed = copy.deepcopy(now)
    changed["documents"]["plan"] = {"version": now["documents"]["plan"]["version"] + 1, "fields": ["format"]}
    assert removed(now, changed) == []


def test_more_of_everything_is_no_removal(now: dict[str, Any]) -> None:
    changed = copy.deepcopy(now)
    changed["codes"]["M999"] = "new-code"
    changed["documents"]["plan"]["fields"].append("new_field")
    changed["commands"]["plan"].append("--new-option")
    assert removed(now, changed) == []


def test_the_entry_points_are_those_that_packages_register(now: dict[str, Any]) -> None:
    ours = {entry.name for entry in entry_points(group="reconciler.secrets") if entry.value.startswith("reconciler.")}
    assert ours >= {"env", "file"}
    assert now["entry_points"] == ["reconciler.backends", "reconciler.secrets"]
