"""The fleet with channels of alerts: one was reached, one is gone, one is down, and one waits for its time."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.cli.texts.fleets import Call, applied, world

ALERTS = """\
apiVersion: reconciler/v1
channels:
  ops-chat: {kind: slack, url: "ref+file://ops-chat.txt", language: ja}
  oncall: {kind: slack, url: "ref+file://oncall.txt"}
  pager: {kind: slack, url: "ref+file://pager.txt"}
  daily: {kind: slack, url: "ref+file://ops-chat.txt"}
rules:
  - {channels: [daily], when: digest 09:00}
  - {}
"""


class Receiver(http.server.BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["content-length"]))
        self.send_response(410 if "gone" in self.path else 200)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # as the base class has it
        """Keeps quiet."""


@contextmanager
def receiver() -> Iterator[int]:
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Receiver) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server.server_address[1]
        server.shutdown()
        thread.join()


def alerted(run: Call) -> None:
    applied(run)
    Path("alerts.yaml").write_text(ALERTS)
    with receiver() as port:
        for name, path in (("ops-chat", "hook"), ("oncall", "gone")):
            Path(f"{name}.txt").write_text(f"http://127.0.0.1:{port}/{path}")
        Path("pager.txt").write_text("http://127.0.0.1:9/hook")
        run("drift")
        with world() as opened:
            opened.merchant_edits("nara-brush", {"notificationEmail": "private@nara-brush.example", "preOrder": False})
        run("drift")
