"""A statement takes only so many values: many names go into several."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

_AT_ONCE: Final = 500


def portions(names: Sequence[str]) -> Iterable[Sequence[str]]:
    return (names[start : start + _AT_ONCE] for start in range(0, len(names), _AT_ONCE))
