"""Every backend that keeps the contract, as a fixture: the embedded one in-process and over a socket, and the second one."""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn

from reconciler.adapters.backend import BackendConfig, HttpBackend
from reconciler.adapters.backend.http.transport import in_process
from reconciler.adapters.clock import SystemClock
from reconciler.core.values import Secret, SecretRef
from reconciler.embedded.app import create_app
from reconciler.embedded.config import EmbeddedConfig
from tests.contract.world import WORLD
from tests.embedded.prompt_server import PromptServer
from tests.second_backend.serving import second_backend, serve_second

SECRET = Secret("a-secret-of-this-test-run", SecretRef("ref+test://client"))


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@dataclass(frozen=True)
class Kept:
    """A backend that keeps the contract, and how a client reaches it."""

    world: Any
    faults: Any
    url: str
    transport: httpx.AsyncBaseTransport | None = None

    def config(self, **more: Any) -> BackendConfig:
        return BackendConfig(base_url=self.url, client_id="reconciler", client_secret=SECRET, **more)


@pytest.fixture(params=["in-process", "socket", "second"])
def kept(request, tmp_path: Path) -> Iterator[Kept]:
    if request.param == "second":
        second = second_backend(tmp_path / "world.jsonl", WORLD)
        second.world.ensure_client("reconciler", SECRET.reveal())
        with serve_second(second) as url:
            yield Kept(second.world, second.faults, url)
        return
    app = create_app(EmbeddedConfig(database=tmp_path / "world.db", seed=WORLD))
    app.state.world.ensure_client("reconciler", SECRET.reveal())
    if request.param == "in-process":
        yield Kept(app.state.world, app.state.faults, "http://embedded.invalid", in_process(app))
    else:
        with served(app) as url:
            yield Kept(app.state.world, app.state.faults, url)
    app.state.world.close()


@pytest.fixture
def world(kept: Kept) -> Any:
    return kept.world


@pytest.fixture
def faults(kept: Kept) -> Any:
    return kept.faults


@pytest.fixture(params=[None, 1], ids=["single-routes", "bulk-routes"])
async def backend(request, kept: Kept) -> AsyncIterator[HttpBackend]:
    """Every write and read by its own route, or all of them, also one alone, by the routes of several."""
    async with HttpBackend(kept.config(bulk_from=request.param), SystemClock(), kept.transport) as adapter:
        yield adapter


@contextmanager
def served(application) -> Iterator[str]:
    """The application on a free port of loopback, in a thread, until the block ends."""
    server = PromptServer(
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
        server.stop()
        thread.join(10)
