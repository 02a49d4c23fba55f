"""Reads that a token may lack the right for: then nothing is known, which is no error."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from reconciler.adapters.forges.answers import Answer
from reconciler.core.diagnostics import codes
from reconciler.ports.ci.forge import ForgeError

Read = Callable[[str], Awaitable[Answer]]


async def readable(read: Read, path: str) -> Any:
    """The JSON, or None where the forge does not show it to this token. Raises ForgeError for any other reason."""
    try:
        return (await read(path)).body
    except ForgeError as error:
        if error.code is codes.FORGE_DENIED:
            return None
        raise
