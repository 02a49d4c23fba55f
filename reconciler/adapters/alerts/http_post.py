"""One POST to an address that may be a secret: bounded in time and size, not repeated, no redirect followed.

In: an address, headers, a body. Out: the answer, or what became of the attempt instead. Nothing of the request is in either.

Proxies are those of the environment, as for the backend: HTTPS_PROXY, HTTP_PROXY and NO_PROXY for another host, never for a
loopback address.
"""

from __future__ import annotations

import logging
import ssl
from collections.abc import Mapping
from contextlib import AsyncExitStack
from datetime import datetime
from types import TracebackType
from typing import Final, Self
from urllib.parse import urlsplit
from urllib.request import getproxies_environment, proxy_bypass

import anyio
import httpx

from reconciler import __version__
from reconciler.adapters.retry_after import seconds_to_wait
from reconciler.core.alerts.outcome import DeliveryError, DeliveryProblem, Retry, SendOutcome, SendRefused, Sent
from reconciler.core.alerts.words import DELIVERY_PROBLEMS
from reconciler.core.diagnostics.messages import Message
from reconciler.lib.addresses import is_loopback, is_safe_address
from reconciler.lib.frozen_class import frozen

SECONDS: Final = 15.0
_KEPT: Final = 1024
_AGAIN: Final = frozenset({408, 425})
_TOO_MANY: Final = 429
_SERVER_FAULT: Final = 500
_OTHER_NAME: Final = frozenset({62, 64})
"""OpenSSL's X509_V_ERR_HOSTNAME_MISMATCH and X509_V_ERR_IP_ADDRESS_MISMATCH."""


@frozen
class PostAnswer:
    """`start` are the first bytes of the body; the rest is not read. `after`: seconds that the server asks to wait."""

    status: int
    after: float | None
    start: bytes


class HttpPost:
    """An async context manager. `within` are the seconds for all of one attempt; `trust` replaces the system's certificates."""

    def __init__(self, *, within: float = SECONDS, trust: ssl.SSLContext | None = None) -> None:
        self._within = within
        self._trust = trust
        self._clients: dict[bool, httpx.AsyncClient] = {}
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._stack.aclose()

    async def post(self, url: str, headers: Mapping[str, str], body: bytes, now: datetime) -> PostAnswer | SendOutcome:
        if not is_safe_address(url):
            return SendRefused(error=DeliveryError(problem=DeliveryProblem.BAD_ADDRESS))
        try:
            with anyio.fail_after(self._within):
                return await self._answer(url, headers, body, now)
        except Exception as fault:  # noqa: BLE001  # what libraries raise holds the request: nothing of it goes on
            return _without_answer(fault)

    async def connect(self, url: str) -> Message | None:
        """Makes a connection and sends nothing over it; None where that works, or where a proxy would make it."""
        if not is_safe_address(url):
            return DELIVERY_PROBLEMS[DeliveryProblem.BAD_ADDRESS]
        parts = urlsplit(url)
        host = parts.hostname or ""
        if _has_proxy(parts.scheme, host):
            return None
        try:
            with anyio.fail_after(self._within):
                if parts.scheme == "https":
                    trust = self._trust or httpx.create_ssl_context()
                    encrypted = await anyio.connect_tcp(
                        host, parts.port or 443, ssl_context=trust, tls_standard_compatible=False
                    )
                    await encrypted.aclose()
                else:
                    await (await anyio.connect_tcp(host, parts.port or 80)).aclose()
        except ssl.SSLCertVerificationError:
            return DELIVERY_PROBLEMS[DeliveryProblem.UNTRUSTED]
        except (OSError, anyio.BrokenResourceError, anyio.EndOfStream):
            return DELIVERY_PROBLEMS[DeliveryProblem.UNREACHABLE]
        return None

    async def _answer(self, url: str, headers: Mapping[str, str], body: bytes, now: datetime) -> PostAnswer:
        client = await self._client(local=is_loopback(urlsplit(url).hostname or ""))
        given = {"User-Agent": f"reconciler/{__version__}", "Accept-Encoding": "identity", **headers}
        async with client.stream("POST", url, headers=given, content=body) as response:
            start = b""
            async for chunk in response.aiter_raw():
                start += chunk[: _KEPT - len(start)]
                if len(start) >= _KEPT:
                    break
            after = seconds_to_wait(response.headers.get("retry-after", ""), now)
            return PostAnswer(status=response.status_code, after=after, start=start)

    async def _client(self, *, local: bool) -> httpx.AsyncClient:
        """A connection is not kept: one that the server is just closing would lose an alert."""
        if local not in self._clients:
            for library in ("httpx", "httpcore"):  # they log addresses, which hold tokens, and headers
                logging.getLogger(library).setLevel(logging.WARNING)
            client = httpx.AsyncClient(
                trust_env=not local,
                follow_redirects=False,
                timeout=self._within,
                verify=self._trust or True,
                limits=httpx.Limits(max_keepalive_connections=0),
            )
            self._clients[local] = await self._stack.enter_async_context(client)
        return self._clients[local]


def _has_proxy(scheme: str, host: str) -> bool:
    proxies = getproxies_environment()
    return bool(proxies.get(scheme) or proxies.get("all")) and not is_loopback(host) and not proxy_bypass(host)


def answer_outcome(answer: PostAnswer, text: str | None = None) -> SendOutcome:
    """What the status says. `text` are words of a closed list from the body."""
    status = answer.status
    if httpx.codes.is_success(status):
        return Sent(answer=f"HTTP {status}")
    if httpx.codes.is_redirect(status):
        return SendRefused(error=_error(DeliveryProblem.REDIRECTED, status, text))
    if status == _TOO_MANY:
        return Retry(error=_error(DeliveryProblem.THROTTLED, status, text), after=answer.after)
    if status >= _SERVER_FAULT or status in _AGAIN:
        return Retry(error=_error(DeliveryProblem.DEFERRED, status, text), after=answer.after)
    return SendRefused(error=_error(DeliveryProblem.REFUSED, status, text))


def _error(problem: DeliveryProblem, status: int, text: str | None) -> DeliveryError:
    return DeliveryError(problem=problem, status=status, text=text)


def _without_answer(fault: Exception) -> SendOutcome:
    problem = _problem(fault)
    if problem is DeliveryProblem.BAD_ADDRESS or _has_other_name(fault):
        return SendRefused(error=DeliveryError(problem=problem))
    return Retry(error=DeliveryError(problem=problem))


def _problem(fault: Exception) -> DeliveryProblem:
    match fault:
        case httpx.ConnectError() if _certificate_error(fault) is not None:
            return DeliveryProblem.UNTRUSTED
        case httpx.ConnectError() | httpx.ConnectTimeout() | httpx.ProxyError():
            return DeliveryProblem.UNREACHABLE
        case TimeoutError() | httpx.TimeoutException():
            return DeliveryProblem.TIMED_OUT
        case httpx.InvalidURL() | httpx.UnsupportedProtocol() | httpx.LocalProtocolError() | UnicodeError():
            return DeliveryProblem.BAD_ADDRESS
        case httpx.HTTPError() | httpx.StreamError() | OSError():
            return DeliveryProblem.CONNECTION_LOST
        case _:
            return DeliveryProblem.INTERNAL_ERROR


def _has_other_name(fault: Exception) -> bool:
    """The certificate is another host's: another attempt reaches the same one. One that has expired may be renewed."""
    certificate = _certificate_error(fault)
    return certificate is not None and certificate.verify_code in _OTHER_NAME


def _certificate_error(fault: BaseException | None) -> ssl.SSLCertVerificationError | None:
    while fault is not None and not isinstance(fault, ssl.SSLCertVerificationError):
        fault = fault.__cause__ or fault.__context__
    return fault
