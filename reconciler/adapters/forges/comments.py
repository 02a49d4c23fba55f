"""The one comment of a pull request, also if a person deleted it, or if it was created and the answer was lost.

In: how to find and how to write a comment. Out: the number of the comment that holds the text now. It knows no forge.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final

from reconciler.adapters.forges.answers import Answer, unexpected_answer
from reconciler.adapters.forges.json_values import number_at
from reconciler.core.diagnostics import codes
from reconciler.ports.ci.forge import ForgeError

_NOT_FOUND: Final = 404


async def keep(
    known: int | None,
    find: Callable[[], Awaitable[int | None]],
    write: Callable[[int | None], Awaitable[int]],
    *,
    patient: bool,
) -> int:
    """`known` is the comment that this process wrote before. Raises ForgeError."""
    comment = await find() if known is None else known
    try:
        return await write(comment)
    except ForgeError as error:
        if comment is not None and error.status == _NOT_FOUND:
            return await write(None)
        if comment is None and patient and error.code is codes.FORGE_UNREACHABLE:
            return await write(await find())
        raise


def starts_with(body: str | None, marker: str) -> bool:
    """Only the first line is ours to mark: further below, a value may be what looks like a marker."""
    return (body or "").lstrip().partition("\n")[0].rstrip() == marker


def answer_id(path: str, answer: Answer) -> int:
    found = number_at(answer.body, "id")
    if found is None:
        raise unexpected_answer(path, "id")
    return found
