"""The page of runbooks as a whole, from the address in the settings."""

from __future__ import annotations

import pytest

from reconciler.core.findings.runbooks import Runbooks

PAGES = {
    None: "docs/finding-runbooks.md",
    "https://docs.example/{language}/{page}.html#{section}": "https://docs.example/en/finding-runbooks.html",
    "https://docs.example/{page}/{section}/": "https://docs.example/finding-runbooks",
    "https://docs.example/{page}?at={section}": "https://docs.example/finding-runbooks?at",
}


@pytest.mark.parametrize("url", PAGES)
def test_the_page_is_the_address_without_a_section(url: str | None) -> None:
    assert str(Runbooks(url=url).page()) == PAGES[url]
