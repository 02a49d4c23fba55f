"""A response on the wire: its head goes out with the first part of its body."""

from __future__ import annotations

import h11
import pytest

from reconciler.serving.http_protocol import BoundedHeadConnection

REQUEST = b"GET / HTTP/1.1\r\nHost: example\r\n\r\n"
HEAD = b"HTTP/1.1 200 \r\ncontent-length: 3\r\n\r\n"


@pytest.fixture
def connection() -> BoundedHeadConnection:
    """It has read a request."""
    connection = BoundedHeadConnection(h11.SERVER)
    connection.receive_data(REQUEST)
    assert isinstance(connection.next_event(), h11.Request)
    assert isinstance(connection.next_event(), h11.EndOfMessage)
    return connection


def response(length: int) -> h11.Response:
    return h11.Response(status_code=200, headers=[("content-length", str(length))])


def test_head_and_body_are_one_write(connection: BoundedHeadConnection) -> None:
    assert connection.send(response(3)) == b""
    assert connection.send(h11.Data(data=b"ok\n")) == HEAD + b"ok\n"
    assert connection.send(h11.EndOfMessage()) == b""


def test_further_parts_of_a_body_go_out_alone(connection: BoundedHeadConnection) -> None:
    connection.send(response(6))
    connection.send(h11.Data(data=b"one"))
    assert connection.send(h11.Data(data=b"two")) == b"two"


def test_the_head_of_a_response_without_a_body_goes_out_at_its_end(connection: BoundedHeadConnection) -> None:
    connection.send(h11.Response(status_code=204, headers=[]))
    assert connection.send(h11.EndOfMessage()) == b"HTTP/1.1 204 \r\n\r\n"


def test_the_next_response_of_a_connection_has_its_own_head(connection: BoundedHeadConnection) -> None:
    for _ in range(2):
        connection.send(response(3))
        assert connection.send(h11.Data(data=b"ok\n")) == HEAD + b"ok\n"
        connection.send(h11.EndOfMessage())
        connection.start_next_cycle()
        connection.receive_data(REQUEST)
        connection.next_event()
        connection.next_event()


def test_what_is_said_before_the_response_does_not_wait(connection: BoundedHeadConnection) -> None:
    first = connection.send(h11.InformationalResponse(status_code=103, headers=[]))
    assert first == b"HTTP/1.1 103 \r\n\r\n"


def test_a_connection_that_closes_has_nothing_to_write(connection: BoundedHeadConnection) -> None:
    connection.send(h11.Response(status_code=204, headers=[("connection", "close")]))
    connection.send(h11.EndOfMessage())
    assert connection.send(h11.ConnectionClosed()) is None
