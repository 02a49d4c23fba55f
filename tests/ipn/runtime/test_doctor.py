"""`reconciler doctor ipn`: topics, certificates, the shops' addresses, and what notifications showed."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import anyio
import pytest

from reconciler.adapters.clock import SystemClock
from reconciler.adapters.store.db.database import open_store
from reconciler.adapters.store.inbox.inbox import StoreInbox
from reconciler.adapters.store.inbox.outbox import StoreOutbox
from reconciler.adapters.store.inbox.work_queue import StoreWorkQueue
from reconciler.core.values import ShopKey
from reconciler.ports.inbox import MailState, PendingMail
from reconciler.ports.quarantine import CopySource, RejectedMessage, SignedOrigin
from tests.cli.conftest import Run, run
from tests.support.sns_signer import NOW, TOPIC, TOPIC_PATTERN, Signer

__all__ = ["run"]

Checks = list[tuple[str, str, str | None]]


class _Answer(BaseHTTPRequestHandler):
    """405 as the sidecar answers a GET; 200 at any other path."""

    def do_GET(self) -> None:
        self.send_response(405 if self.path == "/ipn" else 200)
        self.end_headers()

    def log_message(self, *_words: object) -> None: ...


@pytest.fixture
def server() -> Iterator[str]:
    with HTTPServer(("127.0.0.1", 0), _Answer) as listening:
        threading.Thread(target=listening.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        yield f"http://127.0.0.1:{listening.server_port}"
        listening.shutdown()


@pytest.fixture
def folder(tmp_path: Path, server: str, monkeypatch: pytest.MonkeyPatch) -> Path:
    urls = {"kyoto-tea": f"{server}/ipn", "uji-cups": f"{server}/else", "nara-ink": "http://127.0.0.1:1/ipn"}
    shops = [
        {"shopKey": shop, "amazonSettings": {"sellerId": "A1EXAMPLE234567", "merchantSiteUrl": url}}
        for shop, url in urls.items()
    ]
    (tmp_path / "world.json").write_text(json.dumps({"shops": shops}))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def checks(run: Run, **ipn: object) -> Checks:  # the fixture's value
    Path("reconciler.yaml").write_text(json.dumps({"embedded": {"seed": "world.json"}, "ipn": ipn}))
    rows = json.loads(run("doctor", "ipn", "-o", "json").stdout)["rows"]
    return [(row["status"], row["check"], row["fix"]) for row in rows]


@pytest.mark.usefixtures("folder")
def test_a_project_without_topics_is_not_checked(run: Run) -> None:  # the fixture
    assert checks(run) == [("skipped", "No `ipn.topics`: this project receives no notifications", None)]


@pytest.mark.usefixtures("folder")
def test_topics_and_addresses(run: Run, server: str) -> None:  # the fixture
    strange = "arn:aws:sns:us-west-2:111111111111:x"
    found = checks(run, topics=[TOPIC_PATTERN, strange, "arn:aws:sns:us-west-9:291180941288:x"])
    assert found[0][0] == "ok"
    assert (found[1][0], "111111111111" in found[1][1]) == ("problem", True)
    assert (found[2][0], "Did you mean us-west-1, us-west-2" in str(found[2][2])) == ("problem", True)
    assert ("ok", "Addresses at which the sidecar answers: 1", None) in found
    problems = [text for status, text, _ in found if status == "problem"][2:]
    assert problems == ["http://127.0.0.1:1/ipn does not answer", f"{server}/else answers 200, not the sidecar"]
    assert found[-1][:2] == ("skipped", "No notification was received yet: send a test from Seller Central")


def test_pinned_certificates(folder: Path, run: Run) -> None:  # the fixture
    (folder / "pinned").mkdir()
    [missing] = [each for each in checks(run, topics=[TOPIC_PATTERN], certificates="pinned") if "folder" in each[1]]
    assert missing[0] == "problem"
    end = datetime.now(UTC) + timedelta(days=90)
    signer = Signer(end=end)
    (folder / "pinned" / signer.url.rpartition("/")[2]).write_bytes(signer.pem)
    found = checks(run, topics=[TOPIC_PATTERN], certificates="pinned")
    assert [status for status, text, _ in found if "pinned certificate is valid until" in text] == ["ok"]


@pytest.mark.parametrize(
    ("days", "reported"), [(20, "The last pinned certificate ends at"), (-1, "has no valid signing certificate")]
)
def test_pinned_certificates_that_end(folder: Path, run: Run, days: int, reported: str) -> None:  # the fixture
    signer = Signer(start=datetime.now(UTC) - timedelta(days=90), end=datetime.now(UTC) + timedelta(days=days, hours=1))
    (folder / "pinned").mkdir()
    (folder / "pinned" / signer.url.rpartition("/")[2]).write_bytes(signer.pem)
    (folder / "pinned" / "notes.pem").write_text("not a certificate")
    problems = [
        text for status, text, _ in checks(run, topics=[TOPIC_PATTERN], certificates="pinned") if status == "problem"
    ]
    assert reported in problems[0]
    assert (f"days left: {days}" in problems[0]) is (days > 0)
    assert problems[1] == "notes.pem in the folder pinned is not a signing certificate"


def test_mails_that_need_a_person(folder: Path, run: Run) -> None:  # the fixture
    async def owe(number: int, state: MailState) -> None:
        store = open_store(folder / "inbox.db")
        mail = PendingMail(event=f"e{number}", shop=ShopKey("kyoto-tea"), to="a@b.example", subject="s", text="t")
        await StoreWorkQueue(store, SystemClock()).record_fact(None, mail)
        if state is not MailState.OWED:
            await StoreOutbox(store).mark(number, state, NOW, was=MailState.OWED)
        store.close()

    for number, state in enumerate((MailState.FAILED, MailState.UNKNOWN, MailState.SENT, MailState.OWED), start=1):
        anyio.run(owe, number, state)
    without, with_server = (
        [
            text
            for _, text, _ in checks(run, topics=[TOPIC_PATTERN], inbox="inbox.db", **more)
            if text.startswith("Mails")
        ]
        for more in ({}, {"mail": {"host": "127.0.0.1"}})
    )
    assert with_server == ["Mails to shops that did not arrive: 2"]
    assert without == [*with_server, "Mails to shops that wait, since `ipn.mail` is not set: 1"]


def test_what_a_first_notification_showed(folder: Path, run: Run) -> None:  # the fixture
    async def refuse(source: CopySource, topic: str) -> None:
        store = open_store(folder / "inbox.db")
        origin = SignedOrigin(
            message_id=f"m-{source}", digest="d", topic=topic, kind="PaymentCapture", seller="S", source=source
        )
        await StoreInbox(store).quarantine(
            RejectedMessage(received=NOW, shop=ShopKey("kyoto-tea"), reason="unknown-topic", body=b"{}", signed=origin)
        )
        store.close()

    anyio.run(refuse, CopySource.OURS, TOPIC)
    anyio.run(refuse, CopySource.STRANGER, TOPIC.replace("291180941288", "111111111111"))
    *_, last = checks(run, topics=[TOPIC_PATTERN], inbox="inbox.db")
    assert last[:2] == ("problem", f"Refused, signed for {TOPIC}, SellerId S: 1")
    assert f"`reconciler ipn readmit --topic {TOPIC}`" in str(last[2])
