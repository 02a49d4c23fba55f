"""To whom the lines between two keys belong: to the key below them, or to the end of a mapping above them.

In: lines that hold no key, the columns of the mappings that are open above them, and the column of the next key. Out: each
line with its owner. A comment that is indented further than the next key ends the deepest mapping that begins at or left of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from reconciler.adapters.manifests.editing.page import Lines


@dataclass(frozen=True, slots=True, kw_only=True)
class Shared:
    """`feet` pairs the depth of an open mapping with the lines at its end, the deepest first."""

    feet: tuple[tuple[int, Lines], ...]
    above: Lines


def shared_out(lines: Sequence[str], columns: Sequence[int], following: int | None) -> Shared:
    """`columns` of the open mappings, outermost first; `following` is None at the end of the file."""
    owners = _owners(lines, columns, -1 if following is None else following)
    if following is None:
        owners = [0 if owner is None else owner for owner in owners]
    depths = sorted({owner for owner in owners if owner is not None}, reverse=True)
    feet = tuple((depth, _of(depth, lines, owners)) for depth in depths)
    return Shared(feet=feet, above=_of(None, lines, owners))


def _of(owner: int | None, lines: Iterable[str], owners: Iterable[int | None]) -> Lines:
    return tuple(line for line, own in zip(lines, owners, strict=True) if own == owner)


def _owners(lines: Sequence[str], columns: Sequence[int], following: int) -> list[int | None]:
    """A blank line goes with what stands below it. Nothing goes deeper than what stands above it."""
    limit = len(columns) - 1
    owners: list[int | None] = []
    for line in lines:
        if line.strip():
            owner = _deepest(columns[: limit + 1], following, len(line) - len(line.lstrip()))
            limit = -1 if owner is None else owner
            owners.append(owner)
        else:
            owners.append(_BLANK)
    below: int | None = None
    for at in reversed(range(len(owners))):
        below = owners[at] = below if owners[at] == _BLANK else owners[at]
    return owners


_BLANK = -1


def _deepest(columns: Sequence[int], following: int, column: int) -> int | None:
    fitting = (depth for depth, own in enumerate(columns) if following < own <= column)
    return max(fitting, default=None)
