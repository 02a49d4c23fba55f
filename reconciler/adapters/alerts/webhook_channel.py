"""Alerts to a webhook: a CloudEvent in structured JSON, signed as Standard Webhooks says."""

from __future__ import annotations

from collections.abc import Callable

from reconciler.adapters.alerts.channel_secrets import ChannelUnusable, resolved_address, resolved_secret
from reconciler.adapters.alerts.http_post import HttpPost, PostAnswer, answer_outcome
from reconciler.adapters.alerts.signature import signed_headers, signing_key
from reconciler.core.alerts.alert import Alert
from reconciler.core.alerts.outcome import SendOutcome
from reconciler.core.diagnostics.messages import Message, msg
from reconciler.core.values import SecretRef
from reconciler.lib.frozen_class import frozen
from reconciler.ports import Clock, Secrets

_CONTENT_TYPE = "application/cloudevents+json; charset=UTF-8"


@frozen
class WebhookChannel:
    """Implements ports.alerts.AlertChannel. `signing` are the secrets; each signs. `event` is the JSON text of an alert."""

    name: str
    url: str | SecretRef
    signing: tuple[SecretRef, ...]
    secrets: Secrets
    clock: Clock
    http: HttpPost
    event: Callable[[Alert], str]

    async def send(self, alert: Alert) -> SendOutcome:
        now, body = self.clock.now(), self.event(alert).encode()
        try:
            url, keys = self._resolved()
        except ChannelUnusable as unusable:
            return unusable.outcome
        headers = {"Content-Type": _CONTENT_TYPE, **signed_headers(alert.id, body, keys, now)}
        answer = await self.http.post(url, headers, body, now)
        return answer_outcome(answer) if isinstance(answer, PostAnswer) else answer

    async def check(self) -> Message | None:
        """Without a request; None where nothing is wrong."""
        try:
            url, _ = self._resolved()
        except ChannelUnusable as unusable:
            return unusable.why
        return await self.http.connect(url)

    def _resolved(self) -> tuple[str, list[bytes]]:
        """Raises ChannelUnusable."""
        return resolved_address(self.url, self.secrets), [self._key(reference) for reference in self.signing]

    def _key(self, reference: SecretRef) -> bytes:
        try:
            return signing_key(resolved_secret(reference, self.secrets))
        except ValueError:
            why = msg("a signing secret is not `whsec_` and base64 of 24 to 64 bytes")
            raise ChannelUnusable(why, reference=reference) from None
