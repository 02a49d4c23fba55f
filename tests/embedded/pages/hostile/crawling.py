"""Someone who opens every page that links and forms lead to, sends each form once, and remembers what they saw.

In: a browser and where to start. Out: the routes that answered, the forms that were seen, and what was wrong with an answer.
"""

from __future__ import annotations

import html
import re
from collections import Counter, deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import httpx
from fastapi import FastAPI
from starlette.routing import Mount

from tests.embedded.pages.hostile.suspicion import faults_of_answer
from tests.embedded.pages.html_page import Page, PageForm, read_page

PER_ROUTE = 3
LAST = ("/cancel", "/remove", "/revoke", "/storefront", "/logout", "/end-preview", "/sign-out")
"""What takes away pages that are still to be seen, in this order."""
Route = tuple[str, str]
Values = Mapping[str, str | None]


def routes_of(app: FastAPI) -> dict[Route, re.Pattern[str]]:
    """Every route of the applications of pages: method and path, with what matches it."""
    found: dict[Route, re.Pattern[str]] = {}
    for mount in app.routes:
        if isinstance(mount, Mount):
            for route in _flat(_innermost(mount.app).routes):
                path = mount.path + route.path
                pattern = re.compile(re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(path)))
                found |= {(method, path): pattern for method in route.methods - {"HEAD"}}
    return found


def _innermost(app: Any) -> Any:
    while not isinstance(app, FastAPI):
        app = getattr(app, "app", None) or app._app
    return app


def _flat(routes: Sequence[Any]) -> Iterator[Any]:
    for route in routes:
        inner = getattr(route, "original_router", None)
        yield from [route] if inner is None else _flat(inner.routes)


def _forms_of(page: Page) -> list[PageForm]:
    """Also a form once more for each of its buttons that sends it elsewhere."""
    parts = re.findall(r"<form\b.*?</form>", page.html, re.DOTALL)
    elsewhere = [
        replace(form, action=action)
        for form, part in zip(page.forms, parts, strict=True)
        for action in re.findall(r'formaction="([^"]*)"', part)
    ]
    return [*(form for form in page.forms if form.action), *elsewhere]


@dataclass
class SeenForm:
    """`page` is the address that shows the form, empty for the answer to a post."""

    page: str
    form: PageForm
    route: Route


@dataclass
class Crawler:
    client: httpx.Client
    routes: Mapping[Route, re.Pattern[str]]
    examples: Mapping[str, Sequence[Values]]
    """By the end of a form's address: what is entered, one post each."""
    secrets: tuple[str, ...] = ()
    reached: set[Route] = field(default_factory=set)
    forms: dict[tuple[Route, str], SeenForm] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)
    opened: Counter[object] = field(default_factory=Counter)
    queries: set[tuple[str, str]] = field(default_factory=set)

    def walk(self, *starts: str) -> None:
        self._open_all(deque(starts))
        for seen in [each for end in LAST for each in self.forms.values() if each.form.action.endswith(end)]:
            self._open_all(deque(self._send(seen)))

    def _open_all(self, waiting: deque[str]) -> None:
        while waiting:
            address = waiting.popleft()
            if self._is_new(address):
                self._look(address, self.asks("GET", address), waiting)

    def _is_new(self, address: str) -> bool:
        parts = urlsplit(address)
        names = tuple(sorted(name for name, _ in parse_qsl(parts.query, keep_blank_values=True)))
        self.queries |= {(parts.path, name) for name in names}
        kind = (self.route("GET", parts.path), names)
        if address in self.opened or self.opened[kind] >= PER_ROUTE:
            return False
        self.opened.update([address, kind])
        return True

    def _look(self, address: str, page: Page, waiting: deque[str]) -> None:
        for link in re.findall(r'<(?:a|link|script) [^>]*(?:href|src)="([^"]*)"', page.html):
            to = httpx.URL(page.address).join(html.unescape(link))
            if to.host:
                self.wrong.append(f"{page.address} leads to another host: {to}")
            elif "lang=" not in str(to) and (to.path != page.address.partition("?")[0] or to.query):
                waiting.append(str(to.copy_with(fragment=None)))
        for form in _forms_of(page):
            seen = SeenForm(address if page.status == 200 else "", form, self.route(form.method.upper(), form.action))
            if form.method.lower() == "get":
                waiting.append(f"{form.action}?{urlencode(form.fields)}")
            elif (seen.route, form.action) not in self.forms and self._count(seen) < PER_ROUTE:
                self.forms[seen.route, form.action] = seen
                if not form.action.endswith(LAST):
                    waiting.extend(self._send(seen))

    def _count(self, seen: SeenForm) -> int:
        return sum(route == seen.route for route, _ in self.forms)

    def _send(self, seen: SeenForm) -> list[str]:
        """Each example once. What is to be opened next: where a post led to."""
        found: deque[str] = deque()
        for values in self.entered(seen):
            page = self.asks("POST", seen.form.action, self.fields(self.fresh(seen), values))
            self._look(page.address, page, found)
            found.append(page.address)
        return list(found)

    def entered(self, seen: SeenForm) -> Sequence[Values]:
        path = seen.form.action.partition("?")[0]
        return next((found for end, found in self.examples.items() if path.endswith(end)), ({},))

    def fresh(self, seen: SeenForm) -> PageForm:
        """The form as its page shows it now: with the present version, and a token of the present session."""
        if not seen.page:
            return seen.form
        page = self.asks("GET", seen.page)
        return next((form for form in _forms_of(page) if form.action == seen.form.action), seen.form)

    def fields(self, form: PageForm, values: Values) -> list[tuple[str, str]]:
        kept = [(name, value) for name, value in form.fields if name not in values]
        return kept + [(name, value) for name, value in values.items() if value is not None and name in form.controls]

    def route(self, method: str, address: str) -> Route:
        path = urlsplit(address).path
        fitting = [route for route, pattern in self.routes.items() if route[0] == method and pattern.fullmatch(path)]
        return min(fitting, key=lambda route: route[1].count("{"), default=(method, path))

    def asks(self, method: str, address: str, fields: Sequence[tuple[str, str]] | None = None) -> Page:
        body = None if fields is None else urlencode(fields, errors="surrogatepass")
        headers = {} if body is None else {"Content-Type": "application/x-www-form-urlencoded"}
        return self.reads(self.client.request(method, address, content=body, headers=headers))

    def reads(self, answer: httpx.Response) -> Page:
        for each in (*answer.history, answer):
            self.reached.add(self.route(each.request.method, each.url.path))
            self.wrong += [
                f"{each.request.method} {each.url.path}: {fault}" for fault in faults_of_answer(each, self.secrets)
            ]
        headers = {name.lower(): value for name, value in answer.headers.items()}
        return read_page(answer.status_code, answer.url.raw_path.decode(), answer.text, headers)
