"""The transport: which certificates are trusted, and what is never sent."""

import asyncio
import ssl

import aiohttp
import anyio
import httpx
import pytest
from aiohttp.client_reqrep import ConnectionKey

from reconciler.adapters.backend import BackendConfig, HttpBackend, HttpObserver
from reconciler.adapters.backend.http.aiohttp_transport import _hindrance
from reconciler.adapters.backend.http.messages import NoResponse, RawResponse
from reconciler.lib.addresses import is_loopback
from reconciler.ports import Unreachable
from tests.adapters.backend.fakes import SHOP, FakeClock, collected, config, fleet, integration, printed, secret, write
from tests.adapters.backend.test_observer import code_of, route
from tests.support.stub_http_server import Loopback, answer, raw

pytestmark = pytest.mark.anyio


@pytest.fixture(autouse=True)
def no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


async def test_a_secret_does_not_travel_unencrypted(clock: FakeClock) -> None:
    with pytest.raises(ValueError, match="must be https"):
        HttpObserver(config("http://backend.example"), clock)
    for url in ("https://backend.example", "http://localhost:1", "http://[::1]:1"):
        async with HttpObserver(config(url), clock):
            pass
    async with HttpObserver(config("http://backend.example", plain_http=True), clock):
        pass


@pytest.mark.parametrize("name", ["http_proxy", "all_proxy"])
async def test_a_proxy_is_used_for_another_host(server, clock, monkeypatch, name: str) -> None:
    monkeypatch.setenv(name, f"http://user:p%40ss@127.0.0.1:{server.port}")
    server.on(route(SHOP), answer(integration()))
    async with HttpObserver(config("http://backend.example", plain_http=True), clock) as observer:
        assert code_of((await collected(observer.observe([SHOP])))[SHOP]) is None
    assert server.last.target == f"http://backend.example/admin-api/v1/shops/{SHOP}/integration"
    assert server.last.headers["proxy-authorization"] == "Basic dXNlcjpwQHNz"


async def test_no_proxy_for_the_loopback(server, clock, monkeypatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    server.on(route(SHOP), answer(integration()))
    async with HttpObserver(config(server.url), clock) as observer:
        assert code_of((await collected(observer.observe([SHOP])))[SHOP]) is None


async def test_no_proxy_where_it_is_said(clock, monkeypatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    monkeypatch.setenv("no_proxy", "backend.example")
    async with HttpObserver(config("http://backend.example", plain_http=True), clock) as observer:
        assert vars(observer._client._wire.transport)["proxy"] is None


async def test_a_cookie_of_one_answer_is_not_sent_with_the_next(server: Loopback, clock: FakeClock) -> None:
    server.on(route(SHOP), answer(integration(), Set_Cookie="session=of-this-shop; Path=/"))
    # By name: libraries keep no cookies of bare addresses.
    async with HttpObserver(config(f"http://localhost:{server.port}"), clock) as observer:
        await collected(observer.observe([SHOP]))
        await collected(observer.observe([SHOP]))
    assert "cookie" not in server.last.headers


async def test_credentials_of_a_netrc_are_not_used(server, clock, monkeypatch, tmp_path) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login somebody password else\n")
    monkeypatch.setenv("NETRC", str(netrc))
    server.on(route(SHOP), answer(integration()))
    async with HttpObserver(config(server.url), clock) as observer:
        assert code_of((await collected(observer.observe([SHOP])))[SHOP]) is None
    assert server.last.headers["authorization"].startswith("Bearer ")


async def test_a_read_is_not_repeated_behind_our_back(server: Loopback, clock: FakeClock) -> None:
    server.on(route(SHOP), raw(b""))
    async with HttpObserver(config(server.url), clock) as observer:
        with pytest.raises(Exception, match="the connection was closed before the answer"):
            await collected(observer.observe([SHOP]))
        assert len(observer.requests) == len(server.seen) == 4, "each request that was sent is in the log"


async def test_a_base_below_a_path(server: Loopback, clock: FakeClock) -> None:
    server.on("POST /mall/oauth/token", answer({"access_token": "t", "token_type": "bearer", "expires_in": 60}))
    server.on(f"GET /mall/admin-api/v1/shops/{SHOP}/integration", answer(integration()))
    async with HttpObserver(config(f"{server.url}/mall/"), clock) as observer:
        assert code_of((await collected(observer.observe([SHOP])))[SHOP]) is None


async def test_a_host_that_does_not_speak_tls(clock: FakeClock) -> None:
    async def accept(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        writer.close()

    async with await asyncio.start_server(accept, "127.0.0.1", 0) as plain:
        port = plain.sockets[0].getsockname()[1]
        async with HttpObserver(config(f"https://127.0.0.1:{port}"), clock) as observer:
            with pytest.raises(Unreachable, match="no encrypted connection could be made"):
                await collected(observer.observe([SHOP]))


KEY = ConnectionKey("x.example", 443, is_ssl=True, ssl=True, proxy=None, proxy_auth=None, proxy_headers_hash=None)


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (aiohttp.ClientConnectorDNSError(KEY, OSError("no such host")), "unknown host name"),
        (aiohttp.ClientConnectorCertificateError(KEY, ssl.CertificateError()), "the host's certificate is not trusted"),
        (aiohttp.ClientConnectorError(KEY, OSError("refused")), "no connection could be made"),
    ],
)
async def test_what_blocks_it_is_reported(fault: aiohttp.ClientError, words: str) -> None:
    assert str(_hindrance(fault)) == words


async def test_a_host_that_takes_no_connection_in_time(clock: FakeClock, monkeypatch) -> None:
    async def never(*_: object, **__: object) -> None:
        await anyio.sleep_forever()

    monkeypatch.setattr(asyncio.get_running_loop(), "sock_connect", never)
    async with HttpBackend(config("http://127.0.0.1:1", connect_timeout=0.05), clock) as backend:
        with pytest.raises(Unreachable, match="no connection in time") as caught:
            await backend.execute(write())
    assert caught.value.happened is False


@pytest.mark.parametrize("proxy", ["refusing", "gone"])
async def test_a_proxy_that_makes_no_connection(server, clock, monkeypatch, proxy: str) -> None:
    monkeypatch.setenv("https_proxy", server.url if proxy == "refusing" else "http://user:hunter2@127.0.0.1:1")
    async with HttpBackend(config("https://backend.example"), clock) as backend:
        with pytest.raises(Unreachable, match="the proxy made no connection") as caught:
            await backend.execute(write())
    assert caught.value.happened is False
    assert "hunter2" not in printed(caught.value)


@pytest.mark.parametrize(
    ("fault", "words", "sent"),
    [
        (httpx.ConnectError("x"), "no connection could be made", False),
        (httpx.ConnectTimeout("x"), "no connection could be made", False),
        (httpx.ReadTimeout("x"), "no answer in time", True),
        (httpx.WriteError("x"), "the connection was closed before the answer", True),
        (ConnectionResetError("x"), "the connection was closed before the answer", True),
        (KeyError("secret"), "the connection failed (KeyError)", True),
    ],
)
async def test_any_error_of_a_transport(clock: FakeClock, fault: Exception, words: str, *, sent: bool) -> None:
    class Failing(httpx.AsyncBaseTransport):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            raise fault

    async with HttpObserver(config("http://x.invalid"), clock, Failing()) as observer:
        outcome = await observer._client._wire.send("PUT", "http://x.invalid/", {}, b"")
        assert outcome == NoResponse(why=outcome.why, sent=sent)
        assert str(outcome.why) == words


async def test_no_more_exchanges_at_a_time_than_allowed_over_any_transport(clock: FakeClock) -> None:
    class Counting(httpx.AsyncBaseTransport):
        busy = most = 0

        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            self.busy += 1
            self.most = max(self.most, self.busy)
            await anyio.sleep(0.001)
            self.busy -= 1
            grant = {"access_token": "t", "token_type": "Bearer", "expires_in": 3600}
            return httpx.Response(200, json=grant | integration(request.url.path.split("/")[-2]))

    counting = Counting()
    async with HttpObserver(config("http://x.invalid", in_flight=5), clock, counting) as observer:
        found = await collected(observer.observe(fleet(20)))
    assert [shop for shop in found if code_of(found[shop])] == []
    assert counting.most == 5


async def test_an_answer_that_was_read_stays_read(clock: FakeClock) -> None:
    class Stream(httpx.AsyncByteStream):
        async def __aiter__(self):
            yield b"{}"

        async def aclose(self) -> None:
            raise OSError("closing failed")

    class Closing(httpx.AsyncBaseTransport):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            return httpx.Response(200, stream=Stream())

    async with HttpObserver(config("http://x.invalid"), clock, Closing()) as observer:
        outcome = await observer._client._wire.send("GET", "http://x.invalid/", {}, b"")
    assert outcome == RawResponse(status=200, headers={}, body=b"{}")


@pytest.mark.parametrize(
    "settings",
    [
        {"base_url": "ftp://x.example"},
        {"base_url": "https://"},
        {"base_url": "https://user:password@x.example"},
        {"base_url": "https://x.example/?a=b"},
        {"base_url": "https://x.example/#a"},
        {"client_id": "a:b"},
        {"client_id": "a\nb"},
        {"page_size": 0},
        {"page_size": 501},
        {"in_flight": 0},
        {"requests_per_second": 0.0},
    ],
)
def test_a_config_that_must_not_be_used(settings: dict) -> None:
    with pytest.raises(ValueError, match="must"):
        BackendConfig(**{"base_url": "https://x.example", "client_id": "a", "client_secret": secret(), **settings})


def test_what_is_a_loopback() -> None:
    assert all(map(is_loopback, ["127.0.0.1", "127.9.9.9", "::1", "localhost", "LOCALHOST"]))
    assert not any(map(is_loopback, ["127.0.0.1.example", "localhost.example", "10.0.0.1", "", "0x7f.1"]))


@pytest.mark.parametrize(("given", "whole"), [({"read_timeout": 2.0}, 8.0), ({"answer_timeout": 0.5}, 0.5), ({}, 20.0)])
def test_a_whole_answer_may_take_four_times_the_longest_silence(given: dict, whole: float) -> None:
    """So that the one setting bounds both: an answer that trickles in for ever, and one that does not come."""
    assert config("https://x.example", **given).effective_answer_timeout == whole
