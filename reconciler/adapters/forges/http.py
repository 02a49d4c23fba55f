"""Requests to a forge: bounded in number, time and size, repeated where that does no harm.

In: a method, a path below the API's address, JSON. Out: the status, headers and JSON of the answer, or ForgeError. The token goes
into one header of each request and nowhere else: requests go to the API's own host only, over HTTPS (or to this machine), and a
redirect is followed within that host. An answer's text is quoted only shortened and redacted.

Own code, not gidgethub: that knows GitHub only and brings PyJWT with cryptography for webhooks and App keys, which are not used
here; the bounds below are needed for GitLab as well.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import field
from types import TracebackType
from typing import Any, Final, Self
from urllib.parse import urljoin, urlsplit

import anyio
import httpx

from reconciler import __version__
from reconciler.adapters.forges.answers import Answer, NoAnswer, answer_error, retry_wait, waits_too_long
from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.messages import msg
from reconciler.core.values import Secret
from reconciler.lib import strict_json
from reconciler.lib.addresses import is_loopback, url_origin
from reconciler.lib.frozen_class import frozen
from reconciler.ports import Clock
from reconciler.ports.ci.forge import ForgeError

MAX_CALLS: Final = 8
"""Requests of one `ci plan`, retries included."""
_MOST_BYTES: Final = 32 * 1024 * 1024
_SECONDS: Final = 30.0
_PATIENCE: Final = 180.0
"""Seconds that one process waits in total because of limits and failures."""
_MOST_HOPS: Final = 2
_REDIRECTS: Final = frozenset({301, 302, 307, 308})
_KEPT_METHOD: Final = frozenset({307, 308})


@frozen
class ForgeAddress:
    """`root` is the address of the REST API. `header` carries `prefix` and the token."""

    root: str
    header: str
    prefix: str
    token: Secret
    headers: Mapping[str, str] = field(default_factory=dict)

    def require_safe(self) -> None:
        """Raises ForgeError where the token would travel unencrypted, or the address is none."""
        try:
            parts = urlsplit(self.root)
            host = parts.hostname or ""
            safe = parts.scheme == "https" or (parts.scheme == "http" and is_loopback(host))
            plain = not (parts.query or parts.fragment or parts.username or parts.password)
            url_origin(parts)
        except ValueError:
            host, safe, plain = "", False, False
        if not (host and safe and plain):
            raise ForgeError(
                msg("The address of the forge's API is not https, so no token is sent to it"),
                code=codes.FORGE_TOKEN,
                hint=msg("Do not set variables of the CI system in the job; remove what changes them"),
            )


class ForgeHttp:
    """An async context manager. `max_calls` None: not bounded by number, only by patience."""

    def __init__(self, address: ForgeAddress, clock: Clock, *, max_calls: int | None) -> None:
        address.require_safe()
        self._address = address
        self._clock = clock
        self._max_calls = max_calls
        self._patience = _PATIENCE
        self.calls = 0
        local = is_loopback(urlsplit(address.root).hostname or "")
        self._http = httpx.AsyncClient(trust_env=not local, follow_redirects=False, timeout=_SECONDS)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._http.aclose()

    async def send(self, method: str, path: str, body: Any = None, *, patient: bool = True) -> Answer:
        """The answer with a status below 300. `path` starts with a slash, or is a whole address on the API's own host.
        `patient` False: one attempt. Raises ForgeError.

        A POST whose answer is lost may have had its effect: it is not repeated.
        """
        name = f"{method} {path.partition('?')[0]}"
        content = None if body is None else json.dumps(body).encode()
        url, tries, hops = self._url(path), 0, 0
        while True:
            outcome = await self._once(method, url, content)
            tries += 1
            if isinstance(outcome, Answer) and outcome.status < httpx.codes.MULTIPLE_CHOICES:
                return outcome
            target = self._redirected(method, url, outcome)
            if target is not None and hops < _MOST_HOPS:
                url, hops = target, hops + 1
                continue
            wait = retry_wait(outcome, tries, self._clock.now(), repeatable=method != "POST") if patient else None
            if wait is None:
                raise answer_error(name, outcome)
            if wait > self._patience:
                raise waits_too_long(name, wait)
            self._require_call(name)
            self._patience -= wait
            await self._clock.sleep(wait)

    def _url(self, path: str) -> str:
        url = f"{self._address.root.rstrip('/')}{path}" if path.startswith("/") else path
        assert url_origin(urlsplit(url)) == url_origin(urlsplit(self._address.root)), "a token stays at its host"
        return url

    async def _once(self, method: str, url: str, content: bytes | None) -> Answer | NoAnswer:
        self._require_call(f"{method} {urlsplit(url).path}")
        self.calls += 1
        headers = {
            **self._address.headers,
            "User-Agent": f"reconciler/{__version__}",
            self._address.header: f"{self._address.prefix}{self._address.token.reveal()}",
        }
        if content is not None:
            headers["Content-Type"] = "application/json"
        try:
            with anyio.fail_after(_SECONDS):
                async with self._http.stream(method, url, headers=headers, content=content) as response:
                    return await _whole(response)
        except httpx.ConnectError:
            return NoAnswer(why=msg("no connection could be made"), sent=False)
        except (TimeoutError, httpx.TimeoutException):
            return NoAnswer(why=msg("no answer in time"), sent=True)
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, OSError):
            return NoAnswer(why=msg("the connection was closed before the answer"), sent=True)

    def _redirected(self, method: str, url: str, outcome: Answer | NoAnswer) -> str | None:
        """Where to ask again, on the same host; a repository that was renamed answers so."""
        if isinstance(outcome, NoAnswer) or outcome.status not in _REDIRECTS:
            return None
        location = outcome.headers.get("location", "")
        try:
            target = urljoin(url, location)
            same = url_origin(urlsplit(target)) == url_origin(urlsplit(url))
        except ValueError:
            return None
        return target if location and same and (method == "GET" or outcome.status in _KEPT_METHOD) else None

    def _require_call(self, name: str) -> None:
        if self._max_calls is not None and self.calls >= self._max_calls:
            raise ForgeError(
                msg("{request} was not sent: this run has made {count} requests", request=name, count=self.calls),
                code=codes.FORGE_BUDGET,
                hint=msg("Run the job again later; the forge answered too many requests with errors"),
            )


async def _whole(response: httpx.Response) -> Answer:
    content = bytearray()
    async for chunk in response.aiter_bytes():
        content += chunk
        if len(content) > _MOST_BYTES:
            return Answer(status=response.status_code, headers=_headers(response), body=None, readable=False)
    try:
        body = strict_json.loads(bytes(content)) if content else None
    except (ValueError, RecursionError):
        return Answer(status=response.status_code, headers=_headers(response), body=None, readable=False)
    return Answer(status=response.status_code, headers=_headers(response), body=body)


def _headers(response: httpx.Response) -> dict[str, str]:
    return {name.lower(): value for name, value in response.headers.items()}
