"""The saved rollout: its seal covers its options and its plan."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from reconciler.adapters.files import saved_rollout
from reconciler.core.model.canonical import DigestKey
from reconciler.ports import SetupError

KEY = DigestKey(b"k" * 32)
PACING = {"waves": "canary,100%", "soak": "10m", "max_failures": "0", "max_closed": None}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    saved_rollout.plan_file(tmp_path / "waves").write_text("the plan")
    saved_rollout.save(tmp_path / "waves", KEY, "run-1", PACING, "agreed")
    return tmp_path / "waves"


def edit(folder: Path, **parts: object) -> None:
    file = folder / "order.json"
    file.write_text(json.dumps({**json.loads(file.read_text()), **parts}))


def test_what_was_saved_is_read(folder: Path) -> None:
    order = saved_rollout.load(folder, KEY)
    assert order is not None
    assert (order.run, order.pacing, order.reason) == ("run-1", PACING, "agreed")


@pytest.mark.parametrize("parts", [{"pacing": {**PACING, "soak": "0s"}}, {"run": "run-2"}, {"reason": None}])
def test_edited_words_are_refused(folder: Path, parts: dict[str, object]) -> None:
    edit(folder, **parts)
    with pytest.raises(SetupError, match="was edited"):
        saved_rollout.load(folder, KEY)


def test_a_swapped_plan_is_refused(folder: Path) -> None:
    (folder / "plan.json").write_text("another plan")
    with pytest.raises(SetupError, match="was edited"):
        saved_rollout.load(folder, KEY)


def test_a_key_that_was_replaced_is_accepted_and_another_is_not(folder: Path) -> None:
    assert saved_rollout.load(folder, DigestKey(b"n" * 32, older=(KEY.key,))) is not None
    with pytest.raises(SetupError, match="another key"):
        saved_rollout.load(folder, DigestKey(b"n" * 32))


def test_an_order_without_a_seal_is_refused(folder: Path) -> None:
    order = json.loads((folder / "order.json").read_text())
    del order["seal"]
    (folder / "order.json").write_text(json.dumps(order))
    with pytest.raises(SetupError, match="cannot be used"):
        saved_rollout.load(folder, KEY)


def test_an_order_of_an_older_release_is_read(folder: Path) -> None:
    (folder / "order.json").write_text(json.dumps({"version": 2, "run": "run-1", "pacing": PACING}))
    order = saved_rollout.load(folder, KEY)
    assert order is not None
    assert order.pacing == PACING
