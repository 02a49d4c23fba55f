"""Webhooks: genuine ones lead to a look, everything else to nothing, and nobody learns why."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import anyio
import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks import Webhook
from starlette.datastructures import Headers

from reconciler.lib.event_log import Level, LogFields, using_log
from reconciler.serving import webhooks
from reconciler.serving.listener import bind
from reconciler.serving.server import serve
from reconciler.serving.webhook_signatures import check_standard
from reconciler.serving.webhooks import BURST, LARGEST, WebhookHint, WebhookKeys, WebhookSender, make_webhook_app

pytestmark = pytest.mark.anyio

OLD, NEW, OTHER = (b"%d" % number * 32 for number in range(3))
GITHUB, GITLAB = b"the secret of github", b"the-token-of-gitlab"
KEYS = WebhookKeys(backend=(OLD, NEW), github=(GITHUB,), gitlab=(GITLAB,))
START = datetime(2026, 11, 29, 12, 0, tzinfo=UTC)
CHANGED = {"type": "shop.changed", "timestamp": "2026-11-29T12:00:00Z", "data": {"shopKeys": ["kyoto-tea"]}}
ANY = WebhookHint(sender=WebhookSender.BACKEND)
KYOTO = WebhookHint(sender=WebhookSender.BACKEND, shops=frozenset({"kyoto-tea"}))


@dataclass
class Receiving:
    """What was heard and logged; the clock is set by the test."""

    at: datetime = START
    heard: list[WebhookHint] = field(default_factory=list)
    logged: list[LogFields] = field(default_factory=list)

    def now(self) -> datetime:
        return self.at

    def monotonic(self) -> float:
        return (self.at - START).total_seconds()

    def write(self, level: Level, event: str, fields: LogFields) -> None:
        self.logged.append(fields)

    def client(self, keys: WebhookKeys = KEYS) -> httpx.AsyncClient:
        transport = httpx.ASGITransport(make_webhook_app(keys, self, self.heard.append))
        return httpx.AsyncClient(transport=transport, base_url="http://watcher.example")


@pytest.fixture
def receiving() -> AsyncIterator[Receiving]:
    made = Receiving()
    with using_log(made):
        yield made


def signed(
    body: bytes | None = None, key: bytes = NEW, at: datetime = START, message: str = "msg_1", **changed: str | None
) -> dict:
    """As the reference implementation signs it; `changed` replaces headers, or removes them."""
    content = json.dumps(CHANGED).encode() if body is None else body
    signature = Webhook(base64.b64encode(key).decode()).sign(message, at, content.decode("latin-1"))
    if not content.isascii():
        digest = hmac.new(key, f"{message}.{int(at.timestamp())}.".encode() + content, hashlib.sha256).digest()
        signature = f"v1,{base64.b64encode(digest).decode()}"
    headers = {
        "content-type": "application/json",
        "webhook-id": message,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": signature,
    }
    renamed = {name.replace("_", "-"): value for name, value in changed.items()}
    return {
        "content": content,
        "headers": {name: value for name, value in (headers | renamed).items() if value is not None},
    }


def by_github(body: bytes = b"{}", key: bytes = GITHUB, event: str = "push") -> dict:
    signature = hmac.new(key, body, hashlib.sha256).hexdigest()
    headers = {
        "content-type": "application/json",
        "x-hub-signature-256": f"sha256={signature}",
        "x-github-event": event,
    }
    return {"content": body, "headers": headers}


def by_gitlab(token: str = GITLAB.decode(), event: str = "Push Hook") -> dict:
    return {
        "content": b"{}",
        "headers": {"content-type": "application/json", "x-gitlab-token": token, "x-gitlab-event": event},
    }


@pytest.mark.parametrize("key", [OLD, NEW])
async def test_a_message_of_the_backend_leads_to_a_hint_during_a_rotation_too(receiving: Receiving, key: bytes) -> None:
    async with receiving.client() as client:
        answer = await client.post("/webhooks/backend", **signed(key=key))
    assert (answer.status_code, answer.content, receiving.heard) == (204, b"", [KYOTO])


async def test_several_signatures_of_which_one_is_known(receiving: Receiving) -> None:
    both = " ".join(signed(key=key)["headers"]["webhook-signature"] for key in (OTHER, NEW))
    async with receiving.client() as client:
        answer = await client.post("/webhooks/backend", **signed(webhook_signature=f"v1a,AAAA {both}"))
    assert (answer.status_code, receiving.heard) == (204, [KYOTO])


async def test_pushes_to_the_forges_lead_to_a_hint_and_other_events_to_none(receiving: Receiving) -> None:
    async with receiving.client() as client:
        for path, message in [
            ("github", by_github()),
            ("github", by_github(event="ping")),
            ("gitlab", by_gitlab()),
            ("gitlab", by_gitlab(event="Note Hook")),
        ]:
            assert (await client.post(f"/webhooks/{path}", **message)).status_code == 204
    assert receiving.heard == [WebhookHint(sender=WebhookSender.GITHUB), WebhookHint(sender=WebhookSender.GITLAB)]


FORGED = {
    "another key": signed(key=OTHER),
    "another body": {**signed(), "content": b'{"data": {"shopKeys": ["uji-cups"]}}'},
    "another id": signed(webhook_id="msg_2"),
    "another time": signed(webhook_timestamp=str(int(START.timestamp()) + 1)),
    "another version": signed(webhook_signature="v2," + signed()["headers"]["webhook-signature"][3:]),
    "no signature": signed(webhook_signature=None),
    "an empty signature": signed(webhook_signature=""),
    "half a signature": signed(webhook_signature=signed()["headers"]["webhook-signature"][:-6]),
    "no base64": signed(webhook_signature="v1,!!!!"),
    "no id": signed(webhook_id=None),
    "an id with a dot": signed(message="msg.1"),
    "no time": signed(webhook_timestamp=None),
    "a time that is none": signed(webhook_timestamp="now"),
    "a long time": signed(webhook_timestamp="9" * 400),
    "too old": signed(at=START - timedelta(seconds=301)),
    "from the future": signed(at=START + timedelta(seconds=301)),
}


@pytest.mark.parametrize("name", FORGED)
async def test_what_is_not_genuine_is_refused_without_a_reason(receiving: Receiving, name: str) -> None:
    async with receiving.client() as client:
        answer = await client.post("/webhooks/backend", **FORGED[name])
    assert (answer.status_code, answer.content, receiving.heard) == (401, b"", [])
    assert receiving.logged[0]["reason"] in ("unsigned", "stale", "forged")


@pytest.mark.parametrize("seconds", [-300, 300])
async def test_the_edge_of_the_tolerance_is_accepted(receiving: Receiving, seconds: int) -> None:
    async with receiving.client() as client:
        answer = await client.post("/webhooks/backend", **signed(at=START + timedelta(seconds=seconds)))
    assert (answer.status_code, receiving.heard) == (204, [KYOTO])


async def test_two_headers_of_one_name_are_refused(receiving: Receiving) -> None:
    message = signed()
    headers = [*message["headers"].items(), ("webhook-id", "msg_2")]
    async with receiving.client() as client:
        answer = await client.post("/webhooks/backend", content=message["content"], headers=headers)
    assert (answer.status_code, receiving.heard) == (401, [])


async def test_forged_messages_of_the_forges_are_refused(receiving: Receiving) -> None:
    async with receiving.client() as client:
        for path, message in [
            ("github", by_github(key=GITLAB)),
            ("github", {**by_github(), "content": b"{ }"}),
            ("github", by_gitlab()),
            ("gitlab", by_gitlab("the-token-of-gitlab ")),
            ("gitlab", by_gitlab("the-token-of-gitla")),
            ("gitlab", by_gitlab("é".encode("latin-1").decode("latin-1"))),
            ("gitlab", by_github()),
            ("gitlab", signed()),
        ]:
            headers = [(name.encode(), value.encode("latin-1")) for name, value in message["headers"].items()]
            answer = await client.post(f"/webhooks/{path}", content=message["content"], headers=headers)
            assert (answer.status_code, answer.content) == (401, b"")
    assert receiving.heard == []


async def test_a_replay_leads_to_nothing_more(receiving: Receiving) -> None:
    async with receiving.client() as client:
        for seconds in (0, 1, 299):
            receiving.at = START + timedelta(seconds=seconds)
            assert (await client.post("/webhooks/backend", **signed())).status_code == 204
        receiving.at = START + timedelta(seconds=301)
        assert (await client.post("/webhooks/backend", **signed())).status_code == 401
    assert receiving.heard == [KYOTO]


async def test_hints_are_bounded_and_a_sender_is_told_to_wait(receiving: Receiving) -> None:
    async with receiving.client() as client:
        statuses = [
            (await client.post("/webhooks/backend", **signed(message=f"msg_{n}"))).status_code for n in range(BURST + 5)
        ]
        refused = await client.post("/webhooks/github", **by_github())
        receiving.at += timedelta(seconds=1)
        again = await client.post("/webhooks/backend", **signed(message=f"msg_{BURST + 1}"))
    assert statuses == [204] * BURST + [429] * 5
    assert (refused.status_code, refused.headers["retry-after"], again.status_code) == (429, "1", 204)
    assert len(receiving.heard) == BURST + 1


async def test_a_stranger_does_not_fill_the_log_and_takes_no_turn_of_others(receiving: Receiving) -> None:
    async with receiving.client() as client:
        for _ in range(5 * BURST):
            await client.post("/webhooks/backend", **FORGED["another key"])
        assert (await client.post("/webhooks/backend", **signed())).status_code == 204
    assert len(receiving.logged) == 1


async def test_other_methods_types_and_paths(receiving: Receiving) -> None:
    async with receiving.client() as client:
        got = await client.get("/webhooks/backend")
        assert (got.status_code, got.headers["allow"]) == (405, "POST")
        form = {
            **by_github(),
            "headers": {**by_github()["headers"], "content-type": "application/x-www-form-urlencoded"},
        }
        assert (await client.post("/webhooks/github", **form)).status_code == 415
        for path in ("/webhooks", "/webhooks/", "/webhooks/nobody", "/webhooks/backend/", "/backend", "/"):
            assert (await client.post(path, **signed())).status_code == 404
    async with receiving.client(WebhookKeys(backend=(NEW,))) as client:
        assert (await client.post("/webhooks/gitlab", **by_gitlab())).status_code == 404
    assert receiving.heard == []


BODIES = {
    b"": None,
    b"x": None,
    b"\xff\xfe": None,
    b"[]": None,
    b'{"data": {}}': None,
    b'{"data": {"shopKeys": []}}': None,
    b'{"data": {"shopKeys": "kyoto-tea"}}': None,
    b'{"data": {"shopKeys": [1]}}': None,
    b'{"data": {"shopKeys": ["a", "b"]}}': frozenset({"a", "b"}),
    b'{"data": {"shopKeys": ["' + b"a" * 65 + b'"]}}': None,
    json.dumps({"data": {"shopKeys": [str(n) for n in range(101)]}}).encode(): None,
    b"[" * 100_000: None,
}


@pytest.mark.parametrize("body", BODIES, ids=lambda body: body[:40].decode("latin-1"))
async def test_a_genuine_message_that_says_nothing_usable_asks_for_everything(
    receiving: Receiving, body: bytes
) -> None:
    async with receiving.client() as client:
        answer = await client.post("/webhooks/backend", **signed(body))
    assert (answer.status_code, receiving.heard) == (
        204,
        [WebhookHint(sender=WebhookSender.BACKEND, shops=BODIES[body])],
    )


async def test_a_body_that_is_too_large_is_refused_announced_or_not(receiving: Receiving) -> None:
    async def parts() -> AsyncIterator[bytes]:
        for _ in range(LARGEST // 1000 + 2):
            yield b" " * 1000

    large = signed(b" " * (LARGEST + 1))
    async with receiving.client() as client:
        assert (await client.post("/webhooks/backend", **large)).status_code == 413
        assert (await client.post("/webhooks/backend", content=parts(), headers=large["headers"])).status_code == 413
    assert receiving.heard == []


@asynccontextmanager
async def served(receiving: Receiving) -> AsyncIterator[int]:
    stop, ready = anyio.Event(), anyio.Event()
    ports: list[int] = []

    def listens(port: int) -> None:
        ports.append(port)
        ready.set()

    app = make_webhook_app(KEYS, receiving, receiving.heard.append)
    with bind("127.0.0.1", 0) as listener, anyio.fail_after(60):
        async with anyio.create_task_group() as group:
            group.start_soon(lambda: serve(app, [listener], on_ready=listens, stop=stop))
            await ready.wait()
            yield ports[0]
            stop.set()


HEAD = b"POST /webhooks/backend HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"


async def test_slow_bodies_are_ended_and_only_so_many_are_read(
    receiving: Receiving, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webhooks, "SECONDS", 0.3)
    monkeypatch.setattr(webhooks, "READERS", 2)
    async with served(receiving) as port:
        slow = [await anyio.connect_tcp("127.0.0.1", port) for _ in range(2)]
        for each in slow:
            await each.send(HEAD)
        first = (await slow[0].receive()).split(b"\r\n")[0]
        for each in slow:
            await each.aclose()
        async with httpx.AsyncClient() as client:
            answer = await client.post(f"http://127.0.0.1:{port}/webhooks/backend", **signed())
    assert (first, answer.status_code, receiving.heard) == (b"HTTP/1.1 408 Request Timeout", 204, [KYOTO])


async def test_a_body_that_is_cut_leads_to_nothing_and_the_next_message_is_taken(receiving: Receiving) -> None:
    async with served(receiving) as port:
        cut = await anyio.connect_tcp("127.0.0.1", port)
        await cut.send(HEAD)
        await cut.aclose()
        async with httpx.AsyncClient() as client:
            answer = await client.post(f"http://127.0.0.1:{port}/webhooks/backend", **signed())
    assert (answer.status_code, receiving.heard) == (204, [KYOTO])


@given(st.binary(max_size=60), st.text(max_size=40), st.text(max_size=40), st.text(max_size=80))
def test_no_headers_make_it_fail(body: bytes, message: str, at: str, signature: str) -> None:
    raw = [("webhook-id", message), ("webhook-timestamp", at), ("webhook-signature", signature)]
    headers = Headers(raw=[(name.encode(), value.encode("utf-8", "replace")) for name, value in raw])
    assert check_standard(headers, body, [NEW], START) is not None
