"""What the working side tells of itself, for metrics: words of closed lists and numbers, nothing that came from outside."""

from __future__ import annotations

from typing import Protocol

from reconciler.ports.inbox import MailState, MessageStatus


class WorkerObserver(Protocol):
    def settled(self, standing: MessageStatus, reason: str, lag: float) -> None:
        """The work on a message ended so; `lag` are the seconds since it was received."""
        ...

    def mailed(self, state: MailState) -> None: ...

    def polled(self, outcome: str) -> None: ...

    def leads(self, leads: bool) -> None:
        """Whether this process is the one that works."""
        ...


class NullObserver:
    """Implements Watch and tells nobody."""

    def settled(self, standing: MessageStatus, reason: str, lag: float) -> None: ...

    def mailed(self, state: MailState) -> None: ...

    def polled(self, outcome: str) -> None: ...

    def leads(self, leads: bool) -> None: ...
