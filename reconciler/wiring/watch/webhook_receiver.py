"""The webhooks that a watcher accepts: the secrets of the settings as keys, and each genuine message as a hint."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.messages import msg
from reconciler.core.values import Secret, ShopKey
from reconciler.core.watch.shop_queue import LookReason
from reconciler.ports import SetupError
from reconciler.wiring.runtime import clock

if TYPE_CHECKING:
    from reconciler.serving.webhooks import WebhookHint

Hint = Callable[[frozenset[ShopKey] | None, LookReason], None]


def webhook_receiver(secrets: Mapping[str, Secret], hint: Hint) -> Any:
    """An ASGI application; None without secrets. `secrets` are by sender, each with one key per line: several while one is
    replaced. `hint` is called on the event loop that serves. Raises SetupError.
    """
    if not secrets:
        return None
    from reconciler.serving.webhooks import WebhookKeys, WebhookSender, make_webhook_app

    keys = {sender: _keys(sender, secret) for sender, secret in secrets.items()}

    def on_hint(heard: WebhookHint) -> None:
        reason = LookReason.BACKEND if heard.sender is WebhookSender.BACKEND else LookReason.GIT
        hint(None if heard.shops is None else frozenset(_shop_keys(heard.shops)), reason)

    return make_webhook_app(WebhookKeys(**keys), clock(), on_hint)


def _shop_keys(texts: Iterable[str]) -> Iterator[ShopKey]:
    """What is no shop key is no shop of the fleet."""
    for text in texts:
        with suppress(ValueError):
            yield ShopKey(text)


def _keys(sender: str, secret: Secret) -> tuple[bytes, ...]:
    from reconciler.adapters.alerts.signature import signing_key

    lines = [line.strip() for line in secret.reveal().splitlines() if line.strip()]
    try:
        keys = [signing_key(Secret(line, secret.source)) if sender == "backend" else line.encode() for line in lines]
    except ValueError:
        keys = []
    if not keys:
        raise SetupError(
            msg("The secret of {sender} webhooks cannot be used", sender=sender),
            hint=msg("Use one key per line; those of the backend are `whsec_` and base64 of 24 to 64 bytes"),
            code=codes.NO_WEBHOOK_SECRET,
            subject=f"watch.webhooks.{sender}",
        )
    return tuple(keys)
