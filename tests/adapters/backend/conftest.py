"""A backend whose responses each test defines, over a real socket, and a clock that does not wait."""

from collections.abc import AsyncIterator

import pytest

from tests.adapters.backend.fakes import FakeClock
from tests.support.stub_http_server import Loopback


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
async def server() -> AsyncIterator[Loopback]:
    async with Loopback() as loopback:
        yield loopback
