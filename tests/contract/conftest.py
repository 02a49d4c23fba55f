"""Every backend that keeps the contract, as a fixture: the embedded one in-process, and the same over a socket."""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import uvicorn

from reconciler.adapters.backend import BackendConfig, HttpBackend
from reconciler.adapters.backend.http.transport import in_process
from reconciler.adapters.clock import SystemClock
from reconciler.core.values import Secret, SecretRef
from reconciler.embedded.actors.world import World
from reconciler.embedded.app import create_app
from reconciler.embedded.config import EmbeddedConfig
from tests.contract.world import WORLD

SECRET = Secret("a-secret-of-this-test-run", SecretRef("ref+test://client"))


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def application(tmp_path: Path):
    app = create_app(EmbeddedConfig(database=tmp_path / "world.db", seed=WORLD))
    app.state.world.ensure_client("reconciler", SECRET.reveal())
    yield app
    app.state.world.close()


@pytest.fixture
def world(application) -> World:
    return application.state.world


@pytest.fixture(params=["in-process", "socket"])
async def backend(request, application) -> AsyncIterator[HttpBackend]:
    if request.param == "in-process":
        config = BackendConfig(base_url="http://embedded.invalid", client_id="reconciler", client_secret=SECRET)
        async with HttpBackend(config, SystemClock(), in_process(application)) as adapter:
            yield adapter
        return
    with served(application) as url:
        config = BackendConfig(base_url=url, client_id="reconciler", client_secret=SECRET)
        async with HttpBackend(config, SystemClock()) as adapter:
            yield adapter


@contextmanager
def served(application) -> Iterator[str]:
    """The application on a free port of loopback, in a thread, until the block ends."""
    server = uvicorn.Server(
        uvicorn.Config(application, host="127.0.0.1", port=0, log_config=None, log_level="error", lifespan="off")
    )
    started = threading.Event()
    original = server.startup

    async def startup(sockets=None) -> None:
        await original(sockets)
        started.set()

    server.startup = startup  # type: ignore[method-assign]  # of this server alone
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    assert started.wait(10), "the server did not start"
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(10)
