"""A way to reach people: a chat, a mail address, a webhook."""

from __future__ import annotations

from typing import Protocol

from reconciler.core.alerts.alert import Alert
from reconciler.core.alerts.outcome import SendOutcome


class AlertChannel(Protocol):
    @property
    def name(self) -> str: ...

    async def send(self, alert: Alert) -> SendOutcome:
        """One attempt. It raises nothing but cancellation: it is cancelled where it takes too long."""
        ...
