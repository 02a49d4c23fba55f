"""A statement takes only so many values: many names go into several."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final, TypeVar

_AT_ONCE: Final = 500

T = TypeVar("T")


def portions(values: Sequence[T]) -> Iterable[Sequence[T]]:
    return (values[start : start + _AT_ONCE] for start in range(0, len(values), _AT_ONCE))
