"""One exchange with the backend, over any transport.

In: a request ready to be sent. Out: `RawResponse` or `NoResponse`, never an exception of a library: those hold the request and
with it the Authorization header. No cookies, redirects, credentials from netrc, or retries.

`aiohttp_transport` is the one over a network. The one to an application in this process is httpx's ASGI transport, no socket.
"""

from __future__ import annotations

import zlib
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Any

import anyio
import httpx

from reconciler.adapters.backend.http.messages import NoResponse, RawResponse
from reconciler.core.diagnostics.messages import Message, msg
from reconciler.lib.frozen_class import frozen


class NeverSent(Exception):
    """There was no connection. `why` says the reason."""

    def __init__(self, why: Message) -> None:
        super().__init__()
        self.why = why


class ConnectionLost(Exception):
    """The connection broke after something may have been sent."""


@frozen
class HttpExchange:
    """A transport and the bounds of one exchange over it."""

    transport: httpx.AsyncBaseTransport
    connect_timeout: float
    read_timeout: float
    answer_timeout: float
    max_body: int

    async def send(self, method: str, url: str, headers: dict[str, str], content: bytes) -> RawResponse | NoResponse:
        """Library exceptions end here; nothing of them is chained to what is raised later."""
        request = self._request(method, url, headers, content)
        began = False
        try:
            with anyio.fail_after(self.answer_timeout):
                response = await self.transport.handle_async_request(request)
                began = True  # from here on no failure may count as "never sent"
                return await self._whole(response)
        except Exception as fault:  # noqa: BLE001  # a transport raises what it likes, an in-process backend too
            return _silence(fault, began=began)

    def _request(self, method: str, url: str, headers: dict[str, str], content: bytes) -> httpx.Request:
        timeout = {"connect": self.connect_timeout, "read": self.read_timeout, "write": self.read_timeout, "pool": None}
        return httpx.Request(method, url, headers=headers, content=content, extensions={"timeout": timeout})

    async def _whole(self, response: httpx.Response) -> RawResponse:
        body = bytearray()
        fault: Message | None = None
        try:
            async for chunk in _without_retries(response, self.max_body):
                body += chunk
                if len(body) > self.max_body:
                    fault = msg("the answer is larger than {limit} bytes", limit=self.max_body)
                    break
        except zlib.error:
            fault = msg("the answer's compression is invalid")
        finally:
            with suppress(Exception):  # an answer that was read stays read, however its connection ends
                await response.aclose()
        headers = {name.lower(): value for name, value in response.headers.items()}
        return RawResponse(
            status=response.status_code, headers=headers, body=b"" if fault else bytes(body), fault=fault
        )


async def _without_retries(response: httpx.Response, limit: int) -> AsyncIterator[bytes]:
    """The body without compression. Inflated here, because a library inflates a chunk whole before it can be counted."""
    coding = response.headers.get("content-encoding", "identity").strip().lower()
    stream = response.stream  # not aiter_raw(): that closes too, and lets a failure to close spoil what was read
    assert isinstance(stream, httpx.AsyncByteStream)
    if coding in {"", "identity"}:
        async for chunk in stream:
            yield chunk
        return
    if coding != "gzip":
        raise zlib.error(coding)
    inflate = zlib.decompressobj(16 + zlib.MAX_WBITS)
    async for chunk in stream:
        yield inflate.decompress(chunk, limit + 1)
    if not inflate.eof:
        raise zlib.error("cut short")


def _silence(fault: Exception, *, began: bool) -> NoResponse:
    if began:
        why = (
            msg("the answer took too long")
            if _is_timeout(fault)
            else msg("the connection was closed during the answer")
        )
        return NoResponse(why=why, sent=True)
    if isinstance(fault, NeverSent):
        return NoResponse(why=fault.why, sent=False)
    if isinstance(fault, httpx.ConnectError | httpx.ConnectTimeout):
        return NoResponse(why=msg("no connection could be made"), sent=False)
    if _is_timeout(fault):
        return NoResponse(why=msg("no answer in time"), sent=True)
    if isinstance(fault, ConnectionLost | httpx.HTTPError | OSError):
        return NoResponse(why=msg("the connection was closed before the answer"), sent=True)
    return NoResponse(why=msg("the connection failed ({kind})", kind=type(fault).__name__), sent=True)


def _is_timeout(fault: Exception) -> bool:
    return isinstance(fault, TimeoutError | httpx.TimeoutException)


def in_process(application: Any) -> httpx.AsyncBaseTransport:
    """`application` is any ASGI application, ready to answer: no lifespan is run."""
    return httpx.ASGITransport(app=application)
