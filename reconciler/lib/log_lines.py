"""The form of log lines, the same for commands and servers: JSON with `event`, `level` and `timestamp` in UTC."""

from __future__ import annotations

import json
from collections.abc import Callable, MutableMapping
from functools import cache
from typing import Any, Final

import structlog
from structlog.typing import Processor

STEPS: Final[tuple[Processor, ...]] = (
    structlog.processors.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
)
"""Add the level and the time to an event."""


@cache
def _encoder(default: Callable[[Any], Any]) -> json.JSONEncoder:
    """Made once: `json.dumps` makes one for each line."""
    return json.JSONEncoder(ensure_ascii=False, default=default)


def _as_json(event: MutableMapping[str, Any], *, default: Callable[[Any], Any]) -> str:
    return _encoder(default).encode(event)


JSON_LINE: Final = structlog.processors.JSONRenderer(_as_json)
