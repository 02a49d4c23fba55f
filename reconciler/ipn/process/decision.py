"""The case that is decided, and the decision: values, and how long a case waits until it is tried again. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from reconciler.core.diagnostics.messages import Message
from reconciler.core.values import ShopKey
from reconciler.ipn.process.objects import Event
from reconciler.ipn.verify.reasons import ProcessingOutcome
from reconciler.lib.backoff import backoff
from reconciler.lib.frozen_class import frozen
from reconciler.ports.payments import CaptureState, Order, PaymentObject, Source

FIRST_WAIT: Final = timedelta(minutes=1)
LONGEST_WAIT: Final = timedelta(hours=6)
QUIET_TRIES: Final = 7  # a little over two hours


class DecisionAction(StrEnum):
    """PAY: mark the order, then settle. MAIL: settle with a mail that is owed. RECORD: settle. PARK: try again at `next_try`."""

    PAY = "pay"
    MAIL = "mail"
    RECORD = "record"
    PARK = "park"


@frozen
class MailContent:
    """The content of a mail. `event` is the key under which it is sent once; nothing here is a buyer's.

    `failure`: it is about a payment that failed; `text` says what happened.
    """

    event: str
    what: PaymentObject
    order: str | None
    text: Message
    failure: bool


@frozen
class Decision:
    """`alarm`: a person should check it. `fact` is stored with any outcome.

    `order` is the one it is about, where it is known to be.
    With PAY: `order`, `received` (when the money was), and `key`, the same whenever the same captures pay the same order.
    With MAIL, and perhaps with PAY and PARK: `mail` and `to`. With PARK: `next_try`.
    """

    action: DecisionAction
    reason: ProcessingOutcome
    alarm: bool = False
    fact: CaptureState | None = None
    order: Order | None = None
    received: datetime | None = None
    key: str | None = None
    mail: MailContent | None = None
    to: str | None = None
    next_try: datetime | None = None


@frozen
class PaymentCase:
    """`event` is a notification, or an object that was asked for; a notification without a state: there is no such object.

    `facts` are the known captures of the order reference and of the permission, `orders` all that carry one of the two,
    `tries` the times it was parked before. `to` is the shop's 通知メールアドレス. `elsewhere`: the same message was settled with
    an order at another shop of the seller.
    """

    event: Event
    shop: ShopKey
    facts: Sequence[CaptureState] = ()
    orders: Sequence[Order] = ()
    to: str | None
    now: datetime
    tries: int = 0
    source: Source = Source.NOTICE
    elsewhere: bool = False


def park(
    reason: ProcessingOutcome,
    *,
    now: datetime,
    tries: int,
    fact: CaptureState | None = None,
    order: Order | None = None,
) -> Decision:
    """To be tried again: after a minute, then after twice as long each time, at last every six hours."""
    seconds = backoff(tries + 1, first=FIRST_WAIT.total_seconds(), longest=LONGEST_WAIT.total_seconds())
    again = now + timedelta(seconds=seconds)
    alarm = reason.needs_attention or tries >= QUIET_TRIES
    return Decision(
        action=DecisionAction.PARK,
        reason=reason,
        alarm=alarm,
        fact=fact,
        order=order,
        next_try=again,
    )
