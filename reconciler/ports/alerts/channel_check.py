"""What can be known of a channel without sending an alert."""

from __future__ import annotations

from reconciler.core.diagnostics.messages import Message
from reconciler.lib.frozen_class import frozen


@frozen
class ChannelCheck:
    """`problem` is None where its secrets are available and its server can be reached."""

    channel: str
    problem: Message | None = None
