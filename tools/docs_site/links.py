"""Links of the built site that lead nowhere.

In: the folder of the site. Out: a line for each link to a page, a picture or a section that the site does not have. Addresses of
the internet are not followed.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit


def broken_links(site: Path) -> list[str]:
    read = cache(_read)
    return [
        f"{page.relative_to(site)}: {link}: no such {missing}"
        for page in sorted(site.glob("**/*.html"))
        for link in sorted(read(page).links)
        if (missing := _missing(page, link, read)) is not None
    ]


def _missing(page: Path, link: str, read: Callable[[Path], _Page]) -> str | None:
    """What of a link is not there: "file" or "section"."""
    parts = urlsplit(link)
    if parts.scheme or parts.netloc:
        return None
    target = (page.parent / unquote(parts.path)).resolve() if parts.path else page
    if target.is_dir():
        target /= "index.html"
    if not target.is_file():
        return "file"
    section = unquote(parts.fragment)
    return "section" if section and target.suffix == ".html" and section not in read(target).sections else None


class _Page(HTMLParser):
    """`links` are those of the page, `sections` the names that a link to it can end in."""

    def __init__(self) -> None:
        super().__init__()
        self.links: set[str] = set()
        self.sections: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002  # HTMLParser's
        for name, value in attrs:
            if value and name in ("href", "src"):
                self.links.add(value)
            elif value and name == "id":
                self.sections.add(value)


def _read(page: Path) -> _Page:
    parsed = _Page()
    parsed.feed(page.read_text(encoding="utf-8"))
    return parsed
