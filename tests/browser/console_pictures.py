"""`python -m tests.browser.console_pictures`, part of `make screenshots`: pictures for docs/console.md, of the sample fleet.

Out: `docs/images/console/`, one PNG for each of CONSOLE_PICTURES.
"""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from demo.environment import ROOT
from reconciler.console.access.options import ConsoleOptions
from reconciler.console.app import create_console
from tests.console.sample_overviews import PAGES, SampleSources
from tests.embedded.pages.browsing import serving
from tests.support.manual_clock import HandClock

CONSOLE_IMAGES: Final = ROOT / "docs" / "images" / "console"
CONSOLE_PICTURES: Final = (("fleet", "en"), ("fleet", "ja"), ("shop", "en"), ("shop", "ja"))
"""Names of PAGES, with a language."""
WIDTH, HEIGHT = 1280, 860


def main() -> None:
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - installed for `make screenshots` and `make test-browser`

    CONSOLE_IMAGES.mkdir(exist_ok=True)
    clock = HandClock(datetime(2026, 11, 28, 6, 24, tzinfo=UTC))
    console = create_console(ConsoleOptions(fleet="operator"), SampleSources(shops=240), clock)
    with serving(console) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"))
        for name, language in CONSOLE_PICTURES:
            _take(browser, address, name, language)
        browser.close()


def console_picture(name: str, language: str) -> Path:
    return CONSOLE_IMAGES / f"{name}-{language}-{WIDTH}.png"


def _take(browser: Any, address: str, name: str, language: str) -> None:
    context = browser.new_context(base_url=address, viewport={"width": WIDTH, "height": HEIGHT}, color_scheme="light")
    page = context.new_page()
    page.goto(f"{PAGES[name]}?lang={language}")
    page.screenshot(path=str(console_picture(name, language)))
    context.close()


if __name__ == "__main__":
    main()
