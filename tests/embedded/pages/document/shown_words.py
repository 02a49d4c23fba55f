"""What a person can read on a page, piece by piece: lines, single tokens, and the names of its parts.

In: HTML. Out: a `ShownWords`, which finds the texts of docs/screens-*.md in it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

BREAKS = {
    "p", "h1", "h2", "h3", "li", "td", "th", "dd", "dt", "div", "legend", "label", "summary", "button", "option", "main",
    "fieldset", "section", "form", "header", "nav", "footer", "ul", "ol", "dl", "table", "textarea", "title",
}  # fmt: skip
NAMED = {"h1", "h2", "h3", "label", "legend", "th", "dt", "button", "summary"}
"""Elements that name a part of the page: a text in them has to be documented."""
EMPTY = {"input", "meta", "link", "br", "img", "hr", "rect", "path"}
SILENT = {"script", "style", "svg"}
BESIDE = ("aria-label", "title", "placeholder", "alt", "data-done", "data-selected")
"""Attributes with texts that are read aloud, or that the script shows."""
PLACE = re.compile(r"\\\{[^{}]*\\\}")


@dataclass(frozen=True, slots=True)
class Wanted:
    """A text of the document. A sentence may be a part of a line; a label is a whole token."""

    text: str
    sentence: bool

    @property
    def pattern(self) -> re.Pattern[str]:
        return re.compile(PLACE.sub(".+?", re.escape(self.text)))

    @property
    def bare(self) -> bool:
        return PLACE.fullmatch(re.escape(self.text)) is not None


@dataclass
class ShownWords(HTMLParser):
    """`names` are the texts of headings, labels, columns and buttons; what is only read aloud is none."""

    lines: list[str] = field(default_factory=list)
    tokens: list[tuple[int, str]] = field(default_factory=list)
    names: set[str] = field(default_factory=set)
    _open: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    _line: str = ""

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)

    def add(self, html: str) -> None:
        self.feed(html)
        self.end_line()

    def place_of(self, wanted: Wanted, after: int = 0) -> int | None:
        """The number of the first line that shows it, at `after` or later."""
        if wanted.sentence:
            found = (number for number, line in enumerate(self.lines) if wanted.pattern.search(line))
        else:
            found = (number for number, token in self.tokens if wanted.pattern.fullmatch(token))
        return next((number for number in found if number >= after), None)

    def out_of_order(self, texts: list[Wanted]) -> Iterator[str]:
        """The texts that are not behind the one before."""
        line = 0
        for wanted in texts:
            found = self.place_of(wanted, line)
            if found is None:
                yield wanted.text
            else:
                line = found

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        words = {name: value or "" for name, value in attrs}
        if tag in BREAKS:
            self.end_line()
        for name in BESIDE:
            if words.get(name):
                self.separate(words[name])
        if tag == "input" and words.get("type") != "hidden" and words.get("value"):
            self.separate(words["value"])
        if tag == "br":
            self._line += " "
        if tag not in EMPTY:
            self._open.append((tag, words))

    def handle_endtag(self, tag: str) -> None:
        if tag in BREAKS:
            self.end_line()
        if any(each == tag for each, _ in self._open):
            while self._open.pop()[0] != tag:
                pass

    def handle_data(self, data: str) -> None:
        if any(tag in SILENT for tag, _ in self._open):
            return
        self._line += data
        token = " ".join(data.split())
        if not token:
            return
        self.tokens.append((len(self.lines), token))
        if self._names_something():
            self.names.add(token)

    def separate(self, text: str) -> None:
        """A text beside the line that is being read."""
        self.tokens.append((len(self.lines), text))
        self.lines.append(text)

    def end_line(self) -> None:
        text = " ".join(self._line.split())
        self._line = ""
        if text:
            self.lines.append(text)

    def _names_something(self) -> bool:
        inside = [(tag, words) for tag, words in self._open if tag in NAMED]
        read_aloud = any("sr" in words.get("class", "").split() for _, words in self._open)
        return bool(inside) and not read_aloud and not any(words.get("scope") == "row" for _, words in inside)
