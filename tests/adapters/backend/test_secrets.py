"""No secret in any output of an error; and what may be quoted from a backend's response."""

import logging

import pytest

from reconciler.adapters.backend import HttpBackend, error_diagnostic
from reconciler.adapters.backend.http.redact import quote_beside, safe_quote, shorten
from reconciler.core.diagnostics.backend_problems import REQUEST_PROBLEMS
from reconciler.core.values import Secret, SecretRef
from reconciler.ports import BackendError
from tests.adapters.backend.fakes import (
    ACCESS_TOKEN,
    CLIENT_SECRET,
    MWS_TOKEN,
    SECRETS,
    SHOP,
    FakeClock,
    collected,
    config,
    integration,
    printed,
    secret,
    write,
)
from tests.adapters.backend.test_observer import route
from tests.support.stub_http_server import Loopback, Saying, answer, problem, raw, silence

ROUTE = f"PATCH /admin-api/v1/shops/{SHOP}/amazon-settings"
ALL = " ".join(SECRETS)


async def echo(seen, writer) -> None:
    """Everything that was sent, in every place of a problem."""
    words = f"{seen.headers} {seen.body!r}"
    body = {
        "title": words,
        "detail": words,
        "code": words,
        "status": 422,
        "errors": [{"code": words, "message": words}],
    }
    await answer(body, 422, X_Request_Id=f'"{ACCESS_TOKEN}')(seen, writer)


FAILURES = [
    echo,
    raw(b""),
    raw(b"HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n{"),
    silence,
    problem(500, "INTERNAL_ERROR", ALL),
    problem(422, "AMAZON_API_ERROR", f"the token {MWS_TOKEN} is wrong"),
    problem(412, "PRECONDITION_FAILED", ACCESS_TOKEN),
    answer({"status": "failed", "errors": [{"code": CLIENT_SECRET, "message": CLIENT_SECRET}]}),
    answer(f"<html>{ALL}</html>".encode()),
    answer({"shopKey": ALL}),
    answer(b"", 302, Location=f"https://elsewhere.example/{ACCESS_TOKEN}"),
]


@pytest.mark.anyio
@pytest.mark.parametrize("saying", FAILURES)
async def test_no_error_of_a_write_can_print_a_secret(server, clock, caplog, saying: Saying) -> None:
    caplog.set_level(logging.DEBUG)
    server.on(ROUTE, saying)
    async with HttpBackend(config(server.url, read_timeout=0.1), clock) as backend:
        with pytest.raises(BackendError) as caught:
            await backend.execute(write(mws_auth_token=secret()))
    error = caught.value
    assert error.__cause__ is None
    assert error.__context__ is None
    everything = (
        printed(error) + repr(error_diagnostic(error, SHOP)) + str(error.request_id) + caplog.text + repr(backend)
    )
    assert [name for name in SECRETS if name in everything] == []


@pytest.mark.anyio
@pytest.mark.parametrize("saying", FAILURES)
async def test_no_error_of_a_token_can_print_a_secret(server, clock, caplog, saying: Saying) -> None:
    caplog.set_level(logging.DEBUG)
    server.on("POST /oauth/token", saying)
    async with HttpBackend(config(server.url, read_timeout=0.1), clock) as backend:
        with pytest.raises(BackendError) as caught:
            await backend.execute(write(mws_auth_token=secret()))
    assert caught.value.__context__ is None
    # The access token is not issued yet, so it cannot be recognised.
    assert [name for name in (CLIENT_SECRET, MWS_TOKEN) if name in printed(caught.value) + caplog.text] == []
    assert "b3BlcmF0b3I6" not in printed(caught.value), "client id and secret in base64"


@pytest.mark.anyio
async def test_a_secret_that_looks_like_nothing_is_known_by_its_value(server: Loopback, clock: FakeClock) -> None:
    server.on(ROUTE, problem(422, "AMAZON_API_ERROR", "Amazon does not know open sesame"))
    async with HttpBackend(config(server.url), clock) as backend:
        with pytest.raises(BackendError, match="not shown"):
            await backend.execute(write(mws_auth_token=secret("open sesame")))
        with pytest.raises(BackendError, match="“Amazon does not know open sesame”"):
            await backend.execute(write())


@pytest.mark.anyio
async def test_no_observation_can_print_a_secret(server: Loopback, clock: FakeClock) -> None:
    server.on(
        route(SHOP), answer(integration(amazonSettings__apiStatus=MWS_TOKEN, storefront__status=ACCESS_TOKEN * 2))
    )
    async with HttpBackend(config(server.url), clock) as backend:
        shop = (await collected(backend.observe([SHOP])))[SHOP]
        assert [name for name in (MWS_TOKEN, ACCESS_TOKEN) if name in repr(shop)] == []
        assert CLIENT_SECRET not in repr(backend._client.config)


@pytest.mark.parametrize(
    "words",
    [
        "x",
        f"token {MWS_TOKEN}",
        "Authorization: anything",
        "password=hunter2",
        '{"client_secret": "x"}',
        "bearer abc",
        "Atza|abc",
        "a" * 40,
        "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.e30.x",
    ],
)
def test_what_looks_like_a_secret_is_omitted_as_a_whole(words: str) -> None:
    shown = str(safe_quote(words, [Secret("x", SecretRef("ref+env://X"))]))
    assert words not in shown or words == "x"
    assert "not shown" in shown


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        ("Not found.", "not found"),
        ("", "not found"),
        (None, "not found"),
        ("no such order", "not found (“no such order”)"),
        ("bearer abc", "not found (the reason is not shown because it may contain a secret)"),
    ],
)
def test_words_beside_a_known_problem_are_quoted_if_they_add_something(words: object, shown: str) -> None:
    assert str(quote_beside(REQUEST_PROBLEMS["NOT_FOUND"], words)) == shown


@pytest.mark.parametrize("nothing", [None, "", "  ", 7, [], {}])
def test_no_words(nothing: object) -> None:
    assert str(safe_quote(nothing)) == "no reason was given"


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        ("a\r\nb\tc", "a b c"),
        ("a\x1b[31mred\x00", "a [31mred"),
        ("a\u202eb\u2028c\ud800d", "a b c d"),
        ("販売事業者 {braces} %s", "販売事業者 {braces} %s"),
        ("word " * 100, ("word " * 100)[:199] + "…"),
    ],
)
def test_words_are_one_short_printable_line(words: str, shown: str) -> None:
    assert str(safe_quote(words)) == f"“{shown}”"


def test_megabytes_are_cut_at_once() -> None:
    assert len(shorten("a " * 10_000_000)) == 200
