"""The `watch` part of the settings as values."""

from __future__ import annotations

from reconciler.adapters.settings.watch_documents import WatchDocument, WebhooksDocument
from reconciler.core.values import SecretRef
from reconciler.core.watch.watch_settings import WatchSettings, WebhookSecrets
from reconciler.lib.durations import duration_seconds
from reconciler.lib.optional import value_or


def watch_settings(document: WatchDocument) -> WatchSettings:
    usual = WatchSettings()
    return WatchSettings(
        period=_seconds(document.period, usual.period),
        complete=_seconds(document.complete, usual.complete),
        poll=_seconds(document.poll, usual.poll),
        batch=value_or(document.batch, usual.batch),
        pull=value_or(document.pull, usual.pull),
        requests_per_second=value_or(document.requests_per_second, usual.requests_per_second),
        webhooks=_webhooks(document.webhooks or WebhooksDocument()),
    )


def _webhooks(document: WebhooksDocument) -> WebhookSecrets:
    return WebhookSecrets(
        backend=_reference(document.backend), github=_reference(document.github), gitlab=_reference(document.gitlab)
    )


def _reference(given: str | None) -> SecretRef | None:
    return None if given is None else SecretRef(given)


def _seconds(given: str | None, usual: int) -> int:
    return usual if given is None else duration_seconds(given)
