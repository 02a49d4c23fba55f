"""Mail by SMTP: `SmtpMailer`, one connection per mail.

In: a `Mail`. Out: the server's answer, or one of the three errors of `ports.mailer`, which say whether it may have been sent:

    before the text    no connection, no login, 4xx, sender refused    MailUnavailable    certainly not sent, may go later
                       every receiver refused (5xx)                    MailRefused        certainly not sent, never will be
    the text           4xx                                             MailUnavailable
                       5xx                                             MailRefused
                       the connection breaks, or no answer comes       MailUncertain

Errors of the server, the login or our own sender are not the mail's fault: it waits until they are fixed. What a server answers
is kept as one line without mail addresses: it may repeat one.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP as FORM
from email.utils import format_datetime
from typing import Final

from aiosmtplib import (
    SMTP,
    SMTPAuthenticationError,
    SMTPException,
    SMTPRecipientRefused,
    SMTPResponseException,
    SMTPSenderRefused,
    SMTPServerDisconnected,
    SMTPTimeoutError,
)

from reconciler.adapters.settings.sidecar import MailSettings
from reconciler.core.values import Secret
from reconciler.ports import Clock
from reconciler.ports.mailer import (
    Mail,
    MailError,
    MailProblem,
    MailRefused,
    MailReply,
    MailUnavailable,
    MailUncertain,
)

_TIMEOUT: Final = 30.0
_FOR_GOOD: Final = 500
_LOST: Final = (SMTPServerDisconnected, SMTPTimeoutError, OSError)
_LONGEST: Final = 200
_ADDRESS: Final = re.compile(r"<?(?:\"[^\"]*\"|[^\s<>()\[\],;:\"]+)(?:@|%40)[^\s<>()\[\],;:\"]+>?", re.IGNORECASE)
"""Also with a quoted local part, and as it is in a URL."""


class SmtpMailer:
    """Implements ports.mailer.Mailer. `timeout` is in seconds, for each answer of the server."""

    def __init__(
        self, settings: MailSettings, password: Secret | None, clock: Clock, *, timeout: float = _TIMEOUT
    ) -> None:
        self._settings = settings
        self._password = password
        self._clock = clock
        self._timeout = timeout

    async def send(self, mail: Mail, before_text: Callable[[], Awaitable[None]]) -> MailReply:
        content = self._content(mail)
        async with self._connected() as server:
            refused = await _address(server, mail)
            await before_text()
            return replace(await _hand_over(server, content), refused=refused)

    async def check(self) -> None:
        """Connects and logs in; sends nothing. Raises MailUnavailable."""
        async with self._connected():
            pass

    @asynccontextmanager
    async def _connected(self) -> AsyncIterator[SMTP]:
        """Raises MailUnavailable. However it ends, the connection is closed; how that goes changes nothing any more."""
        given = self._settings
        server = SMTP(
            hostname=given.host,
            port=given.port,
            use_tls=given.security == "tls",
            start_tls=given.security == "starttls",
            username=given.username,
            password=None if self._password is None else self._password.reveal(),
            timeout=self._timeout,
        )
        try:
            try:
                await server.connect()
            except (SMTPException, OSError) as error:
                raise _error(MailUnavailable, _before_text(error), error) from None
            yield server
            with suppress(SMTPException, OSError):
                await server.quit()
        finally:
            server.close()

    def _content(self, mail: Mail) -> bytes:
        """Raises MailRefused for what no header and no envelope can hold: a line break would start another one.

        A mistyped address makes the email library fail in undocumented ways: each affects only this mail.
        """
        message = EmailMessage(policy=FORM)
        try:
            message["From"] = Address(mail.sender_name, addr_spec=mail.sender)
            message["To"] = [Address(addr_spec=receiver) for receiver in mail.receivers]
            "".join(mail.receivers).encode("ascii")
            message["Subject"] = mail.subject
            message["Message-ID"] = mail.message_id
            message["Date"] = format_datetime(self._clock.now())
            message["Auto-Submitted"] = "auto-generated"
            message.set_content(mail.text, charset="utf-8", cte="base64")
            return message.as_bytes()
        except Exception:  # noqa: BLE001  # MessageError, LookupError, AttributeError and more, as said above
            raise MailRefused(MailProblem.INVALID_ADDRESS) from None


async def _address(server: SMTP, mail: Mail) -> int:
    """How many receivers are refused for ever, where others are accepted. Raises MailUnavailable, MailRefused."""
    refused: list[SMTPRecipientRefused] = []
    try:
        await server.mail(mail.sender)
        for receiver in mail.receivers:
            try:
                await server.rcpt(receiver)
            except SMTPRecipientRefused as error:
                if error.code < _FOR_GOOD:
                    raise
                refused.append(error)
    except SMTPRecipientRefused as error:
        raise _error(MailUnavailable, MailProblem.RECEIVER_DEFERRED, error) from None
    except (SMTPException, OSError) as error:
        raise _error(MailUnavailable, _before_text(error), error) from None
    if len(refused) == len(mail.receivers):
        raise _error(MailRefused, MailProblem.RECEIVER_REFUSED, refused[0]) from None
    return len(refused)


async def _hand_over(server: SMTP, content: bytes) -> MailReply:
    """Raises MailUnavailable, MailRefused, MailUncertain."""
    try:
        answer = await server.data(content)
    except SMTPResponseException as error:
        if error.code >= _FOR_GOOD:
            raise _error(MailRefused, MailProblem.CONTENT_REFUSED, error) from None
        raise _error(MailUnavailable, MailProblem.CONTENT_DEFERRED, error) from None
    except _LOST as error:
        lost = MailProblem.NO_ANSWER if _is_timeout(error) else MailProblem.CONNECTION_LOST
        raise _error(MailUncertain, lost, error) from None
    return MailReply(code=answer.code, text=_line(answer.message))


def _before_text(error: Exception) -> MailProblem:
    """Of what the server or our login is the cause of."""
    if isinstance(error, SMTPAuthenticationError):
        return MailProblem.LOGIN_REFUSED
    if isinstance(error, SMTPSenderRefused):
        return MailProblem.SENDER_REFUSED
    if isinstance(error, SMTPResponseException):
        return MailProblem.SERVER_REFUSED
    return MailProblem.NO_ANSWER if _is_timeout(error) else MailProblem.SERVER_UNREACHABLE


def _is_timeout(error: Exception) -> bool:
    return isinstance(error, SMTPTimeoutError | TimeoutError)


def _error(kind: type[MailError], problem: MailProblem, error: Exception) -> MailError:
    """With the server's answer, if there was one."""
    if isinstance(error, SMTPResponseException):
        return kind(problem, error.code, _line(error.message))
    return kind(problem)


def _line(answer: str) -> str | None:
    """One printable line of limited length without mail addresses."""
    shown = "".join(character if character.isprintable() else " " for character in answer)
    return _ADDRESS.sub("<address>", " ".join(shown.split()))[:_LONGEST] or None
