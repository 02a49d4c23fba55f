"""The console in this process, asked as browsers ask it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import anyio
import httpx
import pytest

from reconciler.console.access.options import ConsoleOptions
from reconciler.console.app import create_console
from reconciler.core.values import Secret, SecretRef
from tests.console.sample_overviews import SampleSources
from tests.support.manual_clock import HandClock

TOKEN = "correct-horse-battery-staple"
SECRET = Secret(TOKEN, SecretRef("ref+env://CONSOLE_TOKEN"))
LOCAL = "http://127.0.0.1:8769"


@dataclass
class Visitor:
    """A browser: it keeps cookies, follows nothing by itself, and comes from `peer`."""

    app: Any
    base: str = LOCAL
    peer: str = "127.0.0.1"
    cookies: httpx.Cookies = field(default_factory=httpx.Cookies)

    def get(self, path: str, **words: Any) -> httpx.Response:
        return self.sends("GET", path, **words)

    def sends(self, method: str, path: str, **words: Any) -> httpx.Response:
        async def ask() -> httpx.Response:
            transport = httpx.ASGITransport(self.app, client=(self.peer, 50000))
            async with httpx.AsyncClient(transport=transport, base_url=self.base, cookies=self.cookies) as client:
                response = await client.request(method, path, **words)
                self.cookies = client.cookies
                return response

        return anyio.run(ask)

    def form_token(self, path: str = "/sign-in") -> str:
        text = self.get(path).text
        return text.partition('name="csrf" value="')[2].partition('"')[0]

    def signs_in(self, token: str = TOKEN, **more: str) -> httpx.Response:
        fields = {"csrf": self.form_token(), "token": token, **more}
        return self.sends("POST", "/sign-in", data=fields)


@pytest.fixture
def clock() -> HandClock:
    return HandClock(datetime(2026, 11, 28, 6, 24, tzinfo=UTC))


@pytest.fixture
def sources() -> SampleSources:
    return SampleSources()


@pytest.fixture
def visit(sources: SampleSources, clock: HandClock) -> Callable[..., Visitor]:
    """A browser at a console with these options."""

    def arrive(*, base: str = LOCAL, peer: str = "127.0.0.1", **options: Any) -> Visitor:
        made = ConsoleOptions(fleet="operator", **options)
        return Visitor(create_console(made, sources, clock), base=base, peer=peer)

    return arrive
