"""What follows from a notice, or from a charge that was looked up: pay, mail, record or park, and why.

    Case (the event, what is known of its order reference, the orders found, the time, the tries) -> Decision

Level-triggered: it is judged by all that is known of the reference, not by the event alone, so the order in which notices arrive,
how often, and in which words does not matter to whether the order is paid. An order is paid when captures that were once
Completed make its total exactly; nothing ever un-pays one. What must not be guessed is parked, never dropped. A message comes to
every shop of its seller: what is of no order here is done once another shop has found its order, and waits until then. Pure.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Final, assert_never

from reconciler.core.values import ShopKey
from reconciler.ipn.process import capture_state as knowledge
from reconciler.ipn.process.capture_state import ContradictoryFact
from reconciler.ipn.verify.notification import (
    AuthorizationNotification,
    CaptureNotification,
    ChargeNotification,
    Notification,
    OtherNotification,
    RefundNotification,
)
from reconciler.ipn.verify.reasons import ProcessingOutcome
from reconciler.lib.backoff import backoff
from reconciler.ports.inbox import CaptureState, Source
from reconciler.ports.payments import Charge, Order

FIRST_WAIT: Final = timedelta(minutes=1)
LONGEST_WAIT: Final = timedelta(hours=6)
QUIET_TRIES: Final = 7  # a little over two hours


class DecisionAction(StrEnum):
    """PAY: mark the order, then settle. MAIL: settle with a mail that is owed. RECORD: settle. PARK: try again at `next_try`."""

    PAY = "pay"
    MAIL = "mail"
    RECORD = "record"
    PARK = "park"


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """The content of a mail. `event` is the key under which it is sent once; nothing here is a buyer's."""

    event: str
    object_id: str
    reference: str
    order: str | None
    state: str
    reason: str | None
    amount: Decimal | None
    currency: str | None
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """`alarm`: a person should check it. `fact` is stored with any outcome.

    `order` is the one it is about, where it is known to be.
    With PAY: `order`, `received` (when the money was), and `key`, the same whenever the same captures pay the same order.
    With MAIL: `failure` and `to`. With PARK: `next_try`.
    """

    action: DecisionAction
    reason: ProcessingOutcome
    alarm: bool = False
    fact: CaptureState | None = None
    order: Order | None = None
    received: datetime | None = None
    key: str | None = None
    failure: Failure | None = None
    to: str | None = None
    next_try: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentCase:
    """`event` is a notice, or the charge of a ChargeNotice or of polling; a ChargeNotice itself says: there is no such charge.

    `facts` are all that is known of the order reference, `orders` all that carry it, `tries` the times it was parked before.
    `to` is the shop's 通知メールアドレス. `elsewhere`: the same message was settled with an order at another shop of the seller.
    """

    event: Notification | Charge
    shop: ShopKey
    facts: Sequence[CaptureState] = ()
    orders: Sequence[Order] = ()
    to: str | None
    now: datetime
    tries: int = 0
    source: Source = Source.NOTICE
    elsewhere: bool = False


def decide(case: PaymentCase) -> Decision:
    match case.event:
        case CaptureNotification() as notice:
            return _of_capture(case, notice)
        case Charge() as charge:
            return _of_charge(case, charge)
        case AuthorizationNotification() as notice:
            return _of_authorization(case, notice)
        case ChargeNotification():
            return park(ProcessingOutcome.UNKNOWN_CHARGE, now=case.now, tries=case.tries)
        case RefundNotification():
            return Decision(action=DecisionAction.RECORD, reason=ProcessingOutcome.REFUND)
        case OtherNotification():
            return Decision(action=DecisionAction.RECORD, reason=ProcessingOutcome.NOT_USED)
        case _:
            assert_never(case.event)


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


def _of_capture(case: PaymentCase, notice: CaptureNotification) -> Decision:
    if notice.state not in knowledge.STATES:
        return park(ProcessingOutcome.UNKNOWN_STATE, now=case.now, tries=case.tries)
    news = knowledge.capture_state_from_notice(case.shop, notice, case.source)
    return _of_news(case, news, _failure(case, "capture", notice))


def _of_charge(case: PaymentCase, charge: Charge) -> Decision:
    state = knowledge.state_of_charge(charge)
    if state in knowledge.NOT_CAPTURED:
        return Decision(action=DecisionAction.RECORD, reason=ProcessingOutcome.NOT_CAPTURED)
    news = knowledge.capture_state_from_charge(case.shop, charge, case.source) if state in knowledge.STATES else None
    failure = _failure(case, "capture", charge)
    if news is not None:
        return _of_news(case, news, failure)
    if state == knowledge.DECLINED:  # before a capture there is no amount, and there never will be
        return _failed(case, failure, None)
    return park(ProcessingOutcome.UNKNOWN_STATE, now=case.now, tries=case.tries)


def _of_news(case: PaymentCase, news: CaptureState, failure: Failure) -> Decision:
    try:
        fact = knowledge.merge_fact(case.facts, news)
    except ContradictoryFact:
        return park(ProcessingOutcome.CONTRADICTION, now=case.now, tries=case.tries)
    if news.state == knowledge.COMPLETED:
        return _of_completed(case, fact, news)
    if news.state == knowledge.DECLINED and not fact.completed:
        return _failed(case, failure, fact)
    return Decision(action=DecisionAction.RECORD, reason=_RECORDED[news.state], fact=fact)


_RECORDED: Final = {
    knowledge.PENDING: ProcessingOutcome.PENDING,
    knowledge.CLOSED: ProcessingOutcome.CLOSED,
    knowledge.DECLINED: ProcessingOutcome.DECLINED_AFTER_COMPLETED,
}


def _of_completed(case: PaymentCase, fact: CaptureState, news: CaptureState) -> Decision:
    if not case.orders:
        return _without_order(case, fact)
    if len(case.orders) > 1:
        return park(ProcessingOutcome.SEVERAL_ORDERS, now=case.now, tries=case.tries, fact=fact)
    (order,) = case.orders
    captures = knowledge.completed_captures(case.facts, fact)
    payable, balance = _balance(order, captures)
    if order.paid:
        reason = balance if balance.needs_attention else ProcessingOutcome.ALREADY_PAID
        return Decision(
            action=DecisionAction.RECORD, reason=reason, alarm=reason.needs_attention, fact=fact, order=order
        )
    if order.cancelled:
        return park(ProcessingOutcome.CANCELLED, now=case.now, tries=case.tries, fact=fact, order=order)
    if payable:
        return _payment(order, captures, fact, news, balance)
    if balance is ProcessingOutcome.PARTIAL:
        return Decision(action=DecisionAction.RECORD, reason=balance, fact=fact, order=order)
    return park(balance, now=case.now, tries=case.tries, fact=fact, order=order)


def _without_order(case: PaymentCase, fact: CaptureState | None) -> Decision:
    if case.elsewhere:
        return Decision(action=DecisionAction.RECORD, reason=ProcessingOutcome.OTHER_SHOP, fact=fact)
    return park(ProcessingOutcome.UNKNOWN_ORDER, now=case.now, tries=case.tries, fact=fact)


def _balance(order: Order, captures: Sequence[CaptureState]) -> tuple[bool, ProcessingOutcome]:
    """Whether some of the captures make the order's total exactly, and how all of them compare with it."""
    if any(capture.currency != order.currency for capture in captures):
        return False, ProcessingOutcome.OTHER_CURRENCY
    amounts = tuple(capture.amount for capture in captures)
    exactly = knowledge.sums_to(amounts, order.total)
    if sum(amounts) > order.total:
        return exactly, ProcessingOutcome.OVER
    return exactly, ProcessingOutcome.PAID if exactly else ProcessingOutcome.PARTIAL


def _payment(
    order: Order, captures: Sequence[CaptureState], fact: CaptureState, news: CaptureState, balance: ProcessingOutcome
) -> Decision:
    others = (one.updated for one in captures if one.capture != fact.capture)
    received = max((news.updated, *others))
    return Decision(
        action=DecisionAction.PAY,
        reason=balance,
        alarm=balance.needs_attention,
        fact=fact,
        order=order,
        received=received,
        key=_key(order, captures, received),
    )


def _key(order: Order, captures: Sequence[CaptureState], received: datetime) -> str:
    """The same for the same payment of the same version of the order: what was said there once may be said again."""
    parts = (order.shop, order.number, order.version, received.isoformat(), *(one.capture for one in captures))
    return f"ipn-{hashlib.sha256(' '.join(parts).encode()).hexdigest()[:40]}"


def _of_authorization(case: PaymentCase, notice: AuthorizationNotification) -> Decision:
    if notice.state == knowledge.DECLINED:
        return _failed(case, _failure(case, "authorization", notice), None)
    return Decision(action=DecisionAction.RECORD, reason=ProcessingOutcome.AUTHORIZATION)


def _failed(case: PaymentCase, failure: Failure, fact: CaptureState | None) -> Decision:
    """Mailed by the shop that has the order; if none is found for hours, by this one: two mails are better than none."""
    if not case.orders and (case.elsewhere or case.tries < QUIET_TRIES):
        return _without_order(case, fact)
    order = case.orders[0] if len(case.orders) == 1 else None
    if case.to is None:
        return Decision(
            action=DecisionAction.RECORD, reason=ProcessingOutcome.NO_ADDRESS, alarm=True, fact=fact, order=order
        )
    return Decision(
        action=DecisionAction.MAIL,
        reason=ProcessingOutcome.DECLINED,
        fact=fact,
        order=order,
        failure=failure,
        to=case.to,
    )


def _failure(case: PaymentCase, kind: str, event: CaptureNotification | AuthorizationNotification | Charge) -> Failure:
    """A capture has one key for notifications and charges, so that it is mailed once."""
    return Failure(
        event=f"{kind}:{event.id}:{knowledge.DECLINED}",
        object_id=event.id,
        reference=event.reference,
        order=case.orders[0].number if len(case.orders) == 1 else None,
        state=knowledge.DECLINED,
        reason=event.reason,
        amount=event.amount,
        currency=event.currency,
        at=event.updated,
    )
