"""Sending one mail."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from enum import StrEnum
from typing import Protocol

from reconciler.lib.frozen_class import frozen


class MailProblem(StrEnum):
    """Why a mail did not arrive, or may not have: the closed list of logs, metrics and documents."""

    RECEIVER_REFUSED = "receiver-refused"
    CONTENT_REFUSED = "content-refused"
    INVALID_ADDRESS = "invalid-address"
    RECEIVER_DEFERRED = "receiver-deferred"
    CONTENT_DEFERRED = "content-deferred"
    SENDER_REFUSED = "sender-refused"
    LOGIN_REFUSED = "login-refused"
    SERVER_REFUSED = "server-refused"
    SERVER_UNREACHABLE = "server-unreachable"
    NO_ANSWER = "no-answer"
    CONNECTION_LOST = "connection-lost"
    INTERRUPTED = "interrupted"
    INTERNAL_ERROR = "internal-error"


@frozen
class MailReply:
    """What came of an attempt: the SMTP server's `code` and `text`, if it answered, and the problem, if there was one.

    `text` is one line of limited length, and holds no mail address. `refused` counts the receivers that were refused although the
    mail was accepted for others.
    """

    problem: MailProblem | None = None
    code: int | None = None
    text: str | None = None
    refused: int = 0


@frozen
class Mail:
    """`message_id` is the same for each attempt at this mail, so that a duplicate can be recognised. `others` are further
    receivers.
    """

    message_id: str
    to: str
    sender_name: str
    sender: str
    subject: str
    text: str
    others: tuple[str, ...] = ()

    @property
    def receivers(self) -> tuple[str, ...]:
        return (self.to, *self.others)


class MailError(Exception):
    """The mail was not accepted. Its words are of closed lists; only `reply.text` is the server's."""

    def __init__(self, problem: MailProblem, code: int | None = None, text: str | None = None) -> None:
        super().__init__(problem.value if code is None else f"{problem.value} {code}")
        self.reply = MailReply(problem=problem, code=code, text=text)


class MailUnavailable(MailError):
    """Not sent, certainly; it may go later."""


class MailRefused(MailError):
    """Not sent, and this mail never will be: its address or content is refused permanently."""


class MailUncertain(MailError):
    """The text was handed over and no answer came: it may have been sent."""


class Mailer(Protocol):
    async def send(self, mail: Mail, before_text: Callable[[], Awaitable[None]]) -> MailReply:
        """What the server answered when it accepted the mail.

        `before_text` is awaited once the server took sender and receiver, and before the text leaves.

        Raises MailUnavailable, MailRefused, MailUncertain.
        """
        ...
