"""The screens in the Chromium of this machine, with a backend over a real socket. Only `make test-browser` runs these tests."""

from __future__ import annotations

import os
import shutil
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from fastapi import FastAPI

from reconciler.embedded import EmbeddedConfig, World, create_app
from tests.embedded.harness import KOBE, KYOTO, NARA, OSAKA, SEED

PASSWORD = "a password"
SHOPS = (KYOTO, OSAKA, NARA, KOBE)


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """One browser for all tests; each test has a profile of its own."""
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    if found is None:
        assert not os.environ.get("TESTS_WANT_BROWSER"), "Chromium is wanted and not installed"
        pytest.skip("Chromium is not installed")
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - installed for these tests only

    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=found)
        yield started
        started.close()


@pytest.fixture
def app(tmp_path: Path) -> FastAPI:
    return create_app(EmbeddedConfig(database=tmp_path / "backend.sqlite", seed=SEED, pages=True))


@pytest.fixture
def world(app: FastAPI) -> Iterator[World]:
    found = World.of(app)
    for shop in SHOPS:
        found.ensure_user("hanako", PASSWORD, shop_key=shop, name="花子")
    found.ensure_user("operator", PASSWORD, name="運用担当")
    yield found
    found.close()


@pytest.fixture
def address(app: FastAPI, world: World) -> Iterator[str]:
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_config=None, log_level="critical", lifespan="off"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    server.should_exit = True
    thread.join()
    listener.close()


@pytest.fixture
def faults() -> list[str]:
    """What the browser complains about: blocked content, failed scripts."""
    return []


@pytest.fixture
def sign_in(browser: Any, address: str, faults: list[str]) -> Iterator[Callable[..., Any]]:
    """A page on which a shop's 花子, or an operator, is signed in."""
    contexts: list[Any] = []

    def arrive(shop: str = "", *, width: int = 1280, **words: Any) -> Any:
        context = browser.new_context(
            base_url=address, viewport={"width": width, "height": 900}, locale="ja-JP", **words
        )
        context.set_default_timeout(20_000)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: faults.append(message.text) if "Content Security" in message.text else None)
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.goto("/admin/sign-in")
        page.get_by_label("店舗キー").fill(shop)
        page.get_by_label("アカウント").fill("hanako" if shop else "operator")
        page.get_by_label("パスワード").fill(PASSWORD)
        page.get_by_role("button", name="ログイン").click()
        page.wait_for_url("**/admin/shops**")
        return page

    yield arrive
    for context in contexts:
        context.close()
    assert faults == []
