"""Alerts by mail: one mail to all receivers of a channel. Its Message-ID comes from the alert, also if it is sent again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, Protocol

from reconciler.adapters.alerts.channel_secrets import ChannelUnusable
from reconciler.core.alerts.alert import Alert
from reconciler.core.alerts.outcome import DeliveryError, DeliveryProblem, Retry, SendOutcome, SendRefused, Sent
from reconciler.core.alerts.words import error_words
from reconciler.core.diagnostics.messages import Message
from reconciler.lib.frozen_class import frozen
from reconciler.ports import SecretMissing
from reconciler.ports.mailer import Mail, Mailer, MailError, MailProblem, MailRefused, MailReply

_PROBLEMS: Final = {
    MailProblem.RECEIVER_REFUSED: DeliveryProblem.REFUSED,
    MailProblem.CONTENT_REFUSED: DeliveryProblem.REFUSED,
    MailProblem.INVALID_ADDRESS: DeliveryProblem.BAD_ADDRESS,
    MailProblem.RECEIVER_DEFERRED: DeliveryProblem.DEFERRED,
    MailProblem.CONTENT_DEFERRED: DeliveryProblem.DEFERRED,
    MailProblem.SENDER_REFUSED: DeliveryProblem.DEFERRED,
    MailProblem.SERVER_REFUSED: DeliveryProblem.DEFERRED,
    MailProblem.LOGIN_REFUSED: DeliveryProblem.LOGIN_REFUSED,
    MailProblem.SERVER_UNREACHABLE: DeliveryProblem.UNREACHABLE,
    MailProblem.NO_ANSWER: DeliveryProblem.TIMED_OUT,
    MailProblem.CONNECTION_LOST: DeliveryProblem.CONNECTION_LOST,
}


class CheckedMailer(Mailer, Protocol):
    async def check(self) -> None:
        """Connects and logs in; sends nothing. Raises MailUnavailable."""
        ...


@frozen
class MailChannel:
    """Implements ports.alerts.AlertChannel. `mailer` is what sends; it raises SecretMissing. `text` is subject and text in a
    language.
    """

    name: str
    to: tuple[str, ...]
    sender: str
    sender_name: str
    language: str
    mailer: Callable[[], CheckedMailer]
    text: Callable[[Alert, str], tuple[str, str]]

    async def send(self, alert: Alert) -> SendOutcome:
        try:
            reply = await self.mailer().send(self._mail(alert), _nothing)
        except SecretMissing as missing:
            return ChannelUnusable(missing.text).outcome
        except MailRefused as error:
            return SendRefused(error=_delivery_error(error))
        except MailError as error:
            return Retry(error=_delivery_error(error))
        return Sent(answer=self._answer(reply))

    async def check(self) -> Message | None:
        """Without a mail; None where nothing is wrong."""
        try:
            await self.mailer().check()
        except SecretMissing as missing:
            return missing.text
        except MailError as error:
            return error_words(_delivery_error(error))
        return None

    def _mail(self, alert: Alert) -> Mail:
        first, *others = self.to
        subject, text = self.text(alert, self.language)
        return Mail(
            message_id=f"<{alert.id}@{self.sender.rpartition('@')[2]}>",
            to=first,
            others=tuple(others),
            sender_name=self.sender_name,
            sender=self.sender,
            subject=subject,
            text=text,
        )

    def _answer(self, reply: MailReply) -> str:
        said = " ".join(str(part) for part in (reply.code, reply.text) if part)
        return f"{said} (receivers refused: {reply.refused} of {len(self.to)})" if reply.refused else said


async def _nothing() -> None: ...


def _delivery_error(error: MailError) -> DeliveryError:
    reply = error.reply
    problem = DeliveryProblem.INTERNAL_ERROR if reply.problem is None else _PROBLEMS.get(reply.problem)
    return DeliveryError(problem=problem or DeliveryProblem.INTERNAL_ERROR, status=reply.code, text=reply.text)
