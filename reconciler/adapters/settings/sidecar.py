"""The `ipn` part of the settings as values: topics, certificates, the inbox and mail."""

from __future__ import annotations

from dataclasses import field
from datetime import timedelta
from pathlib import Path
from typing import Final

from reconciler.adapters.settings.sidecar_documents import MailDocument, SidecarDocument
from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import Diagnostic, diagnostic
from reconciler.core.diagnostics.messages import msg
from reconciler.core.values import Origin, SecretRef
from reconciler.lib.frozen_class import frozen
from reconciler.lib.optional import value_or

INBOX: Final = ".reconciler/inbox.db"
SUBMISSION_PORTS: Final = {"starttls": 587, "tls": 465, "none": 25}


PLATFORM_SENDER: Final = "noreply@system.future-shop.net"
"""The platform's own address. Mail from it that its owner did not send fails SPF and DMARC."""


@frozen
class MailSettings:
    """`sender`, `sender_name` and `subject` are the platform's own (domain: failure mail). `template` None: the built-in text."""

    host: str
    port: int
    security: str = "starttls"
    username: str | None = None
    password: SecretRef | None = None
    sender: str = PLATFORM_SENDER
    sender_name: str = "FutureShop2 Amazonセラーセントラル通知"
    subject: str = "Amazonペイメント処理失敗通知"
    template: Path | None = None
    hourly_per_shop: int = 20


@frozen
class SidecarSettings:
    """`topics` are ARNs in which `{seller_id}` stands for the shop's; `inbox` a file's path or a database's address.

    `certificates` None: fetched from Amazon. `payments` None: the backend answers for them. `mail` None: none is sent, what is
    owed stays in the outbox.
    """

    inbox: str
    topics: tuple[str, ...] = ()
    max_age: timedelta = field(default=timedelta(days=21))
    sha1: bool = True
    certificates: Path | None = None
    payments: str | None = None
    poll_every: timedelta = field(default=timedelta(hours=1))
    missed_after: timedelta = field(default=timedelta(hours=24))
    other_endpoints: tuple[str, ...] = ()
    mail: MailSettings | None = None


def sidecar_settings(document: SidecarDocument, root: Path) -> SidecarSettings:
    inbox = value_or(document.inbox, INBOX)
    return SidecarSettings(
        inbox=inbox if "://" in inbox else str(root / inbox),
        topics=tuple(document.topics or ()),
        max_age=timedelta(days=value_or(document.max_age_days, 21)),
        sha1=document.sha1 != "refuse",
        certificates=None if document.certificates is None else root / document.certificates,
        payments=document.payments,
        poll_every=timedelta(minutes=value_or(document.poll_minutes, 60)),
        missed_after=timedelta(hours=value_or(document.silence_hours, 24)),
        other_endpoints=tuple(document.other_endpoints or ()),
        mail=None if document.mail is None else _mail(document.mail, root),
    )


def sender_diagnostics(mail: MailSettings | None, origin: Origin | None) -> tuple[Diagnostic, ...]:
    """A warning where mails go out under the platform's address, by default or as set."""
    if mail is None or mail.sender.lower() != PLATFORM_SENDER:
        return ()
    return (
        diagnostic(
            codes.PLATFORM_SENDER,
            msg(
                "Mail about failed payments is sent from {sender}, an address of the platform: "
                "recipients that check SPF and DMARC reject it or mark it as spam",
                sender=mail.sender,
            ),
            hint=msg("Set ipn.mail.sender to an address of a domain for which your mail server may send"),
            subject="ipn.mail.sender",
            origin=origin,
        ),
    )


def _mail(document: MailDocument, root: Path) -> MailSettings:
    security = value_or(document.security, "starttls")
    usual = MailSettings(host=document.host, port=value_or(document.port, SUBMISSION_PORTS[security]))
    return MailSettings(
        host=usual.host,
        port=usual.port,
        security=security,
        username=document.username,
        password=None if document.password is None else SecretRef(document.password),
        sender=value_or(document.sender, usual.sender),
        sender_name=value_or(document.sender_name, usual.sender_name),
        subject=value_or(document.subject, usual.subject),
        template=None if document.template is None else root / document.template,
        hourly_per_shop=value_or(document.hourly_per_shop, usual.hourly_per_shop),
    )
