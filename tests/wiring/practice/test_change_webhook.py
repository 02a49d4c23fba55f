"""Change webhooks of the embedded backend: after a change, signed, once; nobody who changes a shop waits for them."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import anyio
import anyio.to_thread
import pytest
from starlette.types import ASGIApp, Receive, Scope, Send

from reconciler.adapters.clock import SystemClock
from reconciler.adapters.settings.settings import Settings
from reconciler.embedded import EmbeddedConfig, Problem, World, create_app
from reconciler.ports import SetupError
from reconciler.serving.listener import bind, http_address
from reconciler.serving.server import serve
from reconciler.serving.webhooks import WebhookHint, WebhookKeys, make_webhook_app
from reconciler.wiring.practice.change_webhook import ChangeWebhook, change_webhook
from reconciler.wiring.runtime import load_settings
from tests.support.waiting import until

pytestmark = pytest.mark.anyio
KEY = b"k" * 32
SEED = {"shops": [{"shopKey": f"shop-{number:03d}"} for number in range(150)]}


@asynccontextmanager
async def receiver(heard: list[WebhookHint], around: ASGIApp | None = None) -> AsyncIterator[str]:
    """The address that takes webhooks."""
    app = around or make_webhook_app(WebhookKeys(backend=(KEY,)), SystemClock(), heard.append)
    stop, ready = anyio.Event(), anyio.Event()
    ports: list[int] = []

    def listens(port: int) -> None:
        ports.append(port)
        ready.set()

    with bind("127.0.0.1", 0) as listener, anyio.fail_after(60):
        async with anyio.create_task_group() as group:
            group.start_soon(lambda: serve(app, [listener], on_ready=listens, stop=stop))
            await ready.wait()
            yield f"{http_address('127.0.0.1', ports[0])}webhooks/backend"
            stop.set()


def backend(folder: Path, webhook: ChangeWebhook) -> World:
    return World.of(create_app(EmbeddedConfig(database=folder / "backend.db", seed=SEED, changed=webhook)))


async def test_a_change_is_posted_and_what_is_refused_is_not(tmp_path: Path) -> None:
    heard: list[WebhookHint] = []
    async with receiver(heard) as url:
        webhook = ChangeWebhook(url, KEY)
        world = backend(tmp_path, webhook)
        with pytest.raises(Problem):
            world.merchant_edits("shop-001", {"useAmazon": True})
        world.merchant_edits("shop-002", {"notificationEmail": "a@shop-002.example"})
        await until(lambda: len(heard) == 1)
        world.merchant_edits("shop-002", {"notificationEmail": "a@shop-002.example"})  # as it is already
        world.platform_entitles("shop-003", payOption=False)
        await until(lambda: len(heard) == 2)
        await anyio.to_thread.run_sync(webhook.close)
        world.close()
    assert [hint.shops for hint in heard] == [{"shop-002"}, {"shop-003"}]


async def test_changes_during_a_post_are_put_together(tmp_path: Path) -> None:
    heard: list[WebhookHint] = []
    inside, go = anyio.Event(), anyio.Event()
    receiving = make_webhook_app(WebhookKeys(backend=(KEY,)), SystemClock(), heard.append)

    async def slow(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            inside.set()
            await go.wait()
        await receiving(scope, receive, send)

    async with receiver(heard, slow) as url:
        webhook = ChangeWebhook(url, KEY)
        world = backend(tmp_path, webhook)
        world.merchant_edits("shop-000", {"autoLink": False})
        await inside.wait()
        for shop in SEED["shops"]:
            world.merchant_edits(shop["shopKey"], {"storefront": "CLOSED"})
        go.set()
        await until(lambda: len(heard) == 3)
        await anyio.to_thread.run_sync(webhook.close)
        world.close()
    assert [len(hint.shops or ()) for hint in heard] == [1, 100, 50]


async def test_a_receiver_that_is_gone_loses_a_post_and_nothing_else(tmp_path: Path) -> None:
    with bind("127.0.0.1", 0) as listener:
        url = http_address("127.0.0.1", listener.getsockname()[1])
    webhook = ChangeWebhook(url, KEY)
    world = backend(tmp_path, webhook)
    world.merchant_edits("shop-000", {"autoLink": False})
    await anyio.to_thread.run_sync(webhook.close)
    assert world.integration("shop-000")["amazonPay"]["value"]["autoLink"] is False
    world.close()


def settings_of(folder: Path, url: str, secret: str = "ref+env://HOOK") -> Settings:
    (folder / "reconciler.yaml").write_text(f"embedded: {{webhook: {{url: '{url}', secret: '{secret}'}}}}\n")
    read = load_settings(folder / "reconciler.yaml")
    assert isinstance(read, Settings), read
    return read


def test_the_settings_name_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOOK", f"whsec_{base64.b64encode(KEY).decode()}")
    with change_webhook(settings_of(tmp_path, "http://127.0.0.1:9/webhooks/backend")) as made:
        assert isinstance(made, ChangeWebhook)


@pytest.mark.parametrize(
    ("url", "secret", "place"),
    [
        ("http://watcher.example/webhooks/backend", "whsec_" + "A" * 44, "embedded.webhook.url"),
        ("https://watcher.example/webhooks/backend", "no-key-at-all", "embedded.webhook.secret"),
        ("https://watcher.example/webhooks/backend", None, "embedded.webhook.secret"),
    ],
)
def test_what_cannot_work_is_refused_at_start_and_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, url: str, secret: str | None, place: str
) -> None:
    monkeypatch.delenv("HOOK", raising=False)
    if secret is not None:
        monkeypatch.setenv("HOOK", secret)
    with pytest.raises(SetupError) as caught, change_webhook(settings_of(tmp_path, url)):
        pass
    assert caught.value.subject == place
    assert secret is None or secret not in str(caught.value)
