"""M. No request leaves for an address that a message names: neither signed nor unsigned, confirmed nor unsubscribed.

Everything that could ask is real: the fetcher over a transport that answers for Amazon and writes down who was asked.
"""

import socket

import httpx
import pytest

from reconciler.adapters.sns.certificates import FetchedCertificates
from tests.ipn.receiver_harness import open_desk
from tests.support.sns_signer import Signer, as_body, capture_message

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("log")]

INSIDE = "http://169.254.169.254/latest/meta-data/"
SIGNER = Signer()


class Amazon(httpx.AsyncBaseTransport):
    """Returns the certificate at its address, and records every requested address."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(str(request.url))
        found = str(request.url) == SIGNER.url
        return httpx.Response(200 if found else 404, stream=httpx.ByteStream(SIGNER.pem if found else b""))


@pytest.fixture
async def at(tmp_path):
    amazon = Amazon()
    async with FetchedCertificates(amazon) as keys:
        desk = open_desk(tmp_path, keys=keys, signer=SIGNER)
        yield desk, amazon
        desk.store.close()


@pytest.fixture
def connections(monkeypatch):
    """Every address that any code of this process tries to reach."""
    tried: list[object] = []
    plain = socket.socket.connect

    def connect(self, address):
        tried.append(address)
        return plain(self, address)

    monkeypatch.setattr(socket.socket, "connect", connect)
    return tried


def messages():
    inside = {"SubscribeURL": INSIDE, "UnsubscribeURL": INSIDE}
    yield 200, SIGNER.confirmation(SubscribeURL=INSIDE)
    yield 200, SIGNER.confirmation(kind="UnsubscribeConfirmation", SubscribeURL=INSIDE)
    yield 200, {**SIGNER.notification(capture_message()), **inside, "Token": "x"}
    yield 403, {**SIGNER.confirmation(), **inside}
    yield 400, {**SIGNER.notification(capture_message()), **inside, "MessageId": "0" * 8}
    yield 403, {**SIGNER.confirmation(kind="UnsubscribeConfirmation"), "SubscribeURL": INSIDE}


@pytest.mark.parametrize(("status", "fields"), list(messages()))
async def test_m_nothing_is_requested_but_the_certificate(at, connections, status, fields):
    desk, amazon = at
    assert (await desk.post(as_body(fields))).status_code == status
    assert amazon.asked == ([] if status == 400 else [SIGNER.url])
    assert connections == []


@pytest.mark.parametrize(
    "url",
    [
        INSIDE,
        "https://169.254.169.254/SimpleNotificationService-" + "0" * 32 + ".pem",
        "http://localhost:8766/SimpleNotificationService-" + "0" * 32 + ".pem",
        "file:///etc/passwd",
        SIGNER.url + "?x=" + INSIDE,
        SIGNER.url.replace("https://", "https://169.254.169.254@"),
        SIGNER.url.replace("amazonaws.com", "amazonaws.com.evil.example"),
    ],
)
async def test_m_nor_for_a_certificate_anywhere_else(at, connections, url):
    desk, amazon = at
    answer = await desk.post(as_body({**SIGNER.notification(capture_message()), "SigningCertURL": url}))
    assert answer.status_code == 400
    assert amazon.asked == []
    assert connections == []


async def test_m_a_confirmation_is_never_confirmed(at):
    desk, amazon = at
    assert (await desk.post(as_body(SIGNER.confirmation()))).status_code == 200
    assert amazon.asked == [SIGNER.url]
