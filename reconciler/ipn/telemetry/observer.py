"""Metrics callbacks of the worker. Labels are words of closed lists, never input."""

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
    """Implements Watch and does nothing."""

    def settled(self, standing: MessageStatus, reason: str, lag: float) -> None: ...

    def mailed(self, state: MailState) -> None: ...

    def polled(self, outcome: str) -> None: ...

    def leads(self, leads: bool) -> None: ...
