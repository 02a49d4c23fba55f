"""Receives webhooks that say that something changed: from the backend, GitHub and GitLab.

In: POST /webhooks/backend, /webhooks/github, /webhooks/gitlab; a sender without a key has no path. Out: a callback for each
genuine message. What it says is not believed: it only leads to a look. So a repeated message is harmless, and how many lead to a
callback is bounded; a message that is lost is made up for by the regular questions. A refusal says nothing about why: the log
does.
"""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import field
from datetime import datetime
from enum import Enum
from typing import Any, Final, Protocol

import anyio
from starlette.applications import Starlette
from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from reconciler.lib.event_log import log_event
from reconciler.lib.frozen_class import frozen
from reconciler.serving.webhook_signatures import (
    TOLERANCE,
    WebhookRefusal,
    check_github,
    check_gitlab,
    check_standard,
)

PATH: Final = "/webhooks/"
LARGEST: Final = 1024 * 1024
"""Bytes of a body."""
SECONDS: Final = 5.0
"""Within which a body has to be complete."""
READERS: Final = 16
"""Bodies that are read at one time."""
BURST: Final = 20
PER_SECOND: Final = 2.0
"""Callbacks: so many at once, then so many a second."""
_REMEMBERED: Final = 4096
_SHOPS: Final = 100
_LONGEST: Final = 64
_LOG_EVERY: Final = 10.0
_GITHUB_PUSH: Final = "push"
_GITLAB_PUSH: Final = "Push Hook"


class WebhookSender(Enum):
    BACKEND = "backend"
    GITHUB = "github"
    GITLAB = "gitlab"


@frozen
class WebhookHint:
    """`shops` None: it is not said which."""

    sender: WebhookSender
    shops: frozenset[str] | None = None


@frozen
class WebhookKeys:
    """Of each sender; more than one while a secret is replaced. Without a key nothing of the sender is accepted."""

    backend: Sequence[bytes] = field(default=(), repr=False)
    github: Sequence[bytes] = field(default=(), repr=False)
    gitlab: Sequence[bytes] = field(default=(), repr=False)

    def of(self, sender: WebhookSender) -> Sequence[bytes]:
        keys: Sequence[bytes] = getattr(self, sender.value)
        return keys


class WebhookClock(Protocol):
    def now(self) -> datetime: ...

    def monotonic(self) -> float: ...


class WebhookReceiver:
    """Answers each request, with any method and path."""

    def __init__(self, keys: WebhookKeys, clock: WebhookClock, on_hint: Callable[[WebhookHint], None]) -> None:
        self._keys = keys
        self._clock = clock
        self._on_hint = on_hint
        self._reading = 0
        self._tokens, self._filled = float(BURST), clock.monotonic()
        self._known: OrderedDict[str, float] = OrderedDict()
        self._logged: dict[tuple[str, str], float] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        response = await self._answer(Request(scope, receive))
        await response(scope, receive, send)

    async def _answer(self, request: Request) -> Response:
        sender = self._sender(request.url.path)
        if sender is None:
            return Response(status_code=404)
        if request.method != "POST":
            return Response(status_code=405, headers={"Allow": "POST"})
        if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
            return self._refused(sender, "content-type", 415)
        body = await self._body(request, sender)
        if isinstance(body, Response):
            return body
        refusal = self._check(sender, request.headers, body)
        if refusal is not None:
            return self._refused(sender, refusal.value, 401)
        return self._accepted(sender, request.headers, body)

    def _sender(self, path: str) -> WebhookSender | None:
        name = path.removeprefix(PATH)
        found = next((each for each in WebhookSender if path.startswith(PATH) and each.value == name), None)
        return found if found is not None and self._keys.of(found) else None

    async def _body(self, request: Request, sender: WebhookSender) -> bytes | Response:
        """Nothing is read of a message whose headers are wrong already, and never more than a bound of memory."""
        if sender is WebhookSender.GITLAB and check_gitlab(request.headers, self._keys.gitlab) is not None:
            return self._refused(sender, WebhookRefusal.FORGED.value, 401)
        if self._reading >= READERS:
            return self._refused(sender, "busy", 503)
        self._reading += 1
        try:
            with anyio.fail_after(SECONDS):
                return await _read(request)
        except _TooLarge:
            return self._refused(sender, "too-large", 413)
        except TimeoutError:
            return self._refused(sender, "slow", 408)
        except ClientDisconnect:
            return self._refused(sender, "cut", 400)
        finally:
            self._reading -= 1

    def _check(self, sender: WebhookSender, headers: Headers, body: bytes) -> WebhookRefusal | None:
        keys = self._keys.of(sender)
        if sender is WebhookSender.BACKEND:
            return check_standard(headers, body, keys, self._clock.now())
        return check_github(headers, body, keys) if sender is WebhookSender.GITHUB else check_gitlab(headers, keys)

    def _accepted(self, sender: WebhookSender, headers: Headers, body: bytes) -> Response:
        if sender is WebhookSender.GITHUB and headers.get("x-github-event") != _GITHUB_PUSH:
            return Response(status_code=204)
        if sender is WebhookSender.GITLAB and headers.get("x-gitlab-event") != _GITLAB_PUSH:
            return Response(status_code=204)
        repeated = sender is WebhookSender.BACKEND and self._is_known(headers["webhook-id"])
        if repeated:
            return Response(status_code=204)
        if not self._take():
            return self._refused(sender, "limited", 429)
        if sender is WebhookSender.BACKEND:
            self._remember(headers["webhook-id"])
        self._on_hint(WebhookHint(sender=sender, shops=_shops(body) if sender is WebhookSender.BACKEND else None))
        return Response(status_code=204)

    def _take(self) -> bool:
        now = self._clock.monotonic()
        self._tokens = min(float(BURST), self._tokens + (now - self._filled) * PER_SECOND)
        self._filled = now
        if self._tokens < 1.0:
            return False
        self._tokens -= 1.0
        return True

    def _is_known(self, message: str) -> bool:
        """As long as its signature would be accepted."""
        old = self._clock.monotonic() - 2 * TOLERANCE
        while self._known and next(iter(self._known.values())) < old:
            self._known.popitem(last=False)
        return message in self._known

    def _remember(self, message: str) -> None:
        self._known[message] = self._clock.monotonic()
        if len(self._known) > _REMEMBERED:
            self._known.popitem(last=False)

    def _refused(self, sender: WebhookSender, reason: str, status: int) -> Response:
        """Logged once in a while: a stranger does not fill the log."""
        now, key = self._clock.monotonic(), (sender.value, reason)
        if now - self._logged.get(key, now - _LOG_EVERY) >= _LOG_EVERY:
            self._logged[key] = now
            log_event("webhook-refused", level="warning", sender=sender.value, reason=reason)
        headers = {"Retry-After": "1"} if status in {429, 503} else {}
        # What was not read is not waited for either.
        return Response(status_code=status, headers={**headers, "Connection": "close"})


class _TooLarge(Exception):
    pass


async def _read(request: Request) -> bytes:
    announced = request.headers.get("content-length", "0")
    if not announced.isdecimal() or int(announced[:20]) > LARGEST:
        raise _TooLarge
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size > LARGEST:
            raise _TooLarge
        parts.append(part)
    return b"".join(parts)


def _shops(body: bytes) -> frozenset[str] | None:
    """`{"data": {"shopKeys": [...]}}`. None for anything else, and for more shops than a message should name."""
    try:
        found: Any = json.loads(body)["data"]["shopKeys"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    if not isinstance(found, list) or not 0 < len(found) <= _SHOPS:
        return None
    texts = [each for each in found if isinstance(each, str) and 0 < len(each) <= _LONGEST]
    return frozenset(texts) if len(texts) == len(found) else None


def make_webhook_app(keys: WebhookKeys, clock: WebhookClock, on_hint: Callable[[WebhookHint], None]) -> Starlette:
    """`on_hint` is called on the event loop that serves, and waits for nothing."""
    return Starlette(routes=[Route("/{path:path}", WebhookReceiver(keys, clock, on_hint))])
