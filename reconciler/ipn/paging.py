"""How many rows a list does not show, and the command that shows the next ones.

In: the command with the filters it was given, the number of its last row, and how many older rows match. Out: a notice, or none.
"""

from __future__ import annotations

import shlex
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from typing import Final

from reconciler.core.diagnostics.messages import Message, msg
from reconciler.lib.utc import format_utc

PAGE: Final = 50
"""Rows of a list, if no other number is given."""

Filter = str | int | bool | datetime | None


async def older_rows(
    command: str,
    filters: Mapping[str, Filter],
    *,
    numbers: Sequence[int],
    limit: int,
    count: Callable[[int], Awaitable[int]],
) -> tuple[Message, ...]:
    """`numbers` are those of the rows that are shown, newest first; `count` the matching rows before a number."""
    if len(numbers) < limit:
        return ()
    more = await count(numbers[-1])
    if not more:
        return ()
    paging: dict[str, Filter] = {"before": numbers[-1], "limit": None if limit == PAGE else limit}
    words = shlex.join(["reconciler", *command.split(), *_words({**filters, **paging})])
    return (msg("Older rows that match: {count}. Next page: `{command}`", count=more, command=words),)


def _words(filters: Mapping[str, Filter]) -> list[str]:
    found: list[str] = []
    for name, value in filters.items():
        if value is None or value is False:
            continue
        found.append(f"--{name}")
        if value is not True:
            found.append(format_utc(value) if isinstance(value, datetime) else str(value))
    return found
