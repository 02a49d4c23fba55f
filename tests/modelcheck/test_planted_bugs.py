"""The checker finds bugs: each that is planted, with a story that people can read and a command that replays it."""

from __future__ import annotations

import pytest
from click.testing import CliRunner
from syrupy.assertion import SnapshotAssertion

from tools.modelcheck.__main__ import main
from tools.modelcheck.campaign import catch, machine
from tools.modelcheck.explore import Search
from tools.modelcheck.planted import BUGS, planted
from tools.modelcheck.report import encode_path, violation_lines
from tools.modelcheck.scenarios import SCENARIOS

QUICK = {
    "sent-again": "written-once",
    "no-intent": "intent",
    "unplanned-field": "only-planned",
    "store-failure-ignored": "intent",
    "foreign-412-believed": "reopened-or-pending",
    "lost-means-not-done": "reopened-or-pending",
    "moved-field-overwritten": "not-overwritten",
    "read-believed": "reopened-or-pending",
    "gives-up-early": "patience",
    "released-before-reopening": "lease-until-open",
    "expired-lease": "live-lease",
    "recovery-does-nothing": "recoverable",
}
"""Those that are found among the first thousand states, and the property that each violates."""


@pytest.mark.parametrize("name", QUICK)
def test_a_planted_bug_is_found(name: str) -> None:
    bug = BUGS[name]
    with machine() as store, planted(bug):
        found = Search(scenario=SCENARIOS[bug.scenario], machine=store, most_states=2_000).run().found
    assert found is not None
    assert found.law == QUICK[name], "\n".join(violation_lines(bug.scenario, found))


@pytest.mark.soak
@pytest.mark.parametrize("name", [name for name in BUGS if name not in QUICK])
def test_a_planted_bug_is_found_in_a_long_search(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    caught, found = catch(BUGS[name])
    with capsys.disabled():
        print(f"\n{name}: {caught.law} in {caught.steps} steps after {caught.states:,} states")
    assert found is not None


def test_a_planted_bug_ends_with_its_context() -> None:
    before = {name: owner.__dict__[attribute] for name, bug in BUGS.items() for owner, attribute, _ in bug.patches()}
    for bug in BUGS.values():
        with planted(bug):
            assert any(owner.__dict__[attribute] is not before[bug.name] for owner, attribute, _ in bug.patches())
    after = {name: owner.__dict__[attribute] for name, bug in BUGS.items() for owner, attribute, _ in bug.patches()}
    assert before == after


def test_there_are_bugs_for_every_property() -> None:
    assert len(BUGS) >= 15
    assert {"reopened-or-pending", "live-lease", "written-once", "only-planned", "intent", "recoverable"} <= set(
        QUICK.values()
    )


def test_a_violation_is_a_story_with_the_command_that_replays_it(snapshot: SnapshotAssertion) -> None:
    _, found = catch(BUGS["lost-means-not-done"], most_states=2_000)
    assert found is not None
    assert "\n".join(violation_lines("one-apply", found)) == snapshot
    answer = CliRunner().invoke(main, ["replay", "one-apply", encode_path(found.path), "--bug", "lost-means-not-done"])
    assert answer.exit_code == 1, answer.output
    assert f"violation: {found.law}: {found.text}" in answer.output
    sound = CliRunner().invoke(main, ["replay", "one-apply", encode_path(found.path[:-1])])
    assert (sound.exit_code, sound.output.splitlines()[-1]) == (0, "no violation")
