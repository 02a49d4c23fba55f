"""Alerts to an incoming webhook of Slack, or of a chat that accepts the same requests."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from reconciler.adapters.alerts.channel_secrets import ChannelUnusable, resolved_address
from reconciler.adapters.alerts.http_post import HttpPost, PostAnswer, answer_outcome
from reconciler.core.alerts.alert import Alert
from reconciler.core.alerts.outcome import SendOutcome
from reconciler.core.diagnostics.messages import Message
from reconciler.core.values import SecretRef
from reconciler.lib.frozen_class import frozen
from reconciler.ports import Clock, Secrets

_WORDS: Final = frozenset(
    {
        "action_prohibited",
        "channel_is_archived",
        "channel_not_found",
        "invalid_blocks",
        "invalid_payload",
        "invalid_token",
        "no_active_hooks",
        "no_service",
        "no_service_id",
        "no_team",
        "no_text",
        "posting_to_general_channel_denied",
        "rate_limited",
        "rollup_error",
        "team_disabled",
        "too_many_attachments",
        "user_not_found",
    }
)
"""What Slack answers if it does not accept a message. Of any other body nothing is kept."""


@frozen
class SlackChannel:
    """Implements ports.alerts.AlertChannel. `message` is the JSON text of an alert in a language."""

    name: str
    url: SecretRef
    language: str
    secrets: Secrets
    clock: Clock
    http: HttpPost
    message: Callable[[Alert, str], str]

    async def send(self, alert: Alert) -> SendOutcome:
        try:
            url = resolved_address(self.url, self.secrets)
        except ChannelUnusable as unusable:
            return unusable.outcome
        body = self.message(alert, self.language).encode()
        answer = await self.http.post(url, {"Content-Type": "application/json; charset=utf-8"}, body, self.clock.now())
        return answer_outcome(answer, _word(answer.start)) if isinstance(answer, PostAnswer) else answer

    async def check(self) -> Message | None:
        """Without a message; None where nothing is wrong."""
        try:
            url = resolved_address(self.url, self.secrets)
        except ChannelUnusable as unusable:
            return unusable.why
        return await self.http.connect(url)


def _word(body: bytes) -> str | None:
    text = body.decode("utf-8", "replace").strip()
    return text if text in _WORDS else None
