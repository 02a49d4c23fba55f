"""The screens in the Chromium of this machine, with a backend over a real socket. Only `make test-browser` runs these tests."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI

from reconciler.embedded import EmbeddedConfig, World, create_app
from tests.browser.goods import GOODS, PASSWORD
from tests.browser.people import enter_admin
from tests.embedded.harness import KOBE, KYOTO, NARA, OSAKA, SEED, Clock
from tests.embedded.pages.browsing import serving

SHOPS = (KYOTO, OSAKA, NARA, KOBE)
HINT = "[DOM] "
STATUS_OF_PAGE = "Failed to load resource: the server responded with a status of"


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


@pytest.fixture(scope="session")
def seeded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with everybody's accounts, made once and copied for each test: hashing passwords takes time."""
    file = tmp_path_factory.mktemp("seeded") / "backend.sqlite"
    world = World.open(file, clock=Clock())
    world.seed({**SEED, **GOODS})
    world.platform_entitles(OSAKA, commerceCreator="RUNNING", subscriptionApplications=True)
    for shop in SHOPS:
        world.ensure_user("hanako", PASSWORD, shop_key=shop, name="花子")
    world.ensure_user("operator", PASSWORD, name="運用担当")
    world.close()
    return file


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def app(seeded: Path, tmp_path: Path, clock: Clock) -> FastAPI:
    database = Path(shutil.copy(seeded, tmp_path / "backend.sqlite"))
    return create_app(EmbeddedConfig(database=database, clock=clock, pages=True))


@pytest.fixture
def world(app: FastAPI) -> Iterator[World]:
    found = World.of(app)
    yield found
    found.close()


@pytest.fixture
def profiles() -> Iterator[ExitStack]:
    """Closes all pages. Who serves them does so before the server stops: Chromium may load a page's icon long after the page."""
    with ExitStack() as opened:
        yield opened


@pytest.fixture
def address(app: FastAPI, world: World, profiles: ExitStack) -> Iterator[str]:
    with serving(app) as address:
        yield address
        profiles.close()


@pytest.fixture
def faults() -> list[str]:
    """What the browser complains about: blocked content, missing files, failed scripts. None is expected."""
    return []


@pytest.fixture
def open_page(browser: Any, faults: list[str], profiles: ExitStack) -> Iterator[Callable[..., Any]]:
    """A page of a new profile, on which nobody is signed in anywhere, at an address."""

    def arrive(address: str, *, width: int = 1280, **words: Any) -> Any:
        context = browser.new_context(
            base_url=address, viewport={"width": width, "height": 900}, locale="ja-JP", **words
        )
        context.set_default_timeout(20_000)
        profiles.callback(context.close)
        context.on("console", lambda message: faults.append(message.text) if _is_complaint(message) else None)
        context.on("weberror", lambda error: faults.append(str(error.error)))
        return context.new_page()

    yield arrive
    profiles.close()
    assert faults == []


@pytest.fixture
def open_browser(open_page: Callable[..., Any], address: str) -> Callable[..., Any]:
    return partial(open_page, address)


@pytest.fixture
def sign_in(open_browser: Callable[..., Any]) -> Callable[..., Any]:
    """A page on which a shop's 花子, or an operator, is signed in."""

    def arrive(shop: str = "", **words: Any) -> Any:
        page = open_browser(**words)
        enter_admin(page, shop, PASSWORD)
        return page

    return arrive


def _is_complaint(message: Any) -> bool:
    """Chromium also notes the status of a page that is refused; of what the page loads, that is a complaint."""
    of_page = message.text.startswith(STATUS_OF_PAGE) and "/static/" not in str(message.location.get("url"))
    return not (of_page or message.text.startswith(HINT))
