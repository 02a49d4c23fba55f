"""A deadline on the clock of the caller, which tests set by hand.

In: something to await, and how to read and to wait on a clock. Out: what it gave, or `DeadlineExceeded`. A deadline is a reading
of the monotonic clock, so that a machine whose time of day is set waits no longer and no shorter.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Final, Protocol, TypeVar

import anyio

T = TypeVar("T")

_RESOLUTION: Final = 1e-6
"""Seconds: a deadline is reached when less than this is left. A clock need not be able to wait for less."""


class DeadlineExceeded(Exception):
    """It was cancelled when its time was over. Whether what it did outside took effect is not known."""


class Timer(Protocol):
    """What a deadline needs of a clock."""

    def now(self) -> datetime: ...

    def monotonic(self) -> float: ...

    async def sleep(self, seconds: float) -> None: ...


async def with_deadline(clock: Timer, until: float, ask: Callable[[], Awaitable[T]]) -> T:
    """What `ask` gives until the clock's `monotonic` is `until`. What it raises is raised as it is, not as a group.

    Raises DeadlineExceeded.
    """
    answers: list[T] = []
    failure: Exception | None = None
    async with anyio.create_task_group() as group:
        group.start_soon(_cancel_at, clock, until, group.cancel_scope)
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


async def _cancel_at(clock: Timer, until: float, scope: anyio.CancelScope) -> None:
    while (left := until - clock.monotonic()) > _RESOLUTION:
        await clock.sleep(left)
    scope.cancel()
