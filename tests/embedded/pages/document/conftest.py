"""The backend of the document, where a state needs it with the notifier of `reconciler serve backend`; and an endpoint."""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI

from reconciler.wiring import session
from reconciler.wiring.practice.seller_notifier import SellerNotifier
from tests.embedded.pages.document.stage import Served


@pytest.fixture
def app(
    request: pytest.FixtureRequest,
    start: Callable[..., FastAPI],
    clock: Any,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[FastAPI]:
    case = request.node.callspec.params
    served: Served | None = case["screen"].served.get(case["state"])
    if served is None:
        yield start(pages=True)
        return
    monkeypatch.chdir(tmp_path)
    (tmp_path / "reconciler.yaml").write_text(json.dumps({"ipn": served.ipn, **served.more}))
    settings = session.load_settings(None)
    assert isinstance(settings, session.Settings)
    if served.missing:
        monkeypatch.setitem(sys.modules, served.missing, None)
    notifier = SellerNotifier(settings, clock)
    yield start(pages=True, notify=notifier)
    notifier.close()


class Accepting(BaseHTTPRequestHandler):
    """An endpoint that takes everything."""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_words: object) -> None:
        pass


@pytest.fixture
def receiver() -> Iterator[str]:
    """The address of an endpoint on this machine."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Accepting)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/ipn"
    server.shutdown()
    thread.join()
    server.server_close()
