"""What can be known of a channel without sending an alert."""

from __future__ import annotations

from dataclasses import dataclass

from reconciler.core.alerts.outcome import DeliveryError


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelCheck:
    """`error` is None where its secrets are available and its server can be reached."""

    channel: str
    error: DeliveryError | None = None
