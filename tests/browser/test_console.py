"""The operators' console in a browser: every page in both languages, at every width, without scripts, by keyboard."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from typing import Any

import pytest

from reconciler.console.access.options import ConsoleOptions
from reconciler.console.app import create_console
from reconciler.core.values import Secret, SecretRef
from tests.browser.looking import NARROWEST, faults_of_layout, faults_of_page, faults_of_translation
from tests.console.sample_overviews import PAGES, SampleSources
from tests.embedded.pages.browsing import serving
from tests.support.manual_clock import HandClock

pytestmark = pytest.mark.browser

TOKEN = "correct-horse-battery-staple"
LONG = (
    "a-very-long-name-of-an-owner-without-any-space-in-it@organisation-with-a-long-name/team-with-a-longer-name-still"
)
STATUS = "Failed to load resource: the server responded with a status of"


@pytest.fixture
def console(open_page: Callable[..., Any], profiles: ExitStack) -> Iterator[Callable[..., Any]]:
    """A page at a console with these sources."""
    running = ExitStack()

    def arrive(sources: SampleSources, *, token: bool = False, **words: Any) -> Any:
        secret = Secret(TOKEN, SecretRef("ref+env://TOKEN")) if token else None
        clock = HandClock(datetime(2026, 11, 28, 6, 24, tzinfo=UTC))
        server = serving(
            create_console(ConsoleOptions(fleet="operator", token=secret), sources, clock), proxy_headers=False
        )
        return open_page(running.enter_context(server), **words)

    with running:
        yield arrive
        profiles.close()


@pytest.mark.parametrize("language", ["en", "ja"])
def test_every_page_is_accessible_and_fits_its_window(console, language: str) -> None:
    page = console(SampleSources(shops=24))
    page.goto(f"/?lang={language}")
    found = {}
    for name, path in PAGES.items():
        page.goto(path)
        assert page.evaluate("document.documentElement.lang") == language, name
        examine = faults_of_translation if language == "ja" else faults_of_page
        found[name] = examine(page, f"console-{name}-{language}")
    assert len(found) == len(PAGES)
    assert {name: faults for name, faults in found.items() if faults} == {}


@pytest.mark.parametrize(
    ("name", "sources"),
    [
        ("empty", SampleSources(empty=True)),
        ("long", SampleSources(shops=24, words=lambda text: f"{text} {LONG}")),
        ("japanese", SampleSources(shops=24, words=lambda text: f"{text}の長い名前の運用担当者グループ第一課")),
        ("many", SampleSources(shops=10_000)),
    ],
)
def test_pages_of_other_fleets_fit_their_window(console, name: str, sources: SampleSources) -> None:
    page = console(sources)
    found = {}
    for each in ("fleet", "shops", "shop", "runs", "run", "plans", "inbox", "alerts"):
        page.goto(PAGES[each])
        for width in (1280, 800, 360, NARROWEST):
            page.set_viewport_size({"width": width, "height": 900})
            found[f"{each}, {width} px"] = faults_of_layout(page, width)
    assert {page: faults for page, faults in found.items() if faults} == {}


def test_the_sign_in_is_accessible_and_leads_to_the_page(console) -> None:
    page = console(SampleSources(shops=3), token=True, java_script_enabled=True)
    page.goto("/shops/kyoto-tea?lang=en")
    assert faults_of_page(page, "console-sign-in-en") == []
    page.get_by_label("Token").fill("wrong-wrong-wrong-wrong")
    page.keyboard.press("Enter")
    page.get_by_text("This is not the token.").wait_for()
    assert faults_of_page(page, "console-sign-in-wrong-en") == []
    page.get_by_label("Token").fill(TOKEN)
    page.keyboard.press("Enter")
    page.get_by_role("heading", level=1, name="Shop kyoto-tea").wait_for()
    page.get_by_role("button", name="Sign out").click()
    page.get_by_label("Token").wait_for()
    page.goto("/")
    page.get_by_label("Token").wait_for()


def test_a_shop_is_found_by_keyboard_without_scripts(console) -> None:
    page = console(SampleSources(shops=24), java_script_enabled=False)
    page.goto("/shops?lang=en")
    page.keyboard.press("Tab")
    assert page.locator(":focus").inner_text() == "Skip to content"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.locator(":focus").get_attribute("name") == "words"
    page.keyboard.type("shop-00007")
    page.keyboard.press("Enter")
    page.wait_for_url("**/shops?words=shop-00007*")
    assert page.get_by_role("heading", level=1).inner_text() == "1 shop"
    link = page.get_by_role("link", name="shop-00007")
    while not link.evaluate("each => each === document.activeElement"):
        page.keyboard.press("Tab")
    assert link.evaluate("each => getComputedStyle(each).outlineStyle") == "solid"
    page.keyboard.press("Enter")
    page.wait_for_url("**/shops/shop-00007")
    assert page.get_by_role("heading", level=1).inner_text() == "Shop shop-00007"


def test_the_head_of_a_long_table_stays_visible(console) -> None:
    page = console(SampleSources(shops=100))
    page.goto("/shops?lang=en")
    page.mouse.wheel(0, 2_000)
    page.wait_for_function("scrollY > 1000")
    top = page.get_by_role("columnheader", name="State").bounding_box()["y"]
    assert 0 <= top < 50


def test_nothing_comes_from_elsewhere_and_no_script_is_loaded(console) -> None:
    page = console(SampleSources(shops=3))
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto("/")
    base = page.url
    assert len(asked) == 2
    assert all(url.startswith(base) for url in asked)
    assert page.evaluate("document.scripts.length") == 0


def test_what_is_planted_breaks_the_layout_and_is_found(console) -> None:
    page = console(SampleSources(shops=3))
    page.goto("/")
    page.evaluate("document.querySelector('h1').className = ''")
    page.evaluate("document.querySelector('h1').style.width = '700px'")
    page.set_viewport_size({"width": NARROWEST, "height": 900})
    assert faults_of_layout(page, NARROWEST) != []
