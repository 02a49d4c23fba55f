"""Headings of the built Japanese pages that are still English, although the page's mirror translates them.

In: the folder of the site, and the names of the pages that have a mirror. Out: a line for each such heading.
"""

from __future__ import annotations

from collections.abc import Iterable
from html.parser import HTMLParser
from pathlib import Path

from tools.docs_site.markdown import headings


def english_headings(site: Path, sources: Path, names: Iterable[str]) -> list[str]:
    """Compares each built page with the English and the Japanese page it was made of."""
    return [
        f"ja/{name}.html: the heading is not translated: {heading}"
        for name in names
        for heading in sorted(_to_translate(sources, name) & _shown(site / "ja" / f"{name}.html"))
    ]


def _to_translate(sources: Path, name: str) -> set[str]:
    """Headings with code or links are not compared: they are shown without marks. Most have none."""
    english, japanese = (
        set(headings((sources / language / f"{name}.md").read_text(encoding="utf-8"))) for language in ("en", "ja")
    )
    return english - japanese


def _shown(page: Path) -> set[str]:
    parsed = _Headings()
    parsed.feed(page.read_text(encoding="utf-8"))
    return {" ".join(text.removesuffix("#").split()) for text in parsed.found}


class _Headings(HTMLParser):
    """`found` are the texts of `h1` to `h6`, with the mark of their links at the end."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002  # HTMLParser's
        if _is_heading(tag):
            self._inside = True
            self.found.append("")

    def handle_endtag(self, tag: str) -> None:
        self._inside = self._inside and not _is_heading(tag)

    def handle_data(self, data: str) -> None:
        if self._inside:
            self.found[-1] += data


def _is_heading(tag: str) -> bool:
    return len(tag) == 2 and tag[0] == "h" and tag[1].isdigit()
