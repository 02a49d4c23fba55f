"""Mail by SMTP: `SmtpMailer`, one connection per mail.

In: a `Mail`. Out: nothing, or one of the three errors of `ports.mailer`, which say whether it may have been sent:

    before the text    no connection, no login, 4xx, sender refused    MailUnavailable    certainly not sent, may go later
                       receiver refused (5xx)                          MailRefused        certainly not sent, never will be
    the text           4xx                                             MailUnavailable
                       5xx                                             MailRefused
                       the connection breaks, or no answer comes       MailUncertain

Errors of the server, the login or our own sender are not the mail's fault: it waits until they are fixed. No address and
no text is part of an error.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP as FORM
from email.utils import format_datetime
from typing import Final

from aiosmtplib import (
    SMTP,
    SMTPException,
    SMTPRecipientRefused,
    SMTPResponseException,
    SMTPServerDisconnected,
    SMTPTimeoutError,
)

from reconciler.adapters.settings.sidecar import MailSettings
from reconciler.core.values import Secret
from reconciler.ports import Clock
from reconciler.ports.mailer import Mail, MailRefused, MailUnavailable, MailUncertain

_TIMEOUT: Final = 30.0
_FOR_GOOD: Final = 500
_LOST: Final = (SMTPServerDisconnected, SMTPTimeoutError, OSError)


class SmtpMailer:
    """Implements ports.mailer.Mailer. `timeout` is in seconds, for each answer of the server."""

    def __init__(
        self, settings: MailSettings, password: Secret | None, clock: Clock, *, timeout: float = _TIMEOUT
    ) -> None:
        self._settings = settings
        self._password = password
        self._clock = clock
        self._timeout = timeout

    async def send(self, mail: Mail, before_text: Callable[[], Awaitable[None]]) -> None:
        content = self._content(mail)
        async with self._connected() as server:
            await _address(server, mail)
            await before_text()
            await _hand_over(server, content)

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
                raise MailUnavailable(_kind(error)) from None
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
            message["To"] = Address(addr_spec=mail.to)
            mail.to.encode("ascii")
            message["Subject"] = mail.subject
            message["Message-ID"] = mail.message_id
            message["Date"] = format_datetime(self._clock.now())
            message["Auto-Submitted"] = "auto-generated"
            message.set_content(mail.text, charset="utf-8", cte="base64")
            return message.as_bytes()
        except Exception as error:  # noqa: BLE001  # MessageError, LookupError, AttributeError and more, as said above
            raise MailRefused(_kind(error)) from None


async def _address(server: SMTP, mail: Mail) -> None:
    """Raises MailUnavailable, MailRefused."""
    try:
        await server.mail(mail.sender)
        await server.rcpt(mail.to)
    except SMTPRecipientRefused as error:
        raise (MailRefused if error.code >= _FOR_GOOD else MailUnavailable)(_kind(error)) from None
    except (SMTPException, OSError) as error:
        raise MailUnavailable(_kind(error)) from None


async def _hand_over(server: SMTP, content: bytes) -> None:
    """Raises MailUnavailable, MailRefused, MailUncertain."""
    try:
        await server.data(content)
    except SMTPResponseException as error:
        raise (MailRefused if error.code >= _FOR_GOOD else MailUnavailable)(_kind(error)) from None
    except _LOST as error:
        raise MailUncertain(_kind(error)) from None


def _kind(error: Exception) -> str:
    """What happened, without the server's words: they may repeat an address."""
    code = f" {error.code}" if isinstance(error, SMTPResponseException) else ""
    return f"{type(error).__name__}{code}"
