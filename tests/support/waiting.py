"""Waits for effects of another thread or process without blocking it."""

from __future__ import annotations

from collections.abc import Callable

import anyio

PATIENCE = 60.0
"""Seconds after which a condition that does not come is a failure."""
_PAUSE = 0.002


async def until(condition: Callable[[], object]) -> None:
    """Returns once `condition` holds; fails where it never does."""
    with anyio.fail_after(PATIENCE):
        while not condition():  # noqa: ASYNC110  # what another thread does sets no event of this loop
            await anyio.sleep(_PAUSE)


def wait_until(condition: Callable[[], object]) -> None:
    """As `until`, for a test that runs no event loop."""
    anyio.run(until, condition)
