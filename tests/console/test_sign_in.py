"""Who gets in: a token, a session, a proxy that is trusted; and who does not."""

from __future__ import annotations

from datetime import timedelta
from ipaddress import ip_network

import pytest

from reconciler.console.access.caller import TrustedProxy
from reconciler.console.access.sign_in_attempts import MOST_WRONG, WITHIN
from reconciler.console.access.visitor_sessions import MOST_SESSIONS, VisitorSessions
from tests.console.conftest import SECRET, TOKEN, Visitor
from tests.console.sample_overviews import PAGES
from tests.support.manual_clock import HandClock

SESSION = "reconciler_console"
PROXY = TrustedProxy(ranges=(ip_network("10.0.0.0/8"),), header="X-Forwarded-User")


@pytest.mark.parametrize("path", PAGES.values())
def test_nothing_is_shown_before_the_sign_in(visit, path: str) -> None:
    answer = visit(token=SECRET).get(path)
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/sign-in")
    assert answer.text == ""


def test_the_token_opens_the_page_that_was_asked_for(visit) -> None:
    browser = visit(token=SECRET)
    asked = browser.get("/shops?state=drifted&lang=ja")
    assert asked.headers["location"] == "/sign-in?next=%2Fshops%3Fstate%3Ddrifted%26lang%3Dja"
    form = browser.get(asked.headers["location"])
    assert 'name="next" value="/shops?state=drifted&amp;lang=ja"' in form.text
    answer = browser.signs_in(next="/shops?state=drifted&lang=ja")
    assert (answer.status_code, answer.headers["location"]) == (303, "/shops?state=drifted&lang=ja")
    assert browser.get("/").status_code == 200


@pytest.mark.parametrize(
    "wanted",
    [
        "//evil.example",
        "https://evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "javascript:alert(1)",
        "/sign-out",
        "/\n/evil",
    ],
)
def test_a_sign_in_never_leads_elsewhere(visit, wanted: str) -> None:
    browser = visit(token=SECRET)
    assert browser.signs_in(next=wanted).headers["location"] == "/"
    again = browser.get("/sign-in", params={"next": wanted})
    assert again.headers["location"] == "/"


@pytest.mark.parametrize(
    "wrong",
    [
        "",
        "x",
        TOKEN[:-1],
        TOKEN + "x",
        TOKEN.upper(),
        "パスワード",
        "\ud800".encode("utf-8", "surrogatepass").decode("latin-1"),
    ],
)
def test_another_token_does_not(visit, wrong: str) -> None:
    browser = visit(token=SECRET)
    answer = browser.signs_in(wrong)
    assert answer.status_code == 403
    assert SESSION not in browser.cookies
    assert "This is not the token." in answer.text
    assert browser.get("/").status_code == 303


def test_the_cookie_is_for_this_site_only_and_not_for_scripts(visit) -> None:
    plain = visit(token=SECRET).signs_in().headers.get_list("set-cookie")
    (session,) = [each for each in plain if each.startswith(f"{SESSION}=") and "Max-Age=43200" in each]
    assert {"HttpOnly", "SameSite=strict", "Path=/"} <= set(session.split("; "))
    assert "Secure" not in session
    encrypted = visit(token=SECRET, base="https://127.0.0.1").signs_in().headers.get_list("set-cookie")
    assert all("; Secure" in each for each in encrypted)


def test_a_proxy_says_that_the_browser_uses_tls_and_nobody_else_does(visit) -> None:
    headers = {"x-forwarded-proto": "https"}
    behind = visit(token=SECRET, proxy=PROXY, peer="10.1.2.3")
    assert "; Secure" in behind.get("/sign-in", headers=headers).headers["set-cookie"]
    stranger = visit(token=SECRET, proxy=PROXY, peer="192.0.2.7")
    assert "; Secure" not in stranger.get("/sign-in", headers=headers).headers["set-cookie"]


def test_a_session_ends_with_its_time(visit, clock: HandClock) -> None:
    browser = visit(token=SECRET, session_time=timedelta(hours=1))
    browser.signs_in()
    clock.advance(3599)
    assert browser.get("/").status_code == 200
    clock.advance(2)
    assert browser.get("/").status_code == 303


def test_signing_out_ends_it_for_everybody_who_has_the_cookie(visit) -> None:
    browser = visit(token=SECRET)
    browser.signs_in()
    thief = Visitor(browser.app, cookies=browser.cookies.__class__(browser.cookies))
    assert thief.get("/").status_code == 200
    token = browser.form_token("/")
    assert browser.sends("POST", "/sign-out", data={"csrf": token}).headers["location"] == "/sign-in"
    assert thief.get("/").status_code == 303
    assert browser.get("/").status_code == 303


def test_a_session_that_somebody_planted_is_worth_nothing(visit) -> None:
    browser = visit(token=SECRET)
    browser.cookies.set(SESSION, "planted", domain="127.0.0.1")
    assert browser.get("/").status_code == 303
    answer = browser.signs_in()
    assert "planted" not in str(answer.headers.get_list("set-cookie"))
    attacker = Visitor(browser.app)
    attacker.cookies.set(SESSION, "planted", domain="127.0.0.1")
    assert attacker.get("/").status_code == 303


def test_the_same_cookie_twice_is_none(visit) -> None:
    browser = visit(token=SECRET)
    browser.signs_in()
    value = browser.cookies[SESSION]
    browser.cookies = browser.cookies.__class__()
    twice = browser.get("/", headers={"cookie": f"{SESSION}=planted; {SESSION}={value}"})
    assert twice.status_code == 303
    assert browser.get("/", headers={"cookie": f"{SESSION}={value}"}).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"origin": "http://127.0.0.1:1"},
        {"origin": "http://[bad"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
    ],
)
def test_a_form_of_another_site_signs_nobody_in_or_out(visit, headers: dict[str, str]) -> None:
    browser = visit(token=SECRET)
    fields = {"csrf": browser.form_token(), "token": TOKEN}
    assert browser.sends("POST", "/sign-in", data=fields, headers=headers).status_code == 403
    browser.signs_in()
    browser.sends("POST", "/sign-out", data={"csrf": browser.form_token("/")}, headers=headers)
    assert browser.get("/").status_code == 200


def test_a_form_without_the_token_of_this_browser_is_refused(visit) -> None:
    browser = visit(token=SECRET)
    browser.get("/sign-in")
    for csrf in ("", "x", Visitor(browser.app).form_token(), "é"):
        answer = browser.sends("POST", "/sign-in", data={"csrf": csrf, "token": TOKEN})
        assert answer.status_code == 403
        assert "too old" in answer.text
    assert browser.get("/").status_code == 303


def test_what_is_not_a_small_form_is_refused(visit) -> None:
    browser = visit(token=SECRET)
    csrf = browser.form_token()
    body = f"csrf={csrf}&token={TOKEN}"
    form = {"content-type": "application/x-www-form-urlencoded"}
    assert browser.sends("POST", "/sign-in", content=body, headers={"content-type": "text/plain"}).status_code == 403
    assert browser.sends("POST", "/sign-in", content=f"{body}&x={'y' * 9_000}", headers=form).status_code == 403
    assert browser.sends("POST", "/sign-in", content=f"{body}&token={TOKEN}", headers=form).status_code == 403
    assert browser.sends("POST", "/sign-in", content=b"\xff", headers=form).status_code == 403
    assert browser.sends("POST", "/sign-in", content=body, headers=form).status_code == 303


def test_attempts_are_limited_for_each_source(visit, clock: HandClock) -> None:
    browser = visit(token=SECRET, peer="192.0.2.7")
    for _ in range(MOST_WRONG):
        assert browser.signs_in("wrong").status_code == 403
    blocked = browser.signs_in()
    assert blocked.status_code == 429
    assert 0 < int(blocked.headers["retry-after"]) <= WITHIN
    assert SESSION not in browser.cookies
    assert Visitor(browser.app, peer="192.0.2.8").signs_in().status_code == 303
    clock.advance(WITHIN)
    assert browser.signs_in().status_code == 303


def test_an_ipv6_customer_is_one_source(visit) -> None:
    first = visit(token=SECRET, peer="2001:db8:1:2::1")
    for _ in range(MOST_WRONG):
        first.signs_in("wrong")
    assert Visitor(first.app, peer="2001:db8:1:2:ffff::9").signs_in().status_code == 429
    assert Visitor(first.app, peer="2001:db8:1:3::1").signs_in().status_code == 303


def test_behind_a_proxy_the_source_is_the_browser_and_claims_are_not_believed(visit) -> None:
    app = visit(token=SECRET, proxy=PROXY).app
    for number in range(MOST_WRONG):
        claimed = {"x-forwarded-for": f"198.51.100.{number}, 203.0.113.9, 10.0.0.2"}
        browser = Visitor(app, peer="10.1.2.3")
        fields = {"csrf": browser.form_token(), "token": "wrong"}
        assert browser.sends("POST", "/sign-in", data=fields, headers=claimed).status_code == 403
    browser = Visitor(app, peer="10.1.2.3")
    fields = {"csrf": browser.form_token(), "token": TOKEN}
    assert browser.sends("POST", "/sign-in", data=fields, headers={"x-forwarded-for": "203.0.113.9"}).status_code == 429
    assert (
        browser.sends("POST", "/sign-in", data=fields, headers={"x-forwarded-for": "203.0.113.10"}).status_code == 303
    )


def test_a_trusted_proxy_says_who_it_is(visit) -> None:
    browser = visit(proxy=PROXY, peer="10.1.2.3")
    page = browser.get("/", headers={"x-forwarded-user": "hanako <b>"})
    assert page.status_code == 200
    assert "hanako &lt;b&gt;" in page.text
    assert "/sign-out" not in page.text
    assert Visitor(browser.app, peer="::ffff:10.1.2.3").get("/", headers={"x-forwarded-user": "a"}).status_code == 200


@pytest.mark.parametrize("peer", ["192.0.2.7", "11.0.0.1", "::1", "127.0.0.1", "testclient"])
def test_the_header_of_anybody_else_says_nothing(visit, peer: str) -> None:
    answer = visit(proxy=PROXY, peer=peer).get("/", headers={"x-forwarded-user": "root"})
    assert answer.status_code == 403
    assert "console.proxy" in answer.text
    with_token = visit(proxy=PROXY, token=SECRET, peer=peer).get("/", headers={"x-forwarded-user": "root"})
    assert with_token.status_code == 303


@pytest.mark.parametrize(
    "sent", [[], [("x-forwarded-user", "")], [("x-forwarded-user", "a"), ("X-Forwarded-User", "root")]]
)
def test_a_proxy_that_names_nobody_or_two_lets_nobody_in(visit, sent) -> None:
    assert visit(proxy=PROXY, peer="10.1.2.3").get("/", headers=sent).status_code == 403


def test_a_proxy_without_a_header_only_forwards(visit) -> None:
    proxy = TrustedProxy(ranges=(ip_network("10.0.0.0/8"),))
    browser = visit(proxy=proxy, token=SECRET, peer="10.1.2.3")
    assert browser.get("/", headers={"x-forwarded-user": "root"}).status_code == 303


def test_where_nobody_has_to_sign_in_there_is_no_form(visit) -> None:
    browser = visit()
    assert browser.get("/").status_code == 200
    assert browser.get("/sign-in").headers["location"] == "/"
    assert browser.sends("POST", "/sign-in", data={"token": ""}).headers["location"] == "/"


def test_sessions_are_bounded(clock: HandClock) -> None:
    sessions = VisitorSessions(clock, timedelta(hours=1))
    started = [sessions.start() for _ in range(MOST_SESSIONS + 1)]
    assert not sessions.knows(started[0])
    assert all(sessions.knows(each) for each in started[1:])
    assert not sessions.knows("")
    assert len(set(started)) == len(started)


def test_no_response_holds_the_token(visit) -> None:
    browser = visit(token=SECRET)
    answers = [browser.get("/sign-in"), browser.signs_in("wrong"), browser.signs_in(), browser.get("/")]
    assert not any(TOKEN in f"{answer.headers}{answer.text}" for answer in answers)
