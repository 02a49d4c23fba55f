"""What is wrong with a page, by machine: axe, its width, cut buttons; and its picture for people to look at.

`RECONCILER_SCREENSHOTS=FOLDER` writes the pictures.
"""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path
from typing import Any

SCHEMES: dict[Any, tuple[str, ...]] = {"light": (), "dark": ("color-contrast",)}
"""By which rules each is examined. Nothing but colours differs between the two."""
AXE_WIDTHS = (1280, 360)
NARROWEST = 320
_CUT = """() => [...document.querySelectorAll('button, .button, .badge, label, th')]
    .filter(each => each.checkVisibility() && !each.closest('.sr, .stack thead') && !each.matches('.sr'))
    .filter(each => each.scrollWidth > each.clientWidth + 1 && getComputedStyle(each).display !== 'inline')
    .map(each => each.outerHTML)"""
_SCROLLED = """() => [...document.querySelectorAll('.scroll')]
    .filter(each => each.scrollWidth > each.clientWidth + 1).map(each => each.getAttribute('aria-label'))"""


def violations(page: Any, *rules: str) -> list[str]:
    """What axe finds, by these rules or by all: the rule, and the first element. What passes is not described: half the time."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(_axe())
    only = {"runOnly": {"type": "rule", "values": rules}} if rules else {}
    options = {"resultTypes": ["violations"], **only}
    found = page.evaluate("options => axe.run(options)", options)["violations"]
    return [f"{each['id']}: {each['nodes'][0]['html']}" for each in found]


@cache
def _axe() -> str:
    from axe_playwright_python.sync_playwright import Axe  # noqa: PLC0415 - installed for these tests only

    return Axe().axe_script


def faults_of_layout(page: Any, width: int) -> list[str]:
    """Scrolling sideways, and texts that do not fit into what they label."""
    wide = page.evaluate("document.documentElement.scrollWidth")
    cut = [f"{width} px: cut: {html}" for html in page.evaluate(_CUT)]
    cut += [f"{width} px: wider than the page: {label}" for label in page.evaluate(_SCROLLED)]
    return cut if wide <= width else [f"{width} px: the page is {wide} px wide", *cut]


def faults_of_page(page: Any, name: str) -> list[str]:
    """At each width and in both colour schemes. The page is not loaded again: its layout is the style sheet's alone."""
    found: list[str] = []
    for width in AXE_WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        found += faults_of_layout(page, width)
        for scheme, rules in SCHEMES.items():
            page.emulate_media(color_scheme=scheme)
            found += [f"{width} px, {scheme}: {each}" for each in violations(page, *rules)]
            _take_picture(page, f"{name}-{width}-{scheme}")
    page.set_viewport_size({"width": NARROWEST, "height": 900})
    return found + faults_of_layout(page, NARROWEST)


def faults_of_translation(page: Any, name: str) -> list[str]:
    """What other words may change: the layout at each width, and once what axe finds. Colours are those of the other language."""
    if os.environ.get("RECONCILER_SCREENSHOTS"):
        return faults_of_page(page, name)
    found: list[str] = []
    for width in (*AXE_WIDTHS, NARROWEST):
        page.set_viewport_size({"width": width, "height": 900})
        found += faults_of_layout(page, width)
    return found + violations(page)


def _take_picture(page: Any, name: str) -> None:
    if folder := os.environ.get("RECONCILER_SCREENSHOTS"):
        page.screenshot(path=str(Path(folder) / f"{name}.png"), full_page=True)
