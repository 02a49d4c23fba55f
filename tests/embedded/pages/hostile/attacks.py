"""What strangers and mistakes send to a form or an address, and what is wrong with the answers."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from urllib.parse import urlencode

import httpx

from tests.embedded.pages.browsing import browser
from tests.embedded.pages.hostile.crawling import Crawler, SeenForm
from tests.embedded.pages.hostile.suspicion import faults_of_answer
from tests.embedded.pages.html_page import PageForm

FORM = "application/x-www-form-urlencoded"
MARK = "zq9"
SECRET = "s3cret-that-was-typed"
VALUES = {
    "html": f"\"'><script>alert('{MARK}')</script><img src=x onerror=alert(1)>{{{{7*7}}}}",
    "nul": f"{MARK}\x00b",
    "turned": f"{MARK}\u202egpj.exe",
    "half a character": f"{MARK}\ud800",
    "no character": f"{MARK}\uffff",
    "emoji": "👩‍👧 " + MARK,
    "lines": f"{MARK}\r\nSet-Cookie: {MARK}=1\r\n\r\n<b>",
    "wildcards": "%_\\' OR 1=1 --",
    "long": MARK * 2000,
    "number": "-99999999999999999999999999",
    "wide": "１２３",
    "address": "https://thief.example/",
    "blank": "　",
}
LARGE = "x" * 1_000_000
SEGMENTS = (
    "%00",
    "%2e%2e",
    "..%2f..%2fetc",
    "%3Cscript%3E",
    "%ED%A0%80",
    "x" * 3000,
    "%E2%80%AE",
    "9" * 40,
    "%27%20OR%201=1",
)


@dataclass
class Answer:
    attack: str
    status: int
    faults: list[str] = field(default_factory=list)


def forged_posts(crawler: Crawler, form: PageForm, dump: Callable[[], object]) -> Iterator[Answer]:
    """Without a token, with a wrong one, from another site, and from someone without the session."""
    without = [each for each in form.fields if each[0] != "csrf"]
    home = str(crawler.client.base_url).rstrip("/")
    tokens = {"none": without, "wrong": [*without, ("csrf", "0" * 64)], "no text": [*without, ("csrf", "あ\x00")]}
    for name, fields in tokens.items():
        yield _refused(crawler, f"token: {name}", form, fields, dump)
    for origin in ("https://thief.example", "null", home + ".thief.example"):
        yield _refused(crawler, origin, form, form.fields, dump, Origin=origin)
    typed = [(name, SECRET if _is_secret(form, name) else value) for name, value in form.fields]
    with browser(home) as stranger:
        yield _refused(crawler, "signed out", form, typed, dump, client=stranger)


def _is_secret(form: PageForm, name: str) -> bool:
    return form.controls.get(name, {}).get("type") == "password" or name == "csrf"


def _refused(
    crawler: Crawler,
    attack: str,
    form: PageForm,
    fields: list[tuple[str, str]],
    dump: Callable[[], object],
    *,
    client: httpx.Client | None = None,
    **headers: str,
) -> Answer:
    before = dump()
    answer = _post(client or crawler.client, form.action, fields, **headers)
    found = _answer(crawler, attack, answer)
    if answer.status_code not in (403, 503):
        found.faults.append(f"accepted with {answer.status_code}")
    if dump() != before:
        found.faults.append("something was written")
    if SECRET in answer.text:
        found.faults.append("shows what was typed as a secret")
    return found


def odd_posts(crawler: Crawler, form: PageForm) -> Iterator[Answer]:
    """Other content types, too many fields, unknown, missing and doubled ones."""
    fields = list(form.fields)
    client = crawler.client
    yield _answer(crawler, "json", client.post(form.action, json=dict(fields)), 422)
    yield _answer(crawler, "multipart", client.post(form.action, files={"csrf": b"x"}), 422)
    yield _answer(crawler, "nothing", client.post(form.action), 422)
    yield _answer(crawler, "many", _post(client, form.action, fields + [(f"x{n}", "") for n in range(2000)]), 422)
    yield _answer(crawler, "large", _post(client, form.action, [*fields, ("x", LARGE)]), 413)
    yield _answer(crawler, "unknown", _post(client, form.action, [*fields, (f"<b>{MARK}", "x"), ("", "")]))
    yield _answer(crawler, "put", client.put(form.action, content=urlencode(fields)), 405)
    yield _answer(crawler, "override", _post(client, form.action, fields, **{"X-HTTP-Method-Override": "DELETE"}))
    for name in dict(fields):
        if name != "csrf":
            yield _answer(crawler, f"without {name}", _post(client, form.action, [e for e in fields if e[0] != name]))
            yield _answer(crawler, f"{name} twice", _post(client, form.action, [*fields, (name, MARK)]))


def hostile_posts(crawler: Crawler, seen: SeenForm) -> Iterator[Answer]:
    form = crawler.fresh(seen)
    for name in [each for each in form.controls if each not in ("csrf", "")]:
        hidden = form.controls[name].get("type") in ("hidden", "checkbox", "radio")
        for attack, value in VALUES.items():
            if hidden and attack not in ("html", "nul", "long", "half a character"):
                continue
            fields = [(known, old) for known, old in form.fields if known != name]
            answer = _post(crawler.client, form.action, [*fields, (name, value)])
            found = _answer(crawler, f"{name}: {attack}", answer)
            if answer.status_code == 422 and not _names_field(form, name, answer.text):
                found.faults.append("does not name the field")
            yield found
            if answer.is_redirect:
                crawler.asks("GET", str(answer.headers["location"]))
                form = crawler.fresh(seen)


def _names_field(form: PageForm, name: str, html: str) -> bool:
    """A field that a person filled in is named; one text for all mistakes is the rule of a sign-in."""
    control = form.controls[name]
    typed = control.get("tag") == "textarea" or control.get("type", "text") in ("text", "email", "number")
    signs_in = any(each.get("autocomplete") == "current-password" for each in form.controls.values())
    return not typed or signs_in or f'href="#{name}"' in html or 'role="alert"' in html


def hostile_queries(crawler: Crawler) -> Iterator[Answer]:
    """Each known word of a query, with something else in it."""
    once = {(crawler.route("GET", path), name): path for path, name in sorted(crawler.queries)}
    for (_, name), path in once.items():
        for attack, value in VALUES.items():
            answer = _look(crawler, f"{path}?{urlencode([(name, value)], errors='surrogatepass')}")
            yield _answer(crawler, f"{path}?{name} {attack}", answer)
        yield _answer(crawler, f"{path}?{name} twice", _look(crawler, f"{path}?{name}=a&{name}=b&{name}[]=c"))


def hostile_paths(crawler: Crawler, mount: str) -> Iterator[Answer]:
    """Each place of a path, with something else in it."""
    for method, path in sorted(crawler.routes):
        for segment in SEGMENTS if "{" in path and path.startswith(mount) else ():
            address = re.sub(r"\{\w+\}", segment, path)
            answer = _look(crawler, address) if method == "GET" else _post(crawler.client, address, [])
            yield _answer(crawler, f"{method} {address[:90]}", answer)


def _look(crawler: Crawler, address: str) -> httpx.Response:
    return crawler.client.get(address, follow_redirects=False)


def _post(client: httpx.Client, address: str, fields: list[tuple[str, str]], **headers: str) -> httpx.Response:
    body = urlencode(fields, errors="surrogatepass")
    return client.post(address, content=body, headers={"Content-Type": FORM, **headers}, follow_redirects=False)


def _answer(crawler: Crawler, attack: str, answer: httpx.Response, expected: int | None = None) -> Answer:
    faults = list(faults_of_answer(answer, crawler.secrets))
    if expected is not None and answer.status_code not in (expected, 403, 503):
        faults.append(f"status {answer.status_code}, not {expected}")
    if MARK in answer.headers.get("set-cookie", ""):
        faults.append("sets a cookie that was sent")
    return Answer(attack, answer.status_code, faults)


def garbage_in(dump: dict[str, list[str]]) -> list[str]:
    """Rows that hold what no field may hold."""
    bad = ("\\x00", "\\u202e", "\\ud800", "\\uffff", "\ufffd", MARK * 1000)
    return [f"{table}: {row[:200]}" for table, rows in dump.items() for row in rows if any(each in row for each in bad)]
