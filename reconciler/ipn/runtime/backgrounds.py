"""What works beside the server, for as long as it runs: a `Background` that fails is started again, after a while."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Final

import anyio
import structlog
from starlette.applications import Starlette

from reconciler.ipn.telemetry.metrics import Metrics
from reconciler.lib.backoff import backoff
from reconciler.lib.error_location import error_location
from reconciler.ports import Clock

Background = Callable[[], Awaitable[None]]
"""Runs until it is cancelled; then it finishes what it has in hand, in bounded time."""

_FIRST_PAUSE: Final = 1.0
_LONGEST_PAUSE: Final = 60.0
_log = structlog.get_logger()


def lifespan(backgrounds: Mapping[str, Background], clock: Clock, metrics: Metrics) -> Starlette:
    """An application without routes: it lives as long as the server, and the backgrounds with it."""

    @asynccontextmanager
    async def living(_app: Starlette) -> AsyncIterator[None]:
        async with anyio.create_task_group() as group:
            for name, background in backgrounds.items():
                metrics.expect_task(name)
                group.start_soon(_kept_up, name, background, clock, metrics)
            yield
            group.cancel_scope.cancel()

    return Starlette(lifespan=living)


async def _kept_up(name: str, background: Background, clock: Clock, metrics: Metrics) -> None:
    failures = 0
    while True:
        try:
            await background()
            return
        except Exception as error:  # noqa: BLE001  # after any error, notifications are still received
            failures += 1
            pause = backoff(failures, first=_FIRST_PAUSE, longest=_LONGEST_PAUSE)
            _log.error("background-failed", task=name, error=error_location(error), retry_in_seconds=pause)
            metrics.restarted(name)
        await clock.sleep(pause)
