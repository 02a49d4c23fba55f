"""A log that keeps its events."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field

from reconciler.lib.event_log import Level, LogFields


@dataclass
class KeptLog:
    """Implements lib.event_log.EventLog."""

    lines: list[tuple[Level, str, LogFields]] = field(default_factory=list)

    def write(self, level: Level, event: str, fields: LogFields) -> None:
        self.lines.append((level, event, fields))

    def bound(self, fields: LogFields) -> AbstractContextManager[object]:
        return nullcontext(fields)

    def about(self, event: str) -> list[tuple[Level, object]]:
        return [(level, fields.get("shop")) for level, name, fields in self.lines if name == event]
