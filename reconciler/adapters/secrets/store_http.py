"""Requests to a store of secrets: bounded in time and size, repeated where another attempt may succeed, never redirected.

In: a request. Out: the status and the JSON of its answer, or why there was none. No body and no header is part of a message.
Proxies of the environment are used, except for this machine.
"""

from __future__ import annotations

import logging
import ssl
import threading
import time
import weakref
from collections.abc import Callable, Mapping
from dataclasses import field
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import urlsplit

import httpx

from reconciler import __version__
from reconciler.adapters.retry_after import seconds_to_wait
from reconciler.adapters.secrets.documents import SecretStoreUnavailable
from reconciler.core.diagnostics.messages import Message, msg
from reconciler.core.diagnostics.redaction import redact
from reconciler.lib.addresses import is_loopback, is_safe_address
from reconciler.lib.frozen_class import frozen

SECONDS: Final = 5.0
"""For a connection, and between two parts of an answer."""
_WHOLE_SECONDS: Final = 15.0
"""For one answer."""
_WAITS: Final = (0.2, 1.0, 2.0)
"""Seconds before each further attempt, where the store names none."""
_LONGEST_WAIT: Final = 10.0
_MOST_BYTES: Final = 4 * 1024 * 1024
_TRANSIENT: Final = frozenset({429, 500, 502, 503, 504})


@frozen
class StoreRequest:
    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    content: bytes = field(default=b"", repr=False)


@frozen
class StoreAnswer:
    """`data` is empty where the answer is not a JSON object."""

    status: int
    data: Mapping[str, Any] = field(default_factory=dict, repr=False)
    wait: float | None = None


class StoreHttp:
    """`authority` is a file with the certificates to trust. `transient` are further statuses after which a request is repeated,
    and `repeats` says so by the content of an answer. `sleep` waits between attempts. Raises OSError where `authority` cannot be
    read.
    """

    def __init__(
        self,
        sleep: Callable[[float], object] = time.sleep,
        *,
        authority: str | None = None,
        transient: frozenset[int] = frozenset(),
        repeats: Callable[[StoreAnswer], bool] = lambda _: False,
    ) -> None:
        for name in ("httpx", "httpcore"):  # at the level DEBUG they log the headers of answers
            logging.getLogger(name).setLevel(logging.WARNING)
        self._sleep = sleep
        self._verify = ssl.create_default_context(cafile=authority) if authority else True
        self._turn = threading.Lock()
        self._transient = _TRANSIENT | transient
        self._repeats = repeats
        self._clients: dict[bool, httpx.Client] = {}
        weakref.finalize(self, _close, self._clients)

    def send(self, make: Callable[[], StoreRequest]) -> StoreAnswer | Message:
        """`make` is called for each attempt, so that a signature is never old. A Message says why there is no answer."""
        for wait in (*_WAITS, None):
            answer = self._once(make())
            if isinstance(answer, StoreAnswer) and not self._transient_answer(answer):
                return answer
            if wait is None:
                break
            named = answer.wait if isinstance(answer, StoreAnswer) else None
            if named is not None and named > _LONGEST_WAIT:
                break  # the store itself says that another attempt is no use before
            self._sleep(wait if named is None else max(wait, named))
        return answer

    def _transient_answer(self, answer: StoreAnswer) -> bool:
        return answer.status in self._transient or self._repeats(answer)

    def _once(self, request: StoreRequest) -> StoreAnswer | Message:
        headers = {"User-Agent": f"reconciler/{__version__}", **request.headers}
        local = is_loopback(urlsplit(request.url).hostname or "")
        try:
            with self._client(local=local).stream(
                request.method, request.url, headers=headers, content=request.content or None
            ) as response:
                return _whole(response)
        except httpx.TimeoutException:
            return msg("no answer in time")
        except httpx.ConnectError as error:
            return (
                msg("its certificate is not trusted") if _is_certificate(error) else msg("no connection could be made")
            )
        except httpx.HTTPError:
            return msg("the connection broke")

    def _client(self, *, local: bool) -> httpx.Client:
        with self._turn:
            if local not in self._clients:
                self._clients[local] = httpx.Client(trust_env=not local, timeout=SECONDS, verify=self._verify)
            return self._clients[local]


def _close(clients: Mapping[bool, httpx.Client]) -> None:
    for client in clients.values():
        client.close()


def safe_address(variable: str, address: str) -> str:
    """The address, without a slash at its end. Raises SecretStoreUnavailable where credentials would travel unencrypted."""
    if is_safe_address(address) and not _credentials(address):
        return address.rstrip("/")
    raise SecretStoreUnavailable(
        msg("{variable} is {address}: credentials would travel unencrypted", variable=variable, address=redact(address))
        if not _credentials(address)
        else msg("{variable} holds credentials in its address", variable=variable),
        hint=msg("Use https without credentials in the address; http is accepted for this machine only"),
    )


def _credentials(address: str) -> bool:
    try:
        return "@" in urlsplit(address).netloc
    except ValueError:
        return False


def _is_certificate(error: httpx.ConnectError) -> bool:
    return "CERTIFICATE_VERIFY_FAILED" in str(error)


def _whole(response: httpx.Response) -> StoreAnswer | Message:
    body, until = bytearray(), time.monotonic() + _WHOLE_SECONDS
    for part in response.iter_bytes():
        body += part
        if len(body) > _MOST_BYTES:
            return msg("its answer is too large")
        if time.monotonic() > until:
            return msg("no answer in time")
    return StoreAnswer(
        status=response.status_code,
        data=_object(bytes(body)),
        wait=seconds_to_wait(response.headers.get("Retry-After", ""), datetime.now(UTC)),
    )


def _object(body: bytes) -> Mapping[str, Any]:
    try:
        parsed = httpx.Response(200, content=body).json() if body else {}
    except (ValueError, RecursionError):
        return {}
    return parsed if isinstance(parsed, dict) else {}
