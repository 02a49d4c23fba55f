"""Transport to the backend: the default transport, and one exchange over any transport.

In: a request ready to be sent. Out: `RawResponse` or `NoResponse`, never an exception of a library: those hold the request and
with it the Authorization header. No cookies, redirects, credentials from netrc, or retries.

Proxies: HTTPS_PROXY, HTTP_PROXY and NO_PROXY are honoured for another host, never for a loopback address, and
not at all where a transport is handed in.

aiohttp's transport, because httpx's own pool becomes slow with many requests in flight. `_once_and_exact` disables two
behaviours: aiohttp silently repeats a GET, PUT or DELETE when a kept connection breaks, so a write could happen twice; and
httpx-aiohttp calls every lost connection, before or after sending, a connect timeout.

The transport to an application in this process: httpx's ASGI transport, no socket.
"""

from __future__ import annotations

import base64
import ssl
import zlib
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import unquote, urlsplit
from urllib.request import getproxies_environment, proxy_bypass

import aiohttp
import anyio
import httpx
from httpx_aiohttp import AiohttpTransport

from reconciler.adapters.backend.http.config import BackendConfig
from reconciler.adapters.backend.http.messages import NoResponse, RawResponse
from reconciler.core.diagnostics.messages import Message, msg
from reconciler.lib.addresses import is_loopback

_KEEP_ALIVE: Final = 2.0
"""Shorter than servers usually keep a connection: a write on one that the server is just closing would be lost."""


class _NeverSent(aiohttp.ClientError):
    """There was no connection. `why` says the reason."""

    def __init__(self, why: Message) -> None:
        super().__init__()
        self.why = why


class _Lost(aiohttp.ClientError):
    """The connection broke after something may have been sent."""


async def _once_and_exact(request: aiohttp.ClientRequest, send: aiohttp.ClientHandlerType) -> aiohttp.ClientResponse:
    try:
        return await send(request)
    except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError, aiohttp.ClientHttpProxyError) as fault:
        raise _NeverSent(_hindrance(fault)) from fault
    except aiohttp.SocketTimeoutError:
        raise
    except (aiohttp.ClientError, OSError) as fault:
        raise _Lost from fault


def _hindrance(fault: aiohttp.ClientError) -> Message:
    match fault:
        case aiohttp.ClientConnectorDNSError():
            return msg("unknown host name")
        case aiohttp.ClientConnectorCertificateError():
            return msg("the host's certificate is not trusted")
        case aiohttp.ClientConnectorSSLError():
            return msg("no encrypted connection could be made")
        case aiohttp.ClientProxyConnectionError() | aiohttp.ClientHttpProxyError():
            return msg("the proxy made no connection")
        case aiohttp.ConnectionTimeoutError():
            return msg("no connection in time")
        case _:
            return msg("no connection could be made")


def default_transport(config: BackendConfig) -> httpx.AsyncBaseTransport:
    """Raises ValueError where the client secret would travel unencrypted."""
    host = config.url.hostname or ""
    encrypted = config.url.scheme == "https"
    if not (encrypted or is_loopback(host) or config.plain_http):
        raise ValueError("base_url must be https, because the client secret is sent to it")
    # Loading the certificate store takes long; over plain http it is not asked for.
    context = httpx.create_ssl_context() if encrypted else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    proxy = _proxy(config)

    def session() -> aiohttp.ClientSession:
        return aiohttp.ClientSession(
            # Over https aiohttp itself authenticates at the proxy when it opens a tunnel.
            headers=proxy.headers if proxy and not encrypted else None,
            connector=aiohttp.TCPConnector(limit=config.in_flight, keepalive_timeout=_KEEP_ALIVE, ssl=context),
            cookie_jar=aiohttp.DummyCookieJar(),
            middlewares=(_once_and_exact,),
        )

    return AiohttpTransport(verify=context, client=session, proxy=proxy)


def _proxy(config: BackendConfig) -> httpx.Proxy | None:
    host = config.url.hostname or ""
    proxies = getproxies_environment()
    address = proxies.get(config.url.scheme) or proxies.get("all")
    if not address or is_loopback(host) or proxy_bypass(host):
        return None
    parts = urlsplit(address if "://" in address else f"http://{address}")
    headers = {}
    if parts.username is not None:
        pair = f"{unquote(parts.username)}:{unquote(parts.password or '')}".encode()
        headers["Proxy-Authorization"] = f"Basic {base64.b64encode(pair).decode()}"
    bare = parts._replace(netloc=parts.netloc.rpartition("@")[2])
    return httpx.Proxy(bare.geturl(), headers=headers)


@dataclass(frozen=True, slots=True, kw_only=True)
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
    if isinstance(fault, _NeverSent):
        return NoResponse(why=fault.why, sent=False)
    if isinstance(fault, httpx.ConnectError | httpx.ConnectTimeout):
        return NoResponse(why=msg("no connection could be made"), sent=False)
    if _is_timeout(fault):
        return NoResponse(why=msg("no answer in time"), sent=True)
    if isinstance(fault, aiohttp.ClientError | httpx.HTTPError | OSError):
        return NoResponse(why=msg("the connection was closed before the answer"), sent=True)
    return NoResponse(why=msg("the connection failed ({kind})", kind=type(fault).__name__), sent=True)


def _is_timeout(fault: Exception) -> bool:
    return isinstance(fault, TimeoutError | httpx.TimeoutException)


def in_process(application: Any) -> httpx.AsyncBaseTransport:
    """`application` is any ASGI application, ready to answer: no lifespan is run."""
    return httpx.ASGITransport(app=application)
