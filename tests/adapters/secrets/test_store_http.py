"""Requests to stores of secrets: bounded in time and size, repeated with waits, never redirected."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from reconciler.adapters.secrets import store_http
from reconciler.adapters.secrets.documents import SecretStoreUnavailable
from reconciler.adapters.secrets.store_http import StoreAnswer, StoreHttp, StoreRequest, safe_address
from tests.adapters.secrets.loopback_http import Answer, Asked, serving

TOKEN = "a-token-that-nobody-may-see"


class Recorded:
    """A client whose waits are recorded, and take no time."""

    def __init__(self) -> None:
        self.waits: list[float] = []
        self._http = StoreHttp(self.waits.append)

    def send(self, address: str) -> StoreAnswer | str:
        request = StoreRequest(method="GET", url=f"{address}/secret", headers={"Authorization": TOKEN})
        answer = self._http.send(lambda: request)
        return answer if isinstance(answer, StoreAnswer) else str(answer)


@contextmanager
def raw_server(*parts: bytes, hold: bool = True) -> Iterator[str]:
    """Sends the parts to each connection; `hold` keeps it open then."""
    done = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                with connection:
                    for part in parts:
                        connection.sendall(part)
                    if hold:
                        done.wait(30)

        threading.Thread(target=serve, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.getsockname()[1]}"
        finally:
            done.set()
            server.shutdown(socket.SHUT_RDWR)


@pytest.mark.parametrize("parts", [(), (b"HTTP/1.1 200 OK\r\n",), (b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{",)])
def test_a_server_that_hangs_is_not_waited_for(monkeypatch: pytest.MonkeyPatch, parts: tuple[bytes, ...]) -> None:
    monkeypatch.setattr(store_http, "SECONDS", 0.05)
    with raw_server(*parts) as address:
        client = Recorded()
        assert client.send(address) == "no answer in time"
        assert client.waits == [0.2, 1.0, 2.0]


def test_an_answer_that_never_ends_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store_http, "_WHOLE_SECONDS", 0.0)
    with serving(lambda _: Answer(body=b'{"a": 1}')) as address:
        assert Recorded().send(address) == "no answer in time"
    with serving(lambda _: Answer(body=b" " * (5 << 20))) as address:
        monkeypatch.setattr(store_http, "_WHOLE_SECONDS", 60.0)
        assert Recorded().send(address) == "its answer is too large"


def test_a_connection_that_breaks() -> None:
    with raw_server(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{", hold=False) as address:
        assert Recorded().send(address) == "the connection broke"


def test_a_redirect_is_not_followed() -> None:
    elsewhere: list[Asked] = []

    def other(asked: Asked) -> Answer:
        elsewhere.append(asked)
        return Answer(body=b"{}")

    with (
        serving(other) as target,
        serving(lambda _: Answer(status=307, headers={"Location": f"{target}/secret"})) as address,
    ):
        answer = Recorded().send(address)
    assert isinstance(answer, StoreAnswer)
    assert answer.status == 307
    assert elsewhere == []


@pytest.mark.parametrize(
    ("header", "waits"), [("3", [3.0, 3.0, 3.0]), ("3600", []), ("soon", [0.2, 1.0, 2.0]), ("0", [0.2, 1.0, 2.0])]
)
def test_the_wait_that_a_server_names_is_kept_within_reason(header: str, waits: list[float]) -> None:
    with serving(lambda _: Answer(status=429, headers={"Retry-After": header})) as address:
        client = Recorded()
        answer = client.send(address)
    assert isinstance(answer, StoreAnswer)
    assert answer.status == 429
    assert client.waits == waits


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b"[" * 100_000, b"\xff"])
def test_an_answer_that_is_no_json_object_is_empty(body: bytes) -> None:
    with serving(lambda _: Answer(body=body)) as address:
        answer = Recorded().send(address)
    assert isinstance(answer, StoreAnswer)
    assert answer.data == {}


@pytest.mark.parametrize(
    "address",
    [
        "http://vault.example",
        "ftp://vault.example",
        "vault.example:8200",
        "https://",
        f"https://user:{TOKEN}@vault.example",
    ],
)
def test_credentials_never_travel_unencrypted(address: str) -> None:
    with pytest.raises(SecretStoreUnavailable) as raised:
        safe_address("VAULT_ADDR", address)
    assert TOKEN not in f"{raised.value} {raised.value.text}"
