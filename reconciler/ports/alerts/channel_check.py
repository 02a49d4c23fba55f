"""What can be known of a channel without sending an alert."""

from __future__ import annotations

from dataclasses import dataclass

from reconciler.core.diagnostics.messages import Message


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelCheck:
    """`problem` is None where its secrets are available and its server can be reached."""

    channel: str
    problem: Message | None = None
