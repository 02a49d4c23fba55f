"""Values that may be missing."""

from __future__ import annotations

from typing import TypeVar

T = TypeVar("T")


def value_or(given: T | None, usual: T) -> T:
    """What was given, also if it is zero or empty."""
    return usual if given is None else given
