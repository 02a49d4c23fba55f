"""The search itself: paths replay, shops are taken in turn without loss, and the certificate says what was seen."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from tools.modelcheck.__main__ import main
from tools.modelcheck.campaign import explore_scenario, machine
from tools.modelcheck.certificate import CaughtBug, Exploration, code_digest, document, summary, write
from tools.modelcheck.explore import Search, Step, Walk
from tools.modelcheck.outcomes import Faults
from tools.modelcheck.report import decode_path, encode_path, story_lines
from tools.modelcheck.scenarios import SCENARIOS, Scenario
from tools.modelcheck.store import StoreMachine

QUIET = replace(SCENARIOS["two-shops"], faults=Faults(), recovery=False, bound=0)
names = st.lists(st.sampled_from(["A.ok", "A1.ok", "network.1", "merchant.closes-a", "time"]))


@given(names)
def test_a_path_is_read_back_as_it_was_written(path: list[str]) -> None:
    assert decode_path(encode_path(path)) == path


def digest_after(store: StoreMachine, scenario: Scenario, path: Sequence[str]) -> bytes:
    """Of the state at the end of the path, while its processes are at work."""
    digests: list[bytes] = []

    def note(walk: Walk, _offered: object) -> bool:
        digests.append(walk.world.digest())
        return False

    walk = Walk(scenario, store, path, note)
    walk.run()
    assert walk.violation is None
    return digests[0]


def test_a_path_leads_to_the_same_state_each_time() -> None:
    scenario = SCENARIOS["one-apply"]
    with machine() as store:
        whole = Walk(scenario, store, [], lambda _walk, _offered: True)
        whole.run()
        assert len(whole.taken) > 20
        for length in range(1, len(whole.taken)):
            path = whole.taken[:length]
            assert digest_after(store, scenario, path) == digest_after(store, scenario, path)


@pytest.mark.parametrize("choice", ["A.stop", "A.cancel", "A.crash", "clock", "merchant.closes-a", "A.lost", "A.late"])
def test_whatever_happens_leads_to_another_state(choice: str) -> None:
    """Else the search would take it for a state that it knows, and never go on from there."""
    before, scenario = ["A.ok"] * 7, SCENARIOS["crash-and-resume"]
    with machine() as store:
        assert digest_after(store, scenario, before) != digest_after(store, scenario, [*before, choice])


def shops_of(scenario: Scenario, most_states: int | None = None) -> dict[str, set[str]]:
    """Each state of each shop by itself that the search comes across: at the platform, and in the journal."""
    seen: dict[str, set[str]] = {key: set() for key in scenario.shops}

    class Watching(Search):
        def _visit(self, walk: Walk, offered: object) -> bool:
            for key, shop in walk.world.platform.shops.items():
                events = [line for line in store.journal(walk.world.state).splitlines() if f"'{key}'" in line]
                seen[key].add(repr((shop.values(), shop.versions, len(events))))
            return super()._visit(walk, offered)  # type: ignore[arg-type]  # as it came

    with machine() as store:
        result = Watching(scenario=scenario, machine=store, most_states=most_states).run()
    assert result.found is None
    return seen


def test_taking_shops_in_turn_leaves_out_no_state_of_a_shop() -> None:
    """There are too many orders to take them all, since the journal numbers its events. The first ones bring no new state."""
    all_orders = shops_of(replace(QUIET, faults=Faults(shops_in_turn=False)), most_states=400)
    in_turn = shops_of(QUIET)
    assert all(len(in_turn[key]) > 10 for key in QUIET.shops)
    assert all(all_orders[key] <= in_turn[key] for key in QUIET.shops)


def test_waits_are_one_line_together() -> None:
    story = [Step("A: sends", 0, False, 0), Step("nobody moves", 1, False, 0), Step("nobody moves", 2.5, False, 0)]
    story.append(Step("A: sends: lost", 0, True, 1))
    assert list(story_lines(story)) == ["   1    A: sends", "   2    3.5 s pass", "   4  * A: sends: lost"]


@pytest.mark.parametrize(("words", "message"), [
    (["check", "rival"], "unknown scenario 'rival' (available: one-apply"),
    (["plant", "no-fence"], "unknown bug 'no-fence' (available: "),
])  # fmt: skip
def test_an_unknown_name_is_refused_with_those_that_exist(words: list[str], message: str) -> None:
    answer = CliRunner().invoke(main, words)
    assert answer.exit_code == 2
    assert message in answer.output


def test_a_step_that_is_not_possible_is_named() -> None:
    answer = CliRunner().invoke(main, ["replay", "one-apply", "A.ok*3 merchant.closes-a"])
    assert answer.exit_code == 2
    assert "step 4: merchant.closes-a is not possible here; possible: A.ok" in answer.output


def test_a_check_says_what_it_visited() -> None:
    answer = CliRunner().invoke(main, ["check", "one-apply", "--bound", "0"])
    assert answer.exit_code == 0, answer.output
    assert answer.output.startswith("one-apply: ")
    assert "complete" in answer.output


def test_a_certificate_names_the_code_the_states_and_the_bugs(tmp_path: Path) -> None:
    explored = Exploration.of(explore_scenario(QUIET), 0)
    caught = CaughtBug(
        bug="no-fence-check", scenario="takeover", law="live-lease", steps=8, disturbances=1, proven=True, states=520
    )
    missed = replace(caught, bug="two-writers", law=None)
    content = document([explored], [caught, missed])
    written, text = write(tmp_path, content)
    assert json.loads(written.read_text()) == content
    assert content["code"] == code_digest()
    assert f"{explored.states:,} states" in summary(content)
    assert "1 of 2 planted bugs found" in summary(content)
    assert "| two-writers | takeover | **not found** |" in text.read_text()
