"""Whatever people, shops, mail servers and browsers send: on the pages it is text, and never a secret."""

from __future__ import annotations

from functools import cache
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.console.access.options import ConsoleOptions
from reconciler.console.app import create_console
from reconciler.views.common.display_width import escape_unprintable
from tests.console.conftest import Visitor
from tests.console.sample_overviews import PAGES, RUN, SampleSources, Words, plain
from tests.support.manual_clock import HandClock
from tests.views.html.page_reader import Node, read_page
from tests.views.markdown.test_escaping import VALUES

SHOWN = [path for name, path in PAGES.items() if name not in ("not-found", "bad-query", "shops-none")]
TAGS = frozenset(
    (
        *(
            "html",
            "head",
            "meta",
            "title",
            "link",
            "body",
            "header",
            "nav",
            "main",
            "section",
            "footer",
            "figure",
            "figcaption",
        ),
        *(
            "h1",
            "h2",
            "p",
            "a",
            "b",
            "strong",
            "span",
            "code",
            "pre",
            "div",
            "ul",
            "ol",
            "li",
            "dl",
            "dt",
            "dd",
            "time",
        ),
        *("table", "caption", "thead", "tbody", "tr", "th", "td", "svg", "rect", "desc", "details", "summary"),
        *("form", "label", "input", "select", "option", "button"),
    )
)
ATTRIBUTES = frozenset(
    (
        *(
            "lang",
            "hreflang",
            "charset",
            "content",
            "name",
            "http-equiv",
            "rel",
            "href",
            "class",
            "id",
            "for",
            "type",
            "value",
        ),
        *(
            "method",
            "action",
            "role",
            "scope",
            "tabindex",
            "aria-label",
            "aria-labelledby",
            "aria-current",
            "aria-sort",
        ),
        *(
            "aria-hidden",
            "data-column",
            "datetime",
            "maxlength",
            "autocomplete",
            "spellcheck",
            "selected",
            "open",
            "required",
        ),
        *("viewbox", "preserveaspectratio", "x", "y", "width", "height", "rx"),
    )
)
SECRETS = (
    "amzn.mws.1a2b3c4d-5e6f-7a8b-9c0d-1e2f3a4b5c6d",
    "Atza|IwEBIJ0aSecretSecretSecret",
    "AKIAABCDEFGHIJKLMNOP",
    "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASC\n-----END PRIVATE KEY-----",
    "Bearer abcdefgh1234567890",
    "postgresql://user:hunter2password@db.example/store",
)


def page(path: str, words: Words = plain, language: str = "en") -> str:
    app = create_console(ConsoleOptions(fleet=words("operator")), SampleSources(shops=12, words=words), HandClock())
    return Visitor(app).get(path, headers={"accept-language": language}).text


def check_markup(root: Node) -> None:
    for node in root.walk():
        assert node.tag in TAGS
        assert set(node.attributes) <= ATTRIBUTES
        for name in ("href", "action"):
            assert str(node.attributes.get(name, "/")).startswith(("/", "#", "data:,"))
            assert not str(node.attributes.get(name, "/")).startswith("//")


@pytest.mark.parametrize("path", [*PAGES.values()])
@pytest.mark.parametrize("language", ["en", "ja"])
def test_pages_are_whole_and_have_no_scripts_and_no_styles(path: str, language: str) -> None:
    root = read_page(page(path, language=language))
    check_markup(root)
    names = [node.attributes["id"] for node in root.walk() if "id" in node.attributes]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("path", SHOWN)
@given(text=VALUES)
def test_no_value_becomes_markup(path: str, text: str) -> None:
    root = read_page(page(path, lambda _text: text or "x"))
    check_markup(root)
    assert {node.tag for node in root.walk()} - {"code"} == plain_tags(path)


@cache
def plain_tags(path: str) -> set[str]:
    return {node.tag for node in read_page(page(path, lambda _text: "plain")).walk()} - {"code"}


def test_a_value_is_shown_as_it_is() -> None:
    text = "<script>alert(1)</script> \"'& \u202e"
    root = read_page(page("/shops/kyoto-tea", lambda given: f"{given}{text}"))
    assert escape_unprintable(f"花子{text}") in {node.text for node in root.walk()}
    assert not root.all("script")


@pytest.mark.parametrize("path", SHOWN)
@pytest.mark.parametrize("secret", SECRETS)
def test_a_secret_that_somebody_pasted_is_not_shown(path: str, secret: str) -> None:
    for words in (lambda _text: secret, lambda text: f"{text} {secret} {text}"):
        text = page(path, words)
        for part in ("5e6f-7a8b", "IwEBIJ0a", "AKIAABCD", "MIIEvQIBADAN", "abcdefgh1234567890", "hunter2password"):
            assert part not in text


def test_what_is_planted_is_found() -> None:
    """The page that shows it as a word of no credential has it."""
    assert "hunter3password" in page("/alerts", lambda _text: "hunter3password")


@given(query=st.text(max_size=60), name=st.text(max_size=20))
def test_any_query_is_answered_by_a_page(query: str, name: str) -> None:
    browser = Visitor(app())
    for path in ("/shops", "/runs", "/inbox", "/alerts", f"/runs/{RUN}"):
        for params in ({"words": query}, {name: query}, {"before": query}, {"page": query}, {"owner": query}):
            answer = browser.get(path, params=params)
            assert answer.status_code in (200, 400)
            check_markup(read_page(answer.text))


@given(path=st.text(max_size=40))
def test_any_path_is_answered_by_a_page(path: str) -> None:
    answer = Visitor(app()).get(f"/shops/{quote(path, safe='', errors='replace')}")
    assert answer.status_code in (200, 404)
    check_markup(read_page(answer.text))


@cache
def app():
    return create_console(ConsoleOptions(fleet="operator"), SampleSources(shops=3), HandClock())
