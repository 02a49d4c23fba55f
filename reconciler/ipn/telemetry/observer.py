"""Metrics callbacks of the worker. Labels are words of closed lists, never input."""

from __future__ import annotations

from typing import Protocol

from reconciler.ports.inbox import MailState, MessageStatus
from reconciler.ports.mailer import MailProblem


class WorkerObserver(Protocol):
    def settled(self, standing: MessageStatus, reason: str, lag: float) -> None:
        """The work on a message ended so; `lag` are the seconds since it was received."""
        ...

    def alarmed(self, reason: str) -> None:
        """A person should check something, for this reason."""
        ...

    def mailed(self, state: MailState, problem: MailProblem | None = None) -> None:
        """A mail came to this state, because of the problem, if there was one."""
        ...

    def polled(self, outcome: str) -> None: ...

    def leads(self, leads: bool) -> None:
        """Whether this process is the one that works."""
        ...

    def expect_task(self, task: str) -> None:
        """There is a task of this name, which can be restarted."""
        ...

    def restarted(self, task: str) -> None:
        """A task failed and is started again."""
        ...


class NullObserver:
    """Implements Watch and does nothing."""

    def settled(self, standing: MessageStatus, reason: str, lag: float) -> None: ...

    def alarmed(self, reason: str) -> None: ...

    def mailed(self, state: MailState, problem: MailProblem | None = None) -> None: ...

    def polled(self, outcome: str) -> None: ...

    def leads(self, leads: bool) -> None: ...

    def expect_task(self, task: str) -> None: ...

    def restarted(self, task: str) -> None: ...
