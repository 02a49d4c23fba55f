"""Values inside JSON from a forge, by their path. In: any JSON value. Out: the value if it has the requested type, else
None: what a forge adds or omits is not an error as such.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any


def json_at(data: Any, *path: str) -> Any:
    """None where a part of the path is not there."""
    for name in path:
        if not isinstance(data, dict):
            return None
        data = data.get(name)
    return data


def text_at(data: Any, *path: str) -> str | None:
    """None also for the empty text."""
    value = json_at(data, *path)
    return value if isinstance(value, str) and value else None


def number_at(data: Any, *path: str) -> int | None:
    value = json_at(data, *path)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def objects_of(data: Any) -> Sequence[dict[str, Any]]:
    """The objects of a list; anything else in it is ignored."""
    return [each for each in data if isinstance(each, dict)] if isinstance(data, list) else []


def time_at(data: Any, *path: str) -> datetime | None:
    text = text_at(data, *path)
    try:
        when = None if text is None else datetime.fromisoformat(text)
    except ValueError:
        return None
    return None if when is None else when.replace(tzinfo=when.tzinfo or UTC).astimezone(UTC)
