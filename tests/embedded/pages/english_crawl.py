"""A reader who walks through every page in English, follows each link, posts each form, and notes what is still Japanese.

In: a person, addresses to start from. Out: the Japanese texts of the pages that are neither data nor in the allow-list.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urljoin, urlsplit

from tests.embedded.pages.browsing import Person
from tests.embedded.pages.html_page import VOID, Page, PageForm

JAPANESE = re.compile(r"[\u3001-\u303f\u3041-\u30ff\u3400-\u9fff\uff01-\uffef]")
SHOWN = ("title", "aria-label", "alt", "placeholder", "data-label", "data-done", "data-selected")
"""Attributes that a reader sees or hears."""
ENTERED = ("script", "style", "textarea")
"""What a textarea holds is data."""
WIDE = "Ｘ"


FormKey = tuple[str, tuple[str, ...]]
Fields = list[tuple[str, str]]


def _key(form: PageForm) -> FormKey:
    return form.action, tuple(sorted(form.controls))


class _Texts(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self.links: list[str] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [value for name, value in attrs if name in SHOWN and value]
        self.links += [value for name, value in attrs if (tag, name) == ("a", "href") and value]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        while tag in self.open and self.open.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        if not any(tag in ENTERED for tag in self.open):
            self.found.append(" ".join(data.split()))


def japanese_in(html: str, allowed: Iterable[str] = ()) -> list[str]:
    """The texts that are Japanese beyond what is allowed in them."""
    reader = _read(html)
    data = sorted(allowed, key=len, reverse=True)
    return [text for text in reader.found if JAPANESE.search(_without(text, data))]


def _read(html: str) -> _Texts:
    reader = _Texts()
    reader.feed(html)
    return reader


def _without(text: str, data: Iterable[str]) -> str:
    for each in data:
        text = text.replace(each, "")
    return text


def strings_in(value: Any) -> Iterator[str]:
    """The Japanese strings of a document."""
    match value:
        case str() if JAPANESE.search(value):
            yield value
        case Mapping():
            yield from (text for each in value.values() for text in strings_in(each))
        case list() | tuple():
            yield from (text for each in value for text in strings_in(each))


@dataclass
class Crawl:
    """`known` is what is entered in fields of these names; other fields stay as they are, or get a full-width character."""

    person: Person
    allowed: frozenset[str]
    known: Mapping[str, str] = field(default_factory=dict)
    outside: tuple[str, ...] = ()
    """Addresses with one of these words in them are not looked at."""
    found: set[tuple[str, str]] = field(default_factory=set)
    visited: set[str] = field(default_factory=set)
    sent: set[FormKey] = field(default_factory=set)
    not_english: set[str] = field(default_factory=set)

    def walk(self, *starts: str) -> None:
        """Forms change what pages show: all are looked at once more after them."""
        for key, address in self._look_around(*starts).items():
            self._post(address, key)
        self._look_around(*starts)

    def _look_around(self, *starts: str) -> dict[FormKey, str]:
        """Every page that links lead to. Out: where each form is."""
        seen: set[str] = set()
        forms: dict[FormKey, str] = {}
        waiting = list(starts)
        while waiting:
            address = waiting.pop(0)
            if address not in seen:
                seen.add(address)
                page = self.look(address)
                waiting += self._links(page)
                forms |= {_key(form): address for form in page.forms if form.method.lower() == "post"}
        return forms

    def look(self, address: str) -> Page:
        return self.note(self.person.opens(address))

    def note(self, page: Page) -> Page:
        self.visited.add(page.address)
        if self._is_outside(page.address):
            return page
        if page.headers.get("content-type", "").startswith("text/html"):
            self.found |= {(page.address, text) for text in japanese_in(page.html, self.allowed)}
            if page.lang != "en":
                self.not_english.add(page.address)
        return page

    def _is_outside(self, address: str) -> bool:
        return any(word in address for word in self.outside)

    def _links(self, page: Page) -> Iterator[str]:
        for link in _read(page.html).links:
            parts = urlsplit(urljoin(page.address, link))
            if not parts.netloc and "lang=" not in parts.query and not self._is_outside(link):
                yield parts._replace(fragment="").geturl()

    def _post(self, address: str, key: FormKey) -> None:
        """Each time from the page as it is then: a login gives its forms another token."""
        for way in (self._as_it_is, self._wide, self._known):
            page = self.look(address)
            form = next((each for each in page.forms if _key(each) == key), None)
            if form is not None and (way == self._as_it_is or way(form) != form.fields):
                self._send(page, form, way)

    def _send(self, page: Page, form: PageForm, way: Callable[[PageForm], Fields]) -> None:
        """And on with the forms of the answer that were not seen before, as at a sign-in that leads to a question."""
        if form.method.lower() != "post" or form.action.endswith(("/sign-out", "/logout")):
            return
        self.sent.add(_key(form))
        came = f"{self.person.client.base_url}{page.address}"
        answer = self.note(self.person.posts(urljoin(page.address, form.action), way(form), Referer=came))
        for link in self._links(answer):
            if link not in self.visited:
                self.look(link)
        for each in answer.forms:
            if _key(each) not in self.sent:
                self._send(answer, each, self._wide)
                self._send(answer, each, self._known)

    def _as_it_is(self, form: PageForm) -> Fields:
        return form.fields

    def _known(self, form: PageForm) -> Fields:
        return [(name, self.known.get(name, value)) for name, value in form.fields]

    def _wide(self, form: PageForm) -> Fields:
        return [(name, value + WIDE if self._is_typed(form, name) else value) for name, value in form.fields]

    @staticmethod
    def _is_typed(form: PageForm, name: str) -> bool:
        control = form.controls.get(name, {"tag": "textarea"})
        return control["tag"] == "textarea" or (
            control["tag"] == "input" and control.get("type", "text") in ("text", "email", "password", "")
        )
