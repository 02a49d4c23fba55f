"""Log lines: what happened, in words of closed lists, with fields. Without a log they cost next to nothing.

In: names and fields that hold no secret and no buyer's data. Out: nothing; a log, if the process has one, writes them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Literal, Protocol

Level = Literal["info", "warning", "error"]
LogFields = Mapping[str, str | int | float | bool]


class EventLog(Protocol):
    def write(self, level: Level, event: str, fields: LogFields) -> None: ...

    def bound(self, fields: LogFields) -> AbstractContextManager[object]:
        """All lines that are written within the block, and in the tasks that it starts, have these fields."""
        ...


_logs: list[EventLog] = []


@contextmanager
def using_log(log: EventLog) -> Iterator[None]:
    """For all events of the process while the block lasts."""
    _logs.append(log)
    try:
        yield
    finally:
        _logs.remove(log)


def logging_events() -> bool:
    """Whether anybody reads them: where many events would have to be put together first."""
    return bool(_logs)


def log_event(event: str, *, level: Level = "info", **fields: str | float | bool | None) -> None:
    """Fields that are None are omitted."""
    if _logs:
        _logs[-1].write(level, event, {name: value for name, value in fields.items() if value is not None})


def log_context(**fields: str) -> AbstractContextManager[object]:
    """Around the work that the fields are about."""
    return _logs[-1].bound(fields) if _logs else nullcontext()
