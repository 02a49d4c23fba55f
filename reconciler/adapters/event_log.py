"""Implements lib.event_log.EventLog with structlog: one line for each event, as JSON or as text for people.

In: events, and where lines go. Out: lines without credentials. The configuration of structlog that a server of the same process
has is not touched.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable, MutableMapping
from contextlib import AbstractContextManager
from typing import Any, Final

import structlog
from structlog.contextvars import bound_contextvars, get_contextvars, merge_contextvars

from reconciler.core.diagnostics.redaction import redact
from reconciler.lib.event_log import Level, LogFields
from reconciler.lib.log_lines import JSON_LINE, STEPS

_PLAIN: Final = re.compile(r"[^\s\"=\x00-\x1f\x7f-\x9f]+")
_SHORT_RUN: Final = 8
"""Characters of a run's id in text."""
_COMMAND: Final = "command-"


class StructlogEventLog:
    """Used by one command. A line that belongs to no run has the last one of the command."""

    def __init__(self, form: str, write: Callable[[str], None]) -> None:
        self._last: dict[str, Any] = {}
        self._logger = structlog.wrap_logger(
            structlog.WriteLogger(_Lines(write)),  # type: ignore[arg-type]  # what it uses of a stream
            processors=[merge_contextvars, *STEPS, _redacted, JSON_LINE if form == "json" else _text_line],
            wrapper_class=structlog.make_filtering_bound_logger(0),
        )

    def write(self, level: Level, event: str, fields: LogFields) -> None:
        known = self._last if "run" not in get_contextvars() else {}
        getattr(self._logger, level)(event, **(known | dict(fields)))

    def bound(self, fields: LogFields) -> AbstractContextManager[object]:
        if "run" in fields:
            self._last = {"run": fields["run"]}
        return bound_contextvars(**fields)


class _Lines(io.TextIOBase):
    def __init__(self, write: Callable[[str], None]) -> None:
        self._write = write

    def write(self, text: str) -> int:
        self._write(text)
        return len(text)


def _redacted(_logger: Any, _name: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    for name, value in event.items():
        if isinstance(value, str):
            event[name] = redact(value)
    return event


def _text_line(_logger: Any, _name: str, event: MutableMapping[str, Any]) -> str:
    """Without the date, with the beginning of the run's id, and the fleet only at both ends of a command: for 80 columns."""
    level, name, at = event.pop("level"), event.pop("event"), event.pop("timestamp")
    if not name.startswith(_COMMAND):
        event.pop("fleet", None)
    if "run" in event:
        event["run"] = str(event["run"])[:_SHORT_RUN]
    shop = [str(event.pop("shop"))] if "shop" in event else []
    fields = [f"{key}={_value(value)}" for key, value in event.items()]
    return " ".join([f"{at[11:19]}Z", f"{level:<7}", name, *shop, *fields])


def _value(value: object) -> str:
    """A text with spaces or other characters in quotes, as in JSON: nothing can forge a field or a line."""
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return text if _PLAIN.fullmatch(text) else json.dumps(text, ensure_ascii=False)
