"""Says which shops were changed at the embedded backend, to the address of the settings: signed, in the background.

In: shop keys, after their transaction. Out: posts, each sent once and within `PATIENCE` seconds. What is lost is made up for by
the receiver's own questions to the feed. Shops that change while a post is under way are put together in the next one.
"""

from __future__ import annotations

import json
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

import anyio

from reconciler.adapters.settings.settings import Settings
from reconciler.core.diagnostics.messages import msg
from reconciler.core.diagnostics.redaction import redact
from reconciler.lib.addresses import is_safe_address
from reconciler.lib.event_log import log_event
from reconciler.lib.utc import format_utc
from reconciler.ports import SecretMissing
from reconciler.wiring.runtime import bad_setting, clock, secrets

if TYPE_CHECKING:
    from reconciler.adapters.settings.settings import ChangeWebhookSettings

PATIENCE: Final = 5.0
_SHOPS: Final = 100
"""In one post."""


class ChangeWebhook:
    """Called with shop keys, from any thread; waits for nothing."""

    def __init__(self, url: str, key: bytes) -> None:
        self._url = url
        self._key = key
        self._changed = threading.Condition()
        self._pending: set[str] = set()
        self._closed = False
        self._thread = threading.Thread(target=self._run, name="change-webhook", daemon=True)
        self._thread.start()

    def __call__(self, shops: frozenset[str]) -> None:
        with self._changed:
            self._pending |= shops
            self._changed.notify()

    def close(self) -> None:
        """What was not sent yet is not sent."""
        with self._changed:
            self._closed = True
            self._changed.notify()
        self._thread.join()

    def _run(self) -> None:
        while shops := self._next():
            anyio.run(self._post, shops)

    def _next(self) -> list[str]:
        """Empty once it is closed."""
        with self._changed:
            self._changed.wait_for(lambda: self._pending or self._closed)
            shops = [] if self._closed else sorted(self._pending)[:_SHOPS]
            self._pending -= set(shops)
            return shops

    async def _post(self, shops: list[str]) -> None:
        from reconciler.adapters.alerts.http_post import HttpPost, PostAnswer
        from reconciler.adapters.alerts.signature import signed_headers

        now = clock().now()
        message = {"type": "shop.changed", "timestamp": format_utc(now), "data": {"shopKeys": shops}}
        body = json.dumps(message).encode()
        headers = {
            "Content-Type": "application/json",
            **signed_headers(f"msg_{uuid.uuid4().hex}", body, [self._key], now),
        }
        async with HttpPost(within=PATIENCE) as http:
            answer = await http.post(self._url, headers, body, now)
        status = answer.status if isinstance(answer, PostAnswer) else None
        if status is None or status >= 300:
            log_event("change-webhook-lost", level="warning", status=status, shops=len(shops))


@contextmanager
def change_webhook(settings: Settings) -> Iterator[ChangeWebhook | None]:
    """None where the settings name no address. Raises SetupError."""
    wanted = settings.embedded.webhook
    if wanted is None:
        yield None
        return
    made = ChangeWebhook(_address(settings, wanted), _key(settings, wanted))
    try:
        yield made
    finally:
        made.close()


def _address(settings: Settings, wanted: ChangeWebhookSettings) -> str:
    if not is_safe_address(wanted.url):
        why = msg("Changes cannot be sent to {url}", url=redact(wanted.url))
        hint = msg("Use https://; http:// is only for addresses of this machine, such as http://127.0.0.1:8765/")
        raise bad_setting(settings, "embedded.webhook.url", why, hint)
    return wanted.url


def _key(settings: Settings, wanted: ChangeWebhookSettings) -> bytes:
    from reconciler.adapters.alerts.signature import signing_key

    try:
        return signing_key(secrets(settings).resolve(wanted.secret))
    except SecretMissing as missing:
        why, hint = missing.text, msg("Set what the reference names")
    except ValueError:
        why = msg("a signing secret is not `whsec_` and base64 of 24 to 64 bytes")
        hint = msg("Make one with `openssl rand -base64 32`, with `whsec_` before it")
    raise bad_setting(settings, "embedded.webhook.secret", why, hint)
