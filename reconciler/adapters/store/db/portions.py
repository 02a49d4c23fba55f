"""A statement takes only so many values: many names, or rows, go into several."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final, TypeVar

_AT_ONCE: Final = 500

T = TypeVar("T")


def portions(values: Sequence[T]) -> Iterable[Sequence[T]]:
    return (values[start : start + _AT_ONCE] for start in range(0, len(values), _AT_ONCE))


def divided(values: Sequence[T], sizes: Sequence[int]) -> Iterator[Sequence[T]]:
    """In parts of these sizes, the largest first, so that a statement of each size is prepared once. The last size is 1."""
    at = 0
    for size in sizes:
        while len(values) - at >= size:
            yield values[at : at + size]
            at += size
