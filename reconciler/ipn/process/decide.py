"""What follows from a notification, or from an object that was asked for: pay, mail, record or park, and why.

    Case (the event, what is known of its order reference, the orders found, the time, the tries) -> Decision

The table of `effects` says what each state means. Level-triggered: whether an order is paid is judged by all that is known of
its captures, not by the event alone, so the order in which notifications arrive, how often, and in which words does not matter.
An order is paid when captures that were once Completed make its total exactly; nothing ever un-pays one. What must not be guessed
is parked, never dropped. A message comes to every shop of its seller: what is of no order here is done once another shop has
found its order, and waits until then. Pure.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from reconciler.ipn.process import capture_state as knowledge
from reconciler.ipn.process import decide_objects as objects
from reconciler.ipn.process.capture_state import ContradictoryFact
from reconciler.ipn.process.decide_objects import with_mail, without_order
from reconciler.ipn.process.decision import (
    FIRST_WAIT,
    LONGEST_WAIT,
    QUIET_TRIES,
    Decision,
    DecisionAction,
    MailContent,
    PaymentCase,
    park,
)
from reconciler.ipn.process.effects import EffectRow, When, find_row
from reconciler.ipn.process.objects import object_of
from reconciler.ipn.process.order_match import captures_of_order, match_order
from reconciler.ipn.verify.notification import CaptureNotification, ObjectNotification, OtherNotification
from reconciler.ipn.verify.reasons import ProcessingOutcome
from reconciler.ports.payments import CaptureState, Charge, ObjectKind, Order, PaymentObject

__all__ = [
    "FIRST_WAIT",
    "LONGEST_WAIT",
    "QUIET_TRIES",
    "Decision",
    "DecisionAction",
    "MailContent",
    "PaymentCase",
    "decide",
    "park",
]


def decide(case: PaymentCase) -> Decision:
    what = object_of(case.event)
    if what is None:
        return _without_state(case)
    if what.kind is not ObjectKind.CAPTURE:
        return objects.decide_object(case, what)
    news = _news(case)
    row = find_row(what.kind, what.state, what.reason, frozenset())
    if row is None:
        return park(ProcessingOutcome.UNKNOWN_STATE, now=case.now, tries=case.tries)
    if news is not None:
        return _of_news(case, what, news, row)
    if row.pays:  # captured, but not how much
        return park(ProcessingOutcome.UNKNOWN_STATE, now=case.now, tries=case.tries)
    if row.outcome is ProcessingOutcome.DECLINED:  # before a capture there are no amounts, and there never will be
        return objects.report(case, what, row, None)
    recorded = Decision(action=DecisionAction.RECORD, reason=row.outcome, order=objects.order_of(case, what))
    return with_mail(recorded, case, what, row)


def _without_state(case: PaymentCase) -> Decision:
    """Of a kind without effect, or of an object that Amazon does not know (yet)."""
    match case.event:
        case OtherNotification(known=known):
            reason = ProcessingOutcome.NOT_USED if known else ProcessingOutcome.UNKNOWN_KIND
            return Decision(action=DecisionAction.RECORD, reason=reason, alarm=not known)
        case ObjectNotification(kind="CHARGE"):
            return park(ProcessingOutcome.UNKNOWN_CHARGE, now=case.now, tries=case.tries)
        case _:
            return park(ProcessingOutcome.UNKNOWN_OBJECT, now=case.now, tries=case.tries)


def _news(case: PaymentCase) -> CaptureState | None:
    match case.event:
        case CaptureNotification() as notice if notice.state in knowledge.STATES:
            return knowledge.capture_state_from_notice(case.shop, notice, case.source)
        case Charge() as charge if knowledge.state_of_charge(charge) in knowledge.STATES:
            return knowledge.capture_state_from_charge(case.shop, charge, case.source)
        case _:
            return None


def _of_news(case: PaymentCase, what: PaymentObject, news: CaptureState, row: EffectRow) -> Decision:
    try:
        fact = knowledge.merge_fact(case.facts, news)
    except ContradictoryFact:
        return park(ProcessingOutcome.CONTRADICTION, now=case.now, tries=case.tries)
    order = match_order(case.event, case.orders, case.facts)
    if isinstance(order, Order):
        fact = replace(fact, order=order.number)
    if row.pays:
        return with_mail(_of_completed(case, fact, news, order), case, what, row)
    found = order if isinstance(order, Order) else None
    if row.outcome is ProcessingOutcome.DECLINED:
        return _of_declined(case, what, row, fact, found)
    if news.state == knowledge.CLOSED:
        return _of_closed(case, what, fact, found)
    recorded = Decision(action=DecisionAction.RECORD, reason=row.outcome, fact=fact, order=found)
    return with_mail(recorded, case, what, row)


def _of_declined(
    case: PaymentCase, what: PaymentObject, row: EffectRow, fact: CaptureState, order: Order | None
) -> Decision:
    if not fact.completed:
        return objects.report(case, what, row, fact)
    late = ProcessingOutcome.DECLINED_AFTER_COMPLETED
    return Decision(action=DecisionAction.RECORD, reason=late, fact=fact, order=order)


def _of_closed(case: PaymentCase, what: PaymentObject, fact: CaptureState, order: Order | None) -> Decision:
    """It was completed before; if no such notification came and the order is 未入金, a person has to look."""
    unpaid = order is not None and not order.paid and not order.cancelled and not fact.completed
    row = find_row(what.kind, what.state, what.reason, frozenset({When.UNPAID} if unpaid else ()))
    assert row is not None
    recorded = Decision(action=DecisionAction.RECORD, reason=row.outcome, fact=fact, order=order)
    return with_mail(recorded, case, what, row)


def _of_completed(
    case: PaymentCase, fact: CaptureState, news: CaptureState, order: Order | ProcessingOutcome
) -> Decision:
    if order is ProcessingOutcome.UNKNOWN_ORDER:
        return without_order(case, fact)
    if not isinstance(order, Order):
        return park(order, now=case.now, tries=case.tries, fact=fact)
    captures = knowledge.completed_captures(captures_of_order(case.event, order, case.facts), fact)
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
