"""The shortest path to a violation: the search again, with every path cut one step before the one that is known.

In: a scenario and a violation. Out: the violation on a path that nothing shorter replaces, as far as `most_states` reach.
"""

from __future__ import annotations

from dataclasses import dataclass

from tools.modelcheck.explore import Found, Search
from tools.modelcheck.scenarios import Scenario
from tools.modelcheck.store import StoreMachine


@dataclass(frozen=True, slots=True)
class Shortest:
    """`proven`: every shorter path within the bound was taken, and none violates a property."""

    found: Found
    proven: bool


def shortest(scenario: Scenario, machine: StoreMachine, found: Found, most_states: int) -> Shortest:
    """On a shorter path no more may go wrong than on the one that was found."""
    while True:
        search = Search(
            scenario=scenario, machine=machine, bound=found.cost, longest=len(found.path) - 1, most_states=most_states
        )
        result = search.run()
        if result.found is None:
            return Shortest(found, result.complete)
        found = result.found
