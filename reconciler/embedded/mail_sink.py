"""A mailbox for trying out: what is sent to the shops on this machine is received and shown, and goes no further.

In: SMTP on a socket that is bound already. Out: stored mails. Headers and bodies come from other programs: all that they hold
becomes text of limited length.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parseaddr
from typing import TYPE_CHECKING, Final
from unicodedata import category

from sqlalchemy.exc import SQLAlchemyError

from reconciler.embedded.contract.times import stamp
from reconciler.embedded.resources.received_mails import ReceivedMail, store_mail
from reconciler.embedded.services import Services

if TYPE_CHECKING:
    from aiosmtpd.smtp import SMTP, Envelope, Session

MOST_BYTES: Final = 256 * 1024
MOST_RECIPIENTS: Final = 10
_SILENCE: Final = 60.0
_LONGEST_BODY: Final = 20_000
_LONGEST_LINE: Final = 200


@asynccontextmanager
async def receiving_mails(services: Services) -> AsyncIterator[None]:
    """While it lasts, mails are received where the configuration says, if it does."""
    listener = services.config.mail_listener
    if listener is None:
        yield
        return
    from aiosmtpd.smtp import SMTP  # noqa: PLC0415  # only who asks for it needs it

    mailbox = _Mailbox(services)

    def connection() -> SMTP:
        return SMTP(mailbox, data_size_limit=MOST_BYTES, enable_SMTPUTF8=True, hostname="localhost", timeout=_SILENCE)

    server = await asyncio.get_running_loop().create_server(connection, sock=listener)
    try:
        yield
    finally:
        server.close()


class _Mailbox:
    """What aiosmtpd calls for each mail."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def handle_RCPT(  # noqa: N802  # aiosmtpd's name
        self, _server: "SMTP", _session: "Session", envelope: "Envelope", address: str, _options: list[str]
    ) -> str:
        if len(envelope.rcpt_tos) >= MOST_RECIPIENTS:
            return "452 too many recipients"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: "SMTP", _session: "Session", envelope: "Envelope") -> str:  # noqa: N802
        content = envelope.content if isinstance(envelope.content, bytes) else b""
        at = stamp(self._services.now())
        try:
            with self._services.database.writing() as connection:
                for recipient in envelope.rcpt_tos:
                    store_mail(connection, read_mail(content, envelope.mail_from or "", recipient), at)
        except SQLAlchemyError:
            return "451 the mail cannot be stored now"
        return "250 OK"


def read_mail(content: bytes, sender: str, recipient: str) -> ReceivedMail:
    """`sender` and `recipient` are those of the envelope; what a header shows of the sender is preferred."""
    message = message_from_bytes(content, policy=policy.default)
    name, address = parseaddr(_header(message, "From"))
    return ReceivedMail(
        sender_name=_line(name),
        sender=_line(address or sender),
        recipient=_line(recipient),
        subject=_line(_header(message, "Subject")),
        body=_clean(_body(message))[:_LONGEST_BODY],
    )


def _header(message: EmailMessage, name: str) -> str:
    try:
        return str(message.get(name, ""))
    except Exception:  # noqa: BLE001  # the email library fails in undocumented ways for headers that are malformed
        return ""


def _body(message: EmailMessage) -> str:
    """Its plain text, without attachments."""
    try:
        part = message.get_body(("plain", "html"))
        return "" if part is None else str(part.get_content())
    except Exception:  # noqa: BLE001  # likewise: an unknown charset, a broken encoding
        return ""


def _line(text: str) -> str:
    return " ".join(_clean(text).split())[:_LONGEST_LINE]


def _clean(text: str) -> str:
    """Without what cannot be stored or shown."""
    kept = (each for each in text.replace("\r\n", "\n") if each in "\n\t" or category(each)[0] != "C")
    return "".join(kept)
