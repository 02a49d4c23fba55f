"""How a bug is planted: parts of the product's code are replaced for as long as a context lasts.

In: a function that gives patches. Out: an entry of `BUGS`, and the code with that bug.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

Patch = tuple[Any, str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlantedBug:
    """`scenario` is one in which it shows."""

    name: str
    text: str
    scenario: str
    patches: Callable[[], Sequence[Patch]]


BUGS: Final[dict[str, PlantedBug]] = {}


def bug(scenario: str) -> Callable[[Callable[[], Sequence[Patch]]], Callable[[], Sequence[Patch]]]:
    """Names a bug after the function that gives its patches; the docstring says what is wrong."""

    def register(patches: Callable[[], Sequence[Patch]]) -> Callable[[], Sequence[Patch]]:
        name = patches.__name__.replace("_", "-")
        BUGS[name] = PlantedBug(name=name, text=(patches.__doc__ or "").strip(), scenario=scenario, patches=patches)
        return patches

    return register


@contextmanager
def planted(which: PlantedBug) -> Iterator[None]:
    before: list[Patch] = []
    try:
        for owner, name, value in which.patches():
            before.append((owner, name, owner.__dict__[name]))
            setattr(owner, name, value)
        yield
    finally:
        for owner, name, value in reversed(before):
            setattr(owner, name, value)
