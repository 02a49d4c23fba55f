"""Whole searches: of a scenario, and for a planted bug.

In: a scenario or a bug. Out: a result. Each search starts with a store of its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from tools.modelcheck.certificate import CaughtBug
from tools.modelcheck.explore import Found, Result, Search
from tools.modelcheck.planted import BUGS, PlantedBug, planted
from tools.modelcheck.scenarios import SCENARIOS, Scenario
from tools.modelcheck.shortest import shortest
from tools.modelcheck.store import StoreMachine

MOST_STATES: Final = 60_000
"""States after which a planted bug counts as not found."""
SHORTEST_STATES: Final = 20_000
"""States that are spent on proving that no shorter path exists."""


@contextmanager
def machine() -> Iterator[StoreMachine]:
    made = StoreMachine()
    try:
        yield made
    finally:
        made.close()


def explore_scenario(scenario: Scenario, *, most_states: int | None = None, bound: int | None = None) -> Result:
    with machine() as store:
        result = Search(scenario=scenario, machine=store, most_states=most_states, bound=bound).run()
        if result.found is not None:
            result.found = shortest(scenario, store, result.found, SHORTEST_STATES).found
        return result


def long_check(scenario: Scenario, *, most_states: int | None = None) -> Iterator[tuple[int, Result]]:
    """All states up to the bound that can be completed, then the first ones beyond. Each result with its bound."""
    yield scenario.complete, explore_scenario(scenario, bound=scenario.complete)
    if scenario.bound > scenario.complete:
        states = min(most_states or scenario.most_states, scenario.most_states)
        yield scenario.bound, explore_scenario(scenario, most_states=states)


@contextmanager
def with_bug(name: str | None) -> Iterator[None]:
    if name is None:
        yield
        return
    with planted(BUGS[name]):
        yield


def catch(bug: PlantedBug, *, most_states: int = MOST_STATES) -> tuple[CaughtBug, Found | None]:
    """Looks for a planted bug in its scenario, and for the shortest path to it."""
    scenario = SCENARIOS[bug.scenario]
    with machine() as store, planted(bug):
        result = Search(scenario=scenario, machine=store, most_states=most_states).run()
        if result.found is None:
            missed = CaughtBug(
                bug=bug.name,
                scenario=bug.scenario,
                law=None,
                steps=0,
                disturbances=0,
                proven=False,
                states=result.states,
            )
            return missed, None
        best = shortest(scenario, store, result.found, SHORTEST_STATES)
        caught = CaughtBug(
            bug=bug.name, scenario=bug.scenario, law=best.found.law, steps=len(best.found.path),
            disturbances=best.found.disturbances, proven=best.proven, states=result.states,
        )  # fmt: skip
        return caught, best.found
