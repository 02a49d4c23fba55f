"""What holds for every request: headers, hosts, methods, languages, queries, errors as pages."""

from __future__ import annotations

import re

import pytest

from reconciler.console.http.security_headers import POLICY
from reconciler.core.diagnostics.messages import msg
from reconciler.ports import SetupError
from tests.console.conftest import SECRET
from tests.console.sample_overviews import PAGES, SampleSources


def style_of(text: str) -> str:
    found = re.search(r'<link rel="stylesheet" href="([^"]+)">', text)
    assert found is not None
    return found[1]


@pytest.mark.parametrize("path", [*PAGES.values(), "/sign-in", "/a/b/c", "/shops/x/y", "/static/none.css"])
@pytest.mark.parametrize("options", [{}, {"token": SECRET}])
def test_every_response_has_the_headers(visit, path: str, options) -> None:
    answer = visit(**options).get(path)
    assert answer.headers["content-security-policy"] == POLICY
    assert "script-src" not in POLICY
    assert "unsafe" not in POLICY
    expected = {
        "x-content-type-options": "nosniff",
        "x-frame-options": "DENY",
        "referrer-policy": "same-origin",
        "cross-origin-opener-policy": "same-origin",
        "cache-control": "no-store",
    }
    assert {name: answer.headers[name] for name in expected} == expected
    assert "server" not in answer.headers


def test_the_style_sheet_is_kept_for_ever_under_a_name_of_its_content(visit) -> None:
    browser = visit()
    path = style_of(browser.get("/").text)
    answer = browser.get(path)
    assert answer.headers["content-type"].startswith("text/css")
    assert answer.headers["cache-control"] == "private, max-age=31536000, immutable"
    assert "@import" not in answer.text
    assert "url(" not in answer.text
    again = browser.get(path, headers={"if-none-match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert browser.get("/static/console-0.css").status_code == 404


def test_the_style_sheet_needs_no_sign_in(visit) -> None:
    browser = visit(token=SECRET)
    assert browser.get(style_of(browser.get("/sign-in").text)).status_code == 200


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
@pytest.mark.parametrize("path", ["/", "/shops/kyoto-tea", "/nothing"])
def test_nothing_can_be_written(visit, method: str, path: str) -> None:
    answer = visit().sends(method, path)
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD")
    assert "nothing can be changed here" in answer.text


def test_a_head_has_no_body(visit) -> None:
    answer = visit().sends("HEAD", "/")
    assert (answer.status_code, answer.content) == (200, b"")


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:8769", "127.0.0.1.evil.example", "console.kyoto.example.evil"]
)
def test_a_foreign_name_is_refused(visit, host: str) -> None:
    answer = visit(hosts=frozenset({"console.kyoto.example"})).get("/", headers={"host": host})
    assert answer.status_code == 421
    assert "console.hosts" in answer.text
    assert "Fleet operator" not in answer.text


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "192.0.2.1:8769", "[::1]:8769", "localhost", "CONSOLE.kyoto.example:443"]
)
def test_addresses_and_configured_names_are_served(visit, host: str) -> None:
    browser = visit(hosts=frozenset({"console.kyoto.example"}))
    assert browser.get("/", headers={"host": host}).status_code == 200


@pytest.mark.parametrize("hosts", [[("host", "localhost"), ("host", "evil.example")], [("host", "")], [("host", "[")]])
def test_a_request_names_one_host(visit, hosts) -> None:
    assert visit().get("/", headers=hosts).status_code in (400, 421)


@pytest.mark.parametrize("header", ["Forwarded", "Via", "X-Forwarded-For", "X-Real-IP"])
def test_a_console_without_a_sign_in_is_not_shown_through_a_proxy(visit, header: str) -> None:
    answer = visit().get("/", headers={header: "203.0.113.9"})
    assert answer.status_code == 403
    assert "console.token" in answer.text
    assert visit(token=SECRET).get("/", headers={header: "203.0.113.9"}).status_code == 303


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("state=lost", "state has no value lost (available: drifted, unread, new, accepted, in-sync)"),
        ("colour=red", "a part that this page does not know: colour"),
        ("words=a&words=b", "The address has words twice"),
        ("page=0", "page has to be a number from 1"),
        ("page=-1", "page has to be a number"),
        ("page=1e3", "page has to be a number"),
        ("page=999999999999999999999", "page has to be a number"),
        ("page=%D9%A3", "page has to be a number"),
        ("words=%00", "The value of words is too long or not a text"),
        ("words=%0d%0aSet-Cookie:x", "The value of words is too long or not a text"),
        (f"words={'x' * 201}", "The value of words is too long or not a text"),
        ("severity=1", "severity has no value 1"),
    ],
)
def test_a_bad_query_is_a_page_that_names_it(visit, query: str, says: str) -> None:
    answer = visit().get(f"/shops?{query}")
    assert answer.status_code == 400
    assert says in answer.text.replace("&#39;", "'")
    assert "set-cookie" not in answer.headers


def test_an_address_that_is_too_long_is_refused(visit) -> None:
    assert visit().get(f"/shops?words={'x' * 5_000}").status_code == 414


@pytest.mark.parametrize("path", ["/inbox/x", "/inbox/-1", "/inbox/99999999999999999999", "/runs?before=1&before=2"])
def test_a_number_is_a_number(visit, path: str) -> None:
    assert visit().get(path).status_code == 400


@pytest.mark.parametrize(
    "path",
    [
        "/shops/..%2f..%2fetc%2fpasswd",
        "/shops/%2e%2e",
        "/..%5c..",
        "/%2f/evil.example/",
        "/static/../app.py",
        "/shops/nowhere",
        "/runs/x",
    ],
)
def test_what_does_not_exist_is_a_page(visit, path: str) -> None:
    answer = visit().get(path)
    assert answer.status_code == 404
    assert "There is no such page" in answer.text


def test_where_the_store_fails_the_page_says_what_to_do(visit, sources: SampleSources) -> None:
    sources.failure = SetupError(msg("The store {place} does not answer", place="db"), hint=msg("Check the database"))
    answer = visit().get("/")
    assert answer.status_code == 503
    assert "The store db does not answer" in answer.text
    assert "Check the database" in answer.text
    assert "refresh" not in answer.text


def test_an_internal_error_is_a_page_without_details(visit, sources: SampleSources) -> None:
    sources.failure = ValueError("hunter2")
    answer = visit().get("/")
    assert answer.status_code == 500
    assert "hunter2" not in answer.text
    assert visit().get("/runs").status_code == 200


@pytest.mark.parametrize(
    ("header", "code"),
    [
        ("", "en"),
        ("ja", "ja"),
        ("ja-JP,ja;q=0.9,en;q=0.8", "ja"),
        ("en-GB, ja;q=0.9", "en"),
        ("fr, ja;q=0.1", "ja"),
        ("ja;q=0, en", "en"),
        ("ja;q=x", "en"),
        ("de", "en"),
        (",;=,", "en"),
    ],
)
def test_the_language_is_that_of_the_browser(visit, header: str, code: str) -> None:
    answer = visit().get("/", headers={"accept-language": header})
    assert f'<html lang="{code}">' in answer.text
    assert "accept-language" in answer.headers["vary"]


def test_a_chosen_language_stays(visit) -> None:
    browser = visit()
    assert '<html lang="ja">' in browser.get("/runs?lang=ja").text
    assert '<html lang="ja">' in browser.get("/", headers={"accept-language": "en"}).text
    assert '<html lang="en">' in browser.get("/?lang=en").text
    assert '<html lang="en">' in browser.get("/?lang=xx", headers={"accept-language": "ja"}).text


def test_the_link_to_the_other_language_keeps_the_filter(visit) -> None:
    text = visit().get("/shops?state=drifted&order=shop&lang=en").text
    assert 'href="/shops?state=drifted&amp;order=shop&amp;lang=ja" lang="ja"' in text


def test_a_page_is_loaded_again_only_on_demand(visit) -> None:
    browser = visit()
    text = browser.get("/shops?state=drifted").text
    assert "http-equiv" not in text
    assert 'href="/shops?state=drifted&amp;refresh=60"' in text
    again = browser.get("/shops?state=drifted&refresh=60").text
    assert '<meta http-equiv="refresh" content="60">' in again
    assert 'href="/shops?state=drifted">Stop refreshing' in again
    assert "http-equiv" not in browser.get("/?refresh=1").text
