"""What follows from a notification, put together: the worker, the mails, the polling."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reconciler.adapters.settings.settings import Settings
from reconciler.core.diagnostics.messages import say
from reconciler.wiring.payments import PaymentSide
from reconciler.wiring.runtime import clock, run_info, secrets, unusable

if TYPE_CHECKING:
    from reconciler.adapters.settings.sidecar import MailSettings
    from reconciler.adapters.store import Store
    from reconciler.ipn.process.mail_sender import Postman
    from reconciler.ipn.process.mail_template import Letter
    from reconciler.ipn.process.processor import Effects
    from reconciler.ipn.runtime.server import Background
    from reconciler.ipn.runtime.supervisor import Loop
    from reconciler.ipn.runtime.wakeup import Bell
    from reconciler.ipn.telemetry.observer import Watch
    from reconciler.ports.shop_directory import ShopDirectory


@dataclass(frozen=True, slots=True, kw_only=True)
class Working:
    """The world that is worked in."""

    settings: Settings
    store: Store
    side: PaymentSide
    directory: ShopDirectory


def work(world: Working, bell: Bell, watch: Watch) -> Background:
    """Everything but receiving, by one process at a time. Raises Unusable, SecretMissing."""
    from reconciler.adapters.store import StoreLeases
    from reconciler.ipn.process.in_progress import Lanes
    from reconciler.ipn.process.poller import Poller
    from reconciler.ipn.process.worker import Worker
    from reconciler.ipn.runtime.leader_election import Lead
    from reconciler.ipn.runtime.supervisor import in_the_background
    from reconciler.ipn.runtime.wakeup import Bell

    doing, lanes, owed = effects(world), Lanes(), Bell()
    worker, poller = Worker(doing, lanes, bell, watch, owed=owed.ring), Poller(doing, lanes, watch)
    every = world.settings.sidecar.poll_every
    loops: dict[str, Loop] = {
        "worker": worker.run,
        "polling": lambda: poller.run(world.side.observer.shops, every, owed.ring),
    }
    mail = world.settings.sidecar.mail
    if mail is not None:
        sender = postman(world, mail, watch)
        loops["mails"] = lambda: sender.run(owed)
    lead = Lead(StoreLeases(world.store, run_info(world.settings, "serve ipn", ""), clock()), clock(), watch)
    return lambda: in_the_background(lead, loops, clock())


def effects(world: Working) -> Effects:
    """Raises Unusable."""
    from reconciler.adapters.store import StoreDesk
    from reconciler.ipn.process.processor import Effects

    return Effects(
        desk=StoreDesk(world.store, clock()),
        orders=world.side.orders,
        payments=world.side.payments,
        directory=world.directory,
        letter=_letter(world.settings),
        clock=clock(),
    )


def postman(world: Working, mail: MailSettings, watch: Watch) -> Postman:
    """Raises SecretMissing; Unusable where mail and login would travel unencrypted."""
    from reconciler.adapters.backend.http.config import is_loopback
    from reconciler.adapters.smtp import SmtpMailer
    from reconciler.adapters.store import StoreOutbox
    from reconciler.ipn.process.mail_sender import Postman, Sender

    if mail.security == "none" and not is_loopback(mail.host):
        why = say(
            "{host} is not this machine, and without encryption anybody on the way reads the mails", host=mail.host
        )
        way_on = say("Write `security: starttls` or `security: tls`")
        raise unusable(world.settings, "ipn.mail.security", why, way_on)
    password = None if mail.password is None else secrets(world.settings).resolve(mail.password)
    sender = Sender(address=mail.sender, name=mail.sender_name, hourly=mail.hourly_per_shop)
    return Postman(StoreOutbox(world.store), SmtpMailer(mail, password, clock()), sender, clock(), watch)


def _letter(settings: Settings) -> Letter:
    """Raises Unusable for a template that cannot be read or filled in."""
    from reconciler.adapters.settings.sidecar import MailSettings
    from reconciler.ipn.process.mail_template import BadTemplate, Letter, usual_template

    mail = settings.sidecar.mail or MailSettings(host="", port=0)
    way_on = say("docs/ipn.md lists the places that a template may have")
    try:
        template = usual_template() if mail.template is None else mail.template.read_text(encoding="utf-8")
        return Letter(subject=mail.subject, template=template)
    except BadTemplate as error:
        why = say("{file}: {place} is no place of a mail's template", file=str(mail.template), place=str(error))
        raise unusable(settings, "ipn.mail.template", why, way_on) from None
    except (OSError, UnicodeDecodeError):
        why = say("{file} cannot be read as a text in UTF-8", file=str(mail.template))
        raise unusable(settings, "ipn.mail.template", why, way_on) from None
