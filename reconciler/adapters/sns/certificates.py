"""Where signing certificates come from: Amazon, by HTTPS, or a folder of pinned ones.

In: an address that was checked before (`ipn.address`): https, a named region of Amazon SNS, the pinned path. Out: its bytes, at
most 64 KiB, or KeyUnavailable with a word. One request: no redirect, retry or cache, no proxy, cookie or password from the
environment. The bytes are not verified here.
"""

from __future__ import annotations

import re
from pathlib import Path
from types import TracebackType
from typing import Final, Self
from urllib.parse import urlsplit

import anyio
import anyio.to_thread
import httpx

from reconciler import __version__
from reconciler.ports.signing_keys import KeyUnavailable

MAX_BYTES: Final = 64 * 1024
TIMEOUT_SECONDS: Final = 5.0
"""Seconds for all of it, so that Amazon, who waits for 15, has an answer in any case."""

_OK: Final = 200
_NAME: Final = r"SimpleNotificationService-[0-9a-f]{32}\.pem"


class FetchedCertificates:
    """Implements ports.SigningKeys over the network. An async context manager. `transport` None: the network."""

    def __init__(self, transport: httpx.AsyncBaseTransport | None = None, *, within: float = TIMEOUT_SECONDS) -> None:
        self._within = within
        self._http = httpx.AsyncClient(
            transport=transport,
            trust_env=False,
            follow_redirects=False,
            timeout=within,
            headers={"User-Agent": f"reconciler/{__version__}", "Accept-Encoding": "identity"},
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._http.aclose()

    async def pem(self, url: str) -> bytes:
        try:
            with anyio.fail_after(self._within):
                return await self._fetched(url)
        except (TimeoutError, httpx.TimeoutException):
            raise KeyUnavailable("timeout") from None
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError):
            raise KeyUnavailable("unreachable") from None

    async def _fetched(self, url: str) -> bytes:
        async with self._http.stream("GET", url) as answer:
            if answer.status_code != _OK or "content-encoding" in answer.headers:
                raise KeyUnavailable("status")
            content = bytearray()
            async for chunk in answer.aiter_raw():
                content += chunk
                if len(content) > MAX_BYTES:
                    raise KeyUnavailable("too-large")
            return bytes(content)


class PinnedCertificates:
    """Implements ports.SigningKeys over a folder with each certificate under its own name; nothing leaves the machine.

    The name is that of the address: Amazon signs with one key in all regions. A file may be added while this runs.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def pem(self, url: str) -> bytes:
        name = urlsplit(url).path.removeprefix("/")
        if re.fullmatch(_NAME, name) is None:
            raise KeyUnavailable("not-pinned")
        try:
            content = await anyio.to_thread.run_sync(self._read, name)
        except OSError:
            raise KeyUnavailable("not-pinned") from None
        if len(content) > MAX_BYTES:
            raise KeyUnavailable("too-large")
        return content

    def _read(self, name: str) -> bytes:
        with (self._folder / name).open("rb") as file:
            return file.read(MAX_BYTES + 1)
