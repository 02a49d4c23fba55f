"""The pictures of the READMEs: they exist, are small, and show pages of the one list of pages."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from demo.environment import ROOT
from tests.browser.console_pictures import CONSOLE_IMAGES, CONSOLE_PICTURES, console_picture
from tests.browser.places import PLACES
from tests.browser.readme_pictures import IMAGES, PICTURES, picture_of

MOST = 1_500_000
"""Bytes, in all."""


def shown(page: Path) -> list[str]:
    return re.findall(r"!\[[^\]]+\]\(([^)]+)\)", page.read_text(encoding="utf-8"))


@pytest.mark.parametrize("page", ["README.md", "README.ja.md"])
def test_a_readme_shows_each_picture_that_there_is(page: str) -> None:
    pictures = sorted(path.relative_to(ROOT).as_posix() for path in IMAGES.iterdir() if path.is_file())
    assert sorted(shown(ROOT / page)) == pictures
    assert pictures == sorted(picture_of(name).relative_to(ROOT).as_posix() for name in PICTURES)


def test_a_picture_is_of_a_page_that_the_browser_tests_open() -> None:
    assert set(PICTURES) <= {place.name for place in PLACES}


def test_pictures_are_small() -> None:
    assert sum(path.stat().st_size for path in IMAGES.rglob("*.png")) < MOST


def test_the_pages_of_the_console_show_its_pictures() -> None:
    shown_there = {(ROOT / "docs" / place).resolve() for place in shown(ROOT / "docs" / "console.md")}
    shown_there |= {(ROOT / "docs" / "ja" / place).resolve() for place in shown(ROOT / "docs" / "ja" / "console.md")}
    assert shown_there == {console_picture(*each) for each in CONSOLE_PICTURES}
    assert shown_there == set(CONSOLE_IMAGES.iterdir())
