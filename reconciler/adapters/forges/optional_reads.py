"""Calls that a token may have no right for: a read that then knows nothing, and an error that names the right."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any

from reconciler.adapters.forges.answers import Answer
from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.messages import Message
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


@contextmanager
def with_hint(right: Message) -> Iterator[None]:
    """A call that the token may not make is raised with a hint at the right that is missing."""
    try:
        yield
    except ForgeError as error:
        if error.code is not codes.FORGE_DENIED:
            raise
        raise ForgeError(error.text, code=error.code, hint=right, status=error.status) from None
