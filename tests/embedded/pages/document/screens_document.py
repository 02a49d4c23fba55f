"""docs/screens-*.md as data: for each screen, the texts that it shows, by state, in the order of the page.

A table whose first column is called Text has one or more texts in backticks in each row, their kind, and the state of the page
that shows them. `{…}` in a text is a place that the page fills in.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

from tests.embedded.pages.document.shown_words import Wanted

DOCS = Path(__file__).parents[4] / "docs"
SENTENCES = {"text", "error", "notice", "warning", "name"}
"""Kinds whose texts may be a part of a line. The others are labels, character for character."""
HEAD = "| Text | Kind | State | Source |"
FIRST = "first"


@dataclass
class ScreenTexts:
    by_state: dict[str, list[Wanted]] = field(default_factory=dict)

    def knows(self, name: str) -> bool:
        """A text that is nothing but a place names nothing: it would fit any name."""
        texts = (wanted for texts in self.by_state.values() for wanted in texts if not wanted.bare)
        return any(wanted.pattern.fullmatch(name) for wanted in texts)


def read_document(name: str) -> dict[str, ScreenTexts]:
    """By heading of the page."""
    found: dict[str, ScreenTexts] = {}
    for section in re.split(r"^## ", (DOCS / name).read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]:
        screen = ScreenTexts()
        for table in re.findall(rf"^{re.escape(HEAD)}\n\|[-|]+\n((?:\|.*\n)+)", section, flags=re.MULTILINE):
            for row in table.splitlines():
                texts, kind, state, _source = (cell.strip() for cell in row.strip("|").split(" | "))
                wanted = [Wanted(text, kind in SENTENCES) for text in re.findall(r"`([^`]+)`", texts)]
                screen.by_state.setdefault(state, []).extend(wanted)
        if screen.by_state:
            found[section.partition("\n")[0]] = screen
    return found
