"""Real receivers on loopback: an HTTP server that verifies signatures by itself, and a mail server.

They note what came in. Each can fail in the ways of `FAULTS`: after some of them the sender does not know what happened.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from anyio.from_thread import start_blocking_portal

from tests.support.smtp_server import LOSE, TAKEN, PostOffice, opened

SECRET = "whsec_" + base64.b64encode(b"a secret of the simulated webhook").decode()
LATER, LOST = "later", "lost"
FAULTS = (LATER, LOST)
"""It asks to try again; or it takes the message, and its answer is lost."""
_TOLERANCE = 300
"""Seconds that the time in a signature may be away from the receiver's."""


class HookServer(ThreadingHTTPServer):
    """`fault` None: it takes everything. `on_event` gets each event whose signature is right; `refused` are the others."""

    daemon_threads = True

    def __init__(self, now: Callable[[], datetime], on_event: Callable[[Any], None]) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.now = now
        self.on_event = on_event
        self.fault: str | None = None
        self.refused: list[str] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/drift"


class _Handler(BaseHTTPRequestHandler):
    server: HookServer

    def do_POST(self) -> None:  # the library's name
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.server.fault == LATER:
            self._answer(503)
            return
        why = wrong_signature(dict(self.headers.items()), body, self.server.now())
        if why is not None:
            self.server.refused.append(why)
            self._answer(400)
            return
        event = json.loads(body)
        assert event["id"] == self.headers["webhook-id"]
        self.server.on_event(event)
        if self.server.fault == LOST:
            self.close_connection = True
            return
        self._answer(204)

    def _answer(self, status: int) -> None:
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *words: object) -> None:  # noqa: A002  # the library's name
        """Says nothing."""


def wrong_signature(headers: dict[str, str], body: bytes, now: datetime) -> str | None:
    """As https://www.standardwebhooks.com says, written from its text."""
    low = {name.lower(): value for name, value in headers.items()}
    key = base64.b64decode(SECRET.removeprefix("whsec_"))
    signed = b".".join([low["webhook-id"].encode(), low["webhook-timestamp"].encode(), body])
    expected = "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    if expected not in low["webhook-signature"].split(" "):
        return f"the signature of {low['webhook-id']} is wrong"
    if abs(int(low["webhook-timestamp"]) - now.timestamp()) > _TOLERANCE:
        return f"the time of {low['webhook-id']} is wrong"
    return None


class MailOffice(PostOffice):
    """`on_mail` gets the Message-ID of each mail whose text was read."""

    on_mail: Callable[[str], None]

    def turn(self, fault: str | None) -> None:
        self.data = {None: TAKEN, LATER: "451 try later", LOST: LOSE}[fault]

    def _note(self, envelope: Any) -> None:
        super()._note(envelope)
        self.on_mail(self.read[-1][0].strip("<>").partition("@")[0])


@contextmanager
def serving(
    now: Callable[[], datetime], on_event: Callable[[Any], None], on_mail: Callable[[str], None]
) -> Iterator[tuple[HookServer, MailOffice]]:
    hook, office = HookServer(now, on_event), MailOffice()
    office.on_mail = on_mail
    thread = threading.Thread(target=hook.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    with start_blocking_portal() as portal, portal.wrap_async_context_manager(opened(office)):
        yield hook, office
    hook.shutdown()
    hook.server_close()
    thread.join()
