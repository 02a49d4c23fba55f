"""A deadline on the clock of the caller, which tests set by hand.

In: something to await, and how to read and to wait on a clock. Out: what it gave, or `DeadlineExceeded`.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Protocol, TypeVar

import anyio

T = TypeVar("T")


class DeadlineExceeded(Exception):
    """It was cancelled when its time was over. Whether what it did outside took effect is not known."""


class Timer(Protocol):
    """What a deadline needs of a clock."""

    def now(self) -> datetime: ...

    async def sleep(self, seconds: float) -> None: ...


async def with_deadline(clock: Timer, moment: datetime, ask: Callable[[], Awaitable[T]]) -> T:
    """What `ask` gives until `moment`. What it raises is raised as it is, not as a group. Raises DeadlineExceeded."""
    answers: list[T] = []
    failure: Exception | None = None
    async with anyio.create_task_group() as group:
        group.start_soon(_cancel_at, clock, moment, group.cancel_scope)
        try:
            answers.append(await ask())
        except Exception as error:  # noqa: BLE001  # raised again below, out of the group
            failure = error
        group.cancel_scope.cancel()
    if failure is not None:
        raise failure
    if not answers:
        raise DeadlineExceeded
    return answers[0]


async def _cancel_at(clock: Timer, moment: datetime, scope: anyio.CancelScope) -> None:
    while (left := (moment - clock.now()).total_seconds()) > 0:
        await clock.sleep(left)
    scope.cancel()
