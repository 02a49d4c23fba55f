"""The largest body that a route of the contract reads.

In: the scope and the messages of a request. Out: the same messages, or `BodyTooLarge`. A body whose `Content-Length` exceeds the
limit is refused before it is read; one that is streamed is refused as soon as it exceeds the limit.
"""

from typing import Final

from fastapi import HTTPException
from starlette.datastructures import Headers
from starlette.types import Message, Receive, Scope

from reconciler.embedded.contract.problems import Problem

MAX_BODY_BYTES: Final = 1024 * 1024


class BodyTooLarge(HTTPException):
    """The framework lets its own kind of error pass, and calls every other one unreadable."""

    def __init__(self) -> None:
        super().__init__(413)


def body_too_large_problem() -> Problem:
    return Problem("BODY_TOO_LARGE", f"the body is larger than {MAX_BODY_BYTES} bytes", headers={"Connection": "close"})


def declares_large_body(scope: Scope) -> bool:
    declared = Headers(scope=scope).get("content-length", "")
    return declared.isascii() and declared.isdigit() and int(declared[:20]) > MAX_BODY_BYTES


def limit_body(receive: Receive) -> Receive:
    received = 0

    async def receive_limited() -> Message:
        nonlocal received
        message = await receive()
        received += len(message.get("body", b""))
        if received > MAX_BODY_BYTES:
            raise BodyTooLarge
        return message

    return receive_limited
