"""A part of the state space, the same each time: two applies, a recovery and a merchant, on the code that ships."""

from __future__ import annotations

import pytest

from tools.modelcheck.campaign import explore_scenario, long_check, machine
from tools.modelcheck.explore import Result, Search
from tools.modelcheck.report import violation_lines
from tools.modelcheck.scenarios import SCENARIOS

STATES = (1_000, pytest.param(10_200, marks=pytest.mark.soak))


def readable(result: Result) -> str:
    return "" if result.found is None else "\n" + "\n".join(violation_lines(result.scenario, result.found))


@pytest.mark.parametrize("states", STATES)
def test_two_applies_a_recovery_and_a_merchant_keep_every_property(states: int) -> None:
    """The second search may take the store's answers from the first, and nothing else."""
    with machine() as store:
        one, two = (Search(scenario=SCENARIOS["rivals"], machine=store, most_states=states).run() for _ in range(2))
    assert one.found is None, readable(one)
    assert one.states >= 0.98 * states
    assert (one.states, one.transitions, one.digest) == (two.states, two.transitions, two.digest)


@pytest.mark.parametrize("name", ["one-apply", "tokens"])
def test_a_small_scenario_is_explored_completely(name: str) -> None:
    result = explore_scenario(SCENARIOS[name], bound=1)
    assert result.found is None, readable(result)
    assert result.complete
    assert result.states > 300


@pytest.mark.soak
@pytest.mark.parametrize("name", SCENARIOS)
def test_every_scenario_keeps_every_property(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    """All states up to the bound that can be completed, and the first ones beyond."""
    for bound, result in long_check(SCENARIOS[name]):
        with capsys.disabled():
            whole = "complete" if result.complete else "first states"
            print(f"\n{name}, bound {bound}: {result.states:,} states, depth {result.depth}, {whole}")
        assert result.found is None, readable(result)
        assert result.complete or bound > SCENARIOS[name].complete
