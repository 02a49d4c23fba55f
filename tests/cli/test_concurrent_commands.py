"""Commands over one embedded backend at the same time, each in a separate process, and beside a server of the same data."""

from __future__ import annotations

from pathlib import Path

import anyio
import pytest

from reconciler.adapters.backend import BackendConfig, HttpObserver
from reconciler.adapters.backend.http.transport import in_process
from reconciler.adapters.clock import SystemClock
from reconciler.core.values import Secret, SecretRef, ShopKey
from reconciler.ports import ObservingBackend
from reconciler.wiring import backends, session
from reconciler.wiring.embedded import EMBEDDED_CLIENT, embedded_application
from reconciler.wiring.session import Settings

SHOP = ShopKey("kyoto-tea")


@pytest.fixture
def settings(fleet: Path) -> Settings:
    loaded = session.load_settings(fleet / "reconciler.yaml")
    assert isinstance(loaded, Settings)
    return loaded


async def seen(backend: ObservingBackend) -> list[ShopKey]:
    return [observed.shop async for observed in backend.observe([SHOP])]


def test_the_right_to_ask_is_not_taken_away_by_who_comes_later(settings: Settings) -> None:
    """A command requests its token on first use, and again when it expires: other commands may have started since."""

    async def side_by_side() -> None:
        async with backends.observer(settings) as first, backends.observer(settings) as second:
            assert await seen(second) == [SHOP]
            assert await seen(first) == [SHOP]

    anyio.run(side_by_side)


def test_nor_is_that_of_the_clients_of_a_server(settings: Settings) -> None:
    application = embedded_application(settings)
    application.state.world.ensure_client(EMBEDDED_CLIENT, "as the server has it")
    secret = Secret("as the server has it", SecretRef("ref+test://served"))
    config = BackendConfig(base_url="http://embedded.invalid", client_id=EMBEDDED_CLIENT, client_secret=secret)

    async def beside_a_server() -> None:
        async with (
            backends.observer(settings) as here,
            HttpObserver(config, SystemClock(), in_process(application)) as there,
        ):
            assert await seen(here) == await seen(there) == [SHOP]

    anyio.run(beside_a_server)
    application.state.world.close()
