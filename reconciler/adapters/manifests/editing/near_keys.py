"""Which keys a misspelt one can mean: one or two slips away, never more.

In: a word and the keys that there are. Out: the keys that are near. A slip is a letter too many, too few or wrong, or two in the
wrong order; capitals and hyphens are none.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

_SHORT: Final = 5
"""Letters up to which one slip is all that is allowed; a word of two may have none."""


def near_keys(word: str, keys: Iterable[str]) -> tuple[str, ...]:
    plain = _plain(word)
    allowed = 0 if len(plain) < 3 else 1 if len(plain) <= _SHORT else 2
    return tuple(key for key in keys if _slips(plain, _plain(key), allowed) <= allowed)


def _plain(word: str) -> str:
    return word.strip().lower().replace("-", "_").replace(" ", "_")


def _slips(one: str, other: str, most: int) -> int:
    """How many slips lead from one to the other; more than `most` is not counted further."""
    if abs(len(one) - len(other)) > most:
        return most + 1
    before: list[int] = []
    row = list(range(len(other) + 1))
    for at, letter in enumerate(one, start=1):
        row, before = _next_row(row, before, one[:at], letter, other), row
    return row[-1]


def _next_row(row: list[int], before: list[int], read: str, letter: str, other: str) -> list[int]:
    """One row of the table of distances. `row` and `before` are the two above it."""
    made = [len(read)]
    for at, sign in enumerate(other, start=1):
        fewest = min(row[at] + 1, made[at - 1] + 1, row[at - 1] + (letter != sign))
        swapped = at > 1 and len(read) > 1 and letter == other[at - 2] and read[-2] == sign
        made.append(min(fewest, before[at - 2] + 1) if swapped else fewest)
    return made
