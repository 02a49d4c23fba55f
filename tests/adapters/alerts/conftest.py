"""Channels as the tool wires them, and an HTTP server on loopback."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from reconciler.adapters.alerts.http_post import HttpPost
from reconciler.adapters.secrets import SecretResolver
from tests.support.stub_http_server import Loopback


@pytest.fixture
async def server() -> AsyncIterator[Loopback]:
    async with Loopback() as made:
        yield made


@pytest.fixture
async def http() -> AsyncIterator[HttpPost]:
    async with HttpPost(within=5.0) as made:
        yield made


@pytest.fixture
def secrets(tmp_path: Path) -> SecretResolver:
    return SecretResolver(tmp_path)
