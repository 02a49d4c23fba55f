"""Reminds of disputes that wait for the shop: an alarm and a mail at 7 days, at 3 days and at 1 day before the deadline.

In: a shop, after its disputes were compared with Amazon. Out: the disputes that a person is reminded of, each moment once, over
restarts and by whichever process works. A dispute that came later than such a moment was reported then; after an outage only
the last moment counts. Whether a dispute of the older API was answered is not known: it is reminded of all the same.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from reconciler.core.diagnostics.messages import msg
from reconciler.core.values import ShopKey
from reconciler.ipn.process.decision import MailContent
from reconciler.ipn.process.processor import PaymentProcessor
from reconciler.ports.inbox import PendingMail
from reconciler.ports.payments import ObjectKind, ObjectState, PaymentObject

REMIND_BEFORE: Final = (timedelta(days=7), timedelta(days=3), timedelta(days=1))
_UNANSWERED: Final = ("RECEIVED", "ActionRequired")
_TEXT: Final = msg("the deadline of a dispute is near: answer in Seller Central unless it was answered")


async def remind_of_deadlines(effects: PaymentProcessor, shop: ShopKey) -> list[ObjectState]:
    """Raises InboxUnavailable, and DirectoryUnavailable: then the rest is left for the next time."""
    found: list[ObjectState] = []
    for known in await effects.desk.unsettled_objects(shop, ObjectKind.CHARGEBACK, _UNANSWERED):
        moment = _reached(known.what, effects.clock.now())
        if moment is not None and await effects.desk.remind(known, moment, await _mail(effects, known, moment)):
            found.append(known)
    return found


def _reached(what: PaymentObject, now: datetime) -> datetime | None:
    """The last moment to remind that has come; None after the deadline, and before the dispute was in its state."""
    if what.deadline is None or now >= what.deadline:
        return None
    moments = [what.deadline - before for before in REMIND_BEFORE]
    return max((moment for moment in moments if what.updated < moment <= now), default=None)


async def _mail(effects: PaymentProcessor, known: ObjectState, moment: datetime) -> PendingMail | None:
    """To the address that is known: before it is sent, it is read again."""
    identity = await effects.directory.by_key(known.shop)
    if identity is None or identity.email is None:
        return None
    content = MailContent(
        event=f"{known.what.kind}:{known.what.id}:deadline:{moment:%Y%m%dT%H%M%S}",
        what=known.what,
        order=known.order,
        text=_TEXT,
        failure=False,
    )
    return effects.letter.render(known.shop, content, identity.email)
