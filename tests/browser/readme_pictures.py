"""`python -m tests.browser.readme_pictures`, part of `make screenshots`: pictures for the READMEs, from the world of `make demo`.

Out: `docs/images/`, one PNG for each of PICTURES. Their pages are some of PLACES, so that all pictures come from one list.
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import Any, Final

from demo.environment import ROOT
from tests.browser.people import press
from tests.browser.places import PLACES, Place
from tests.support.demo.started_demo import StartedDemo, started_demo

IMAGES: Final = ROOT / "docs" / "images"
SHOP: Final = "nara-brushes"
PICTURES: Final = {
    "amazon-settings": 1280,
    "order": 1280,
    "seller-transactions": 1280,
    "shop-goods": 360,
}
"""Names of places, with the width of the window."""
HEIGHT: Final = {1280: 800, 360: 720}


def main() -> None:
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - installed for `make screenshots` and `make test-browser`

    IMAGES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, started_demo(Path(folder)) as demo, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"))
        for name, width in PICTURES.items():
            _take(browser, demo, place_named(name), width)
        browser.close()


def place_named(name: str) -> Place:
    return next(place for place in PLACES if place.name == name)


def picture_of(name: str) -> Path:
    return IMAGES / f"{name}-{PICTURES[name]}.png"


def _take(browser: Any, demo: StartedDemo, place: Place, width: int) -> None:
    viewport = {"width": width, "height": HEIGHT[width]}
    context = browser.new_context(base_url=demo.backend, viewport=viewport, locale="ja-JP", color_scheme="light")
    page = context.new_page()
    if place.who == "merchant":
        page.goto("/admin/sign-in")
        for label, entered in (("店舗キー", SHOP), ("アカウント", "hanako"), ("パスワード", demo.password)):
            page.get_by_label(label).fill(entered)
        press(page, "ログイン")
    page.goto(place.address(SHOP))
    page.screenshot(path=str(picture_of(place.name)))
    context.close()


if __name__ == "__main__":
    main()
