"""The request log keeps the order of requests, and a limited number of them."""

from typing import Any

import pytest

from reconciler.adapters.backend import BackendConfig
from reconciler.adapters.backend.http import client
from reconciler.adapters.backend.http.client import Client
from reconciler.core.values import Secret, SecretRef
from tests.adapters.backend.fakes import FakeClock
from tests.support.stub_http_server import Loopback, answer

pytestmark = pytest.mark.anyio


async def test_the_last_requests_are_remembered_in_order(monkeypatch):
    monkeypatch.setattr(client, "MAX_LOG_ENTRIES", 3)
    heard: list[Any] = []
    async with Loopback() as server:
        secret = Secret("a-secret", SecretRef("ref+test://x"))
        config = BackendConfig(base_url=server.url, client_id="reader", client_secret=secret)
        asking = Client(config, FakeClock(), None, heard.append)
        for number in range(5):
            server.on(f"GET /{number}", answer({}))
            await asking.get(f"/{number}")
        await asking.aclose()
    assert [(line.path, line.status) for line in asking.requests] == [("/2", 200), ("/3", 200), ("/4", 200)]
    assert [line.path for line in heard] == ["/oauth/token", "/0", "/1", "/2", "/3", "/4"]
