"""What an apply was allowed to override is recorded, and `history` shows it."""

from __future__ import annotations

import json
from pathlib import Path

from reconciler.embedded.actors.world import World
from tests.cli.conftest import Run, turn_off

REASON = "agreed with the shop, ticket 4711"


def test_a_guard_that_is_overridden_is_recorded_with_who_and_why(fleet: Path, run: Run) -> None:
    assert run("apply", "kyoto-tea", "--auto-approve").exit_code == 0
    turn_off(fleet, "kyoto-tea")
    assert run("apply", "kyoto-tea", "--auto-approve").exit_code == 3
    words = ("apply", "kyoto-tea", "--auto-approve", "--allow", "turning-off:kyoto-*", "--reason", REASON)
    assert run(*words).exit_code == 0
    last, refused, first = json.loads(run("history", "-o", "json").stdout)["rows"]
    assert last["overrides"] == {
        "given": ["turning-off:kyoto-*"],
        "overridden": [{"guard": "turning-off", "shop": "kyoto-tea", "field": "amazon.enabled"}],
        "reason": REASON,
    }
    assert last["actor"]
    assert refused["overrides"] is None
    assert first["overrides"] is None
    text = " ".join(run("history").stdout.split())
    assert f"turning-off:kyoto-tea amazon.enabled (reason: {REASON})" in text


def test_an_allowance_that_overrides_nothing_is_recorded_as_such(fleet: Path, run: Run) -> None:
    assert run("apply", "kyoto-tea", "--auto-approve", "--allow", "turning-off").exit_code == 0
    (only,) = json.loads(run("history", "-o", "json").stdout)["rows"]
    assert only["overrides"] == {"given": ["turning-off:*"], "overridden": [], "reason": None}


def test_a_field_that_is_taken_from_git_is_recorded(fleet: Path, run: Run) -> None:
    assert run("apply", "kyoto-tea", "--auto-approve").exit_code == 0
    world = World.open(fleet / ".reconciler" / "embedded.db")
    world.merchant_edits("kyoto-tea", {"notificationEmail": "merchant@kyoto-tea.example"})
    world.close()
    file = fleet / "shops" / "kyoto-tea.yaml"
    lines = [
        "    email: git@kyoto-tea.example" if line.strip().startswith("email:") else line
        for line in file.read_text().splitlines()
    ]
    file.write_text("\n".join(lines) + "\n")
    assert run("apply", "kyoto-tea", "--auto-approve").exit_code == 3
    assert run("apply", "kyoto-tea", "--auto-approve", "--take", "git:kyoto-tea").exit_code == 0
    last = json.loads(run("history", "-o", "json").stdout)["rows"][0]["overrides"]
    assert last["overridden"] == [{"guard": "both-moved", "shop": "kyoto-tea", "field": "amazon.notification.email"}]


def test_a_run_that_overrode_nothing_has_no_words_about_it(fleet: Path, run: Run) -> None:
    """Also with a reason, which every chunk of a fleet run gets."""
    assert run("apply", "kyoto-tea", "--auto-approve", "--allow", "turning-off", "--reason", REASON).exit_code == 0
    shown = run("history")
    assert shown.exit_code == 0
    assert REASON not in shown.stdout
    assert "Overrides" not in shown.stdout
