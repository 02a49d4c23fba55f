"""Shops at a served backend that can be made to wait while they are closed, and an apply in a separate process."""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import anyio
import pytest

from reconciler.embedded import EmbeddedConfig, World, create_app
from tests.cli.conftest import command, environment, write_shop
from tests.contract.conftest import served

SHOPS = tuple(f"shop-{letter}" for letter in "abcdef")
SECONDS = 60


class Gate:
    """The backend, whose writes to closed shops wait until they are let through. It has the routes of single shops only, so that
    each write names its shop in its path.
    """

    def __init__(self, app) -> None:
        self.app = app
        self.reached = threading.Event()
        self.let_through = threading.Event()
        self.let_through.set()
        self.closed: set[str] = set()

    async def __call__(self, scope, receive, send) -> None:
        if scope.get("path", "").endswith("/capabilities"):
            scope = {**scope, "path": "/admin-api/v1/nowhere"}
        shop = scope["path"].split("/")[-2] if scope["type"] == "http" else ""
        if scope["type"] == "http" and scope["method"] == "PATCH" and shop in self.closed:
            self.reached.set()
            await anyio.to_thread.run_sync(self.let_through.wait, SECONDS)
        await self.app(scope, receive, send)
        if scope["type"] == "http" and scope["method"] == "PUT" and scope["path"].endswith("/storefront"):
            self.closed.add(shop)


@contextmanager
def served_shops(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[World, Gate]]:
    (tmp_path / "shops").mkdir()
    for shop in SHOPS:
        write_shop(tmp_path, shop)
    seed = {"shops": [{"shopKey": shop, "entitlements": {"commerceCreator": "RUNNING"}} for shop in SHOPS]}
    application = create_app(EmbeddedConfig(database=tmp_path / "world.db", seed=seed))
    world = World.of(application)
    world.ensure_client("tests", "secret")
    gate = Gate(application)
    with served(gate) as url:
        (tmp_path / "reconciler.yaml").write_text(
            f"backend: {{kind: http, url: '{url}', client_id: tests, client_secret: ref+env://SECRET}}\n"
            "pace: {requests_per_second: 1000}\n"
        )
        monkeypatch.chdir(tmp_path)
        yield world, gate


@contextmanager
def applying(*words: str, more: dict[str, str] | None = None, **streams: int) -> Iterator[subprocess.Popen[str]]:
    child = subprocess.Popen(
        command("apply", "--auto-approve", "--allow", "fleet-share", *words),
        env=environment(SECRET="secret", **(more or {})),
        text=True,
        **streams,  # type: ignore[call-overload]
    )
    try:
        yield child
    finally:
        child.kill()
        child.communicate()


def closed(world: World) -> list[str]:
    return [shop for shop in SHOPS if world.integration(shop)["storefront"]["value"]["status"] != "OPEN"]
