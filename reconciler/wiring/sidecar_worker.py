"""What follows from a notification, put together: the worker, the mails, the polling."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.adapters.documentation import documentation
from reconciler.adapters.settings.settings import Settings
from reconciler.core.diagnostics.messages import msg
from reconciler.lib.frozen_class import frozen
from reconciler.wiring.payments import PaymentAdapters
from reconciler.wiring.runtime import bad_setting, clock, new_run_info, secrets

if TYPE_CHECKING:
    from reconciler.adapters.settings.sidecar import MailSettings
    from reconciler.adapters.store.db.database import Store
    from reconciler.ipn.process.mail_sender import MailSender
    from reconciler.ipn.process.mail_template import MailTemplate
    from reconciler.ipn.process.processor import PaymentProcessor
    from reconciler.ipn.runtime.backgrounds import Background
    from reconciler.ipn.runtime.supervisor import Loop
    from reconciler.ipn.runtime.wakeup import WakeupEvent
    from reconciler.ipn.telemetry.observer import WorkerObserver
    from reconciler.ports.shop_directory import ShopDirectory


@frozen
class WorkerAdapters:
    """The world that is worked in."""

    settings: Settings
    store: Store
    side: PaymentAdapters
    directory: ShopDirectory


def background_work(world: WorkerAdapters, bell: WakeupEvent, watch: WorkerObserver) -> Background:
    """Everything but receiving, by one process at a time. Raises SetupError, SecretMissing."""
    from reconciler.adapters.store.runs.leases import StoreLeases
    from reconciler.ipn.process.in_progress import InProgressKeys
    from reconciler.ipn.process.poller import PaymentPoller
    from reconciler.ipn.process.worker import Worker
    from reconciler.ipn.runtime.leader_election import LeaderElection
    from reconciler.ipn.runtime.supervisor import run_supervised
    from reconciler.ipn.runtime.wakeup import WakeupEvent

    doing, lanes, owed = effects(world), InProgressKeys(), WakeupEvent()
    worker, poller = Worker(doing, lanes, bell, watch, owed=owed.set), PaymentPoller(doing, lanes, watch)
    every = world.settings.sidecar.poll_every
    loops: dict[str, Loop] = {
        "worker": worker.run,
        "polling": lambda: poller.run(world.side.observer.shops, every, owed.set),
    }
    mail = world.settings.sidecar.mail
    if mail is not None:
        sender = mail_sender(world, mail, watch)
        loops["mails"] = lambda: sender.run(owed)
    lead = LeaderElection(
        StoreLeases(world.store, new_run_info(world.settings, "serve ipn", ""), clock()), clock(), watch
    )
    return lambda: run_supervised(lead, loops, clock(), watch)


def effects(world: WorkerAdapters) -> PaymentProcessor:
    """Raises SetupError."""
    from reconciler.adapters.store.inbox.work_queue import StoreWorkQueue
    from reconciler.ipn.process.processor import PaymentProcessor

    return PaymentProcessor(
        desk=StoreWorkQueue(world.store, clock()),
        orders=world.side.orders,
        payments=world.side.payments,
        directory=world.directory,
        letter=_letter(world.settings),
        clock=clock(),
    )


def mail_sender(world: WorkerAdapters, mail: MailSettings, watch: WorkerObserver) -> MailSender:
    """Raises SecretMissing; Unusable where mail and login would travel unencrypted."""
    from reconciler.adapters.smtp import SmtpMailer
    from reconciler.adapters.store.inbox.outbox import StoreOutbox
    from reconciler.ipn.process.mail_sender import MailSender, SenderOptions
    from reconciler.lib.addresses import is_loopback

    if mail.security == "none" and not is_loopback(mail.host):
        why = msg("{host} is not this machine, and without encryption the mail can be read in transit", host=mail.host)
        hint = msg("Set `security: starttls` or `security: tls`")
        raise bad_setting(world.settings, "ipn.mail.security", why, hint)
    password = None if mail.password is None else secrets(world.settings).resolve(mail.password)
    sender = SenderOptions(address=mail.sender, name=mail.sender_name, hourly=mail.hourly_per_shop)
    return MailSender(
        outbox=StoreOutbox(world.store),
        mailer=SmtpMailer(mail, password, clock()),
        sender=sender,
        directory=world.directory,
        clock=clock(),
        watch=watch,
    )


def _letter(settings: Settings) -> MailTemplate:
    """Raises SetupError for a template that cannot be read or filled in."""
    from reconciler.adapters.settings.sidecar import MailSettings
    from reconciler.ipn.process.mail_template import BadTemplate, MailTemplate, default_template
    from reconciler.views.i18n import language

    mail = settings.sidecar.mail or MailSettings(host="", port=0)
    hint = msg("{page} lists the placeholders of a template", page=documentation("ipn.md"))
    try:
        template = default_template() if mail.template is None else mail.template.read_text(encoding="utf-8")
        return MailTemplate(subject=mail.subject, template=template, translate=language("ja").translate)
    except BadTemplate as error:
        why = msg("{file}: unknown placeholder {place} in the mail template", file=str(mail.template), place=str(error))
        raise bad_setting(settings, "ipn.mail.template", why, hint) from None
    except (OSError, UnicodeDecodeError):
        why = msg("{file} is not a text in UTF-8", file=str(mail.template))
        raise bad_setting(settings, "ipn.mail.template", why, hint) from None
