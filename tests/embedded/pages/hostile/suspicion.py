"""What no answer of a page may have, whatever was sent: an active element of someone else's, a secret, a missing header.

In: an answer. Out: what is wrong with it, in words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser

import httpx

HEADERS = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "cache-control": "no-store",
    "referrer-policy": "same-origin",
}
INSIDE = ("Traceback", "sqlalchemy", "sqlite3", "IntegrityError", "jinja2", 'File "')
_JAPANESE = re.compile(r"[ぁ-んァ-ヶ一-龠]")


class _ActiveContent(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        words = {name: value or "" for name, value in attrs}
        if tag in ("iframe", "object", "embed", "base") or (
            tag == "script" and not words.get("src", "").startswith("/")
        ):
            self.found.append(f"an element {tag}")
        for name, value in words.items():
            if name.startswith("on") or name == "style":
                self.found.append(f"an attribute {name}")
            elif name in ("href", "src", "action", "formaction") and re.match(r"\s*(\w+:|//)", value):
                self.found.append(f"{name}={value[:60]}")


def faults_of_answer(answer: httpx.Response, secrets: tuple[str, ...]) -> Iterator[str]:
    if answer.status_code >= 500 and "retry-after" not in answer.headers:
        yield f"status {answer.status_code}"
    for name, value in HEADERS.items():
        if answer.headers.get(name) != value:
            yield f"header {name} is {answer.headers.get(name)}"
    if "default-src 'none'" not in answer.headers.get("content-security-policy", ""):
        yield "no Content-Security-Policy"
    for cookie in answer.headers.get_list("set-cookie"):
        if not re.search(r"; *HttpOnly", cookie) or not re.search(r"; *SameSite=lax", cookie):
            yield f"a cookie without its attributes: {cookie.partition('=')[0]}"
    place = answer.headers.get("location", "")
    if place and not re.match(r"/(?![/\\])", place):
        yield f"leads to {place}"
    for secret in secrets:
        if secret in answer.text or secret in place:
            yield f"shows a secret ({secret[:4]}...)"
    yield from _faults_of_html(answer)


def _faults_of_html(answer: httpx.Response) -> Iterator[str]:
    kind = answer.headers.get("content-type", "")
    if answer.is_redirect or answer.status_code == 204 or kind.startswith(("text/css", "text/javascript", "image/")):
        return
    if kind != "text/html; charset=utf-8":
        yield f"content type {kind}"
    if '<html lang="ja">' not in answer.text or not _JAPANESE.search(answer.text):
        yield "not a page in Japanese"
    for word in INSIDE:
        if word in answer.text:
            yield f"shows {word}"
    reader = _ActiveContent()
    reader.feed(answer.text)
    yield from reader.found
