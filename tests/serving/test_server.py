"""A server over real sockets: it says when it listens, bounds what a peer sends, and stops without dropping an answer."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from contextlib import AbstractContextManager, asynccontextmanager, nullcontext
from socket import create_connection, socket
from typing import Any

import anyio
import httpx
import pytest
from anyio.abc import SocketStream
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from reconciler.lib.event_log import Level, LogFields, using_log
from reconciler.serving.http_protocol import LONGEST_HEAD
from reconciler.serving.listener import bind, http_address, port_of
from reconciler.serving.server import ServerHooks, serve
from tests.support.waiting import until

pytestmark = pytest.mark.anyio


@pytest.fixture(autouse=True)
def _logging_of_a_new_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Servers and logs of other tests in this process may have changed it."""
    logging.disable(logging.NOTSET)
    for name in ("uvicorn", "uvicorn.error", "asyncio"):
        logger = logging.getLogger(name)
        logger.setLevel(logging.NOTSET)
        for part, value in (("handlers", []), ("filters", []), ("disabled", False), ("propagate", True)):
            monkeypatch.setattr(logger, part, value)


class Door:
    """An application whose slow answer waits until the test lets it go."""

    def __init__(self) -> None:
        self.inside, self.go = anyio.Event(), anyio.Event()
        self.lived: list[str] = []
        routes = [Route("/", self.quick), Route("/slow", self.slow), Route("/fault", self.fault)]
        self.app = Starlette(routes=routes, lifespan=self.living)

    @asynccontextmanager
    async def living(self, _app: Starlette) -> AsyncIterator[None]:
        self.lived.append("began")
        yield
        self.lived.append("ended")

    async def quick(self, _request: Request) -> PlainTextResponse:
        return PlainTextResponse("quick")

    async def slow(self, _request: Request) -> PlainTextResponse:
        self.inside.set()
        await self.go.wait()
        return PlainTextResponse("slow")

    async def fault(self, _request: Request) -> PlainTextResponse:
        raise ValueError("amzn1.secret-of-somebody")


@asynccontextmanager
async def serving(door: Door, **more: Any) -> AsyncIterator[tuple[str, anyio.Event]]:
    """Its address, and what stops it; it has stopped at the end of the block."""
    stop, ready = anyio.Event(), anyio.Event()
    ports: list[int] = []

    def listens(port: int) -> None:
        ports.append(port)
        ready.set()

    with bind("127.0.0.1", 0) as listener, anyio.fail_after(60):
        async with anyio.create_task_group() as group:
            group.start_soon(lambda: serve(door.app, [listener], on_ready=listens, stop=stop, **more))
            await ready.wait()
            yield http_address("127.0.0.1", ports[0]), stop
            stop.set()


async def test_it_says_at_which_port_it_listens_and_answers_there() -> None:
    async with serving(door := Door()) as (address, _stop), httpx.AsyncClient() as http:
        answer = await http.get(address)
    assert (answer.status_code, answer.text) == (200, "quick")
    assert "server" not in answer.headers
    assert door.lived == ["began", "ended"]


async def test_a_running_request_is_answered_after_the_stop_and_no_other_is_accepted() -> None:
    door, answers = Door(), []

    async def ask() -> None:
        async with httpx.AsyncClient() as http:
            answers.append((await http.get(f"{address}slow")).text)

    stopping = anyio.Event()
    async with (
        serving(door, hooks=ServerHooks(stopping=stopping.set)) as (address, stop),
        anyio.create_task_group() as group,
    ):
        group.start_soon(ask)
        await door.inside.wait()
        stop.set()
        await stopping.wait()
        await until(lambda: not accepts(address))
        door.go.set()
    assert answers == ["slow"]


def accepts(address: str) -> bool:
    try:
        with create_connection(("127.0.0.1", port_in(address))):
            return True
    except OSError:
        return False


def port_in(address: str) -> int:
    return int(address.rpartition(":")[2].rstrip("/"))


async def test_cancelling_the_task_stops_it_in_order() -> None:
    door, ready = Door(), anyio.Event()
    with bind("127.0.0.1", 0) as listener, anyio.fail_after(60):
        async with anyio.create_task_group() as group:
            group.start_soon(lambda: serve(door.app, [listener], on_ready=lambda _port: ready.set()))
            await ready.wait()
            group.cancel_scope.cancel()
        assert door.lived == ["began", "ended"]
        assert listener.fileno() == -1


async def test_several_sockets_are_served_and_the_first_is_named() -> None:
    door, stop, said = Door(), anyio.Event(), []
    with bind("127.0.0.1", 0) as first, bind("127.0.0.1", 0) as second, anyio.fail_after(60):
        ports = [port_of(first), port_of(second)]

        async def ask() -> None:
            async with httpx.AsyncClient() as http:
                said.extend([(await http.get(http_address("127.0.0.1", port))).text for port in ports])
            stop.set()

        async with anyio.create_task_group() as group:

            def ready(port: int) -> None:
                said.append(port)
                group.start_soon(ask)

            await serve(door.app, [first, second], on_ready=ready, stop=stop)
    assert said == [ports[0], "quick", "quick"]


async def connected(address: str) -> SocketStream:
    return await anyio.connect_tcp("127.0.0.1", port_in(address))


@pytest.mark.parametrize(
    "sent", [b"no HTTP at all\r\n\r\n", b"GET / HTTP/1.1\r\nx: " + b"y" * LONGEST_HEAD + b"\r\n\r\n"]
)
async def test_what_is_no_request_is_refused_and_counted(sent: bytes) -> None:
    counted: list[int] = []
    hooks = ServerHooks(malformed=lambda: counted.append(1))
    async with serving(Door(), hooks=hooks) as (address, _stop), await connected(address) as stream:
        await stream.send(sent)
        assert (await stream.receive()).startswith(b"HTTP/1.1 400 ")
    assert counted == [1]


async def test_a_peer_that_sends_no_whole_head_is_given_up() -> None:
    async with serving(Door(), head_within=0.2) as (address, _stop), await connected(address) as stream:
        await stream.send(b"GET / HTTP/1.1\r\n")
        with pytest.raises((anyio.EndOfStream, anyio.BrokenResourceError)):
            await stream.receive()


class EventLines:
    """Implements EventLog."""

    def __init__(self) -> None:
        self.written: list[tuple[Level, str, LogFields]] = []

    def write(self, level: Level, event: str, fields: LogFields) -> None:
        self.written.append((level, event, fields))

    def bound(self, _fields: LogFields) -> AbstractContextManager[object]:
        return nullcontext()


async def test_a_fault_of_the_application_is_an_event_of_the_log_without_its_text() -> None:
    lines = EventLines()
    async with serving(Door()) as (address, _stop), httpx.AsyncClient() as http:
        with using_log(lines):
            assert (await http.get(f"{address}fault")).status_code == 500
    [(level, event, fields)] = lines.written
    assert (level, event) == ("error", "server-error")
    assert str(fields["error"]).startswith("ValueError at Door.fault:")


async def test_without_a_log_a_fault_is_a_line_on_stderr(capfd: pytest.CaptureFixture[str]) -> None:
    async with serving(Door()) as (address, _stop), httpx.AsyncClient() as http:
        assert (await http.get(f"{address}fault")).status_code == 500
    shown: list[str] = []

    def whole() -> bool:
        shown.append(capfd.readouterr().err)
        return "\n" in "".join(shown)

    await until(whole)
    assert "".join(shown).startswith("ValueError at Door.fault:")
    assert "secret" not in "".join(shown)


def test_a_port_is_shared_only_by_those_who_say_so() -> None:
    with bind("127.0.0.1", 0, shared=True) as first:
        port = port_of(first)
        with bind("127.0.0.1", port, shared=True) as second:
            assert port_of(second) == port
        with pytest.raises(OSError, match="in use"):
            bind("127.0.0.1", port)


@pytest.mark.parametrize(("host", "shown"), [("127.0.0.1", "http://127.0.0.1:80/"), ("::1", "http://[::1]:80/")])
def test_an_address_as_people_type_it(host: str, shown: str) -> None:
    assert http_address(host, 80) == shown


def test_an_address_of_ipv6() -> None:
    with bind("::1", 0) as bound, socket(bound.family) as peer:
        peer.connect(("::1", port_of(bound)))
