"""What follows from the objects at Amazon that pay no order: authorizations, refunds, chargebacks, order references, agreements;
and how a case is reported by alarm and mail. Pure.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Final

from reconciler.ipn.process.decision import QUIET_TRIES, Decision, DecisionAction, MailContent, PaymentCase, park
from reconciler.ipn.process.effects import EffectRow, When, find_row
from reconciler.ipn.process.order_match import match_order
from reconciler.ipn.verify.reasons import ProcessingOutcome
from reconciler.ports.payments import CaptureState, ObjectKind, Order, PaymentObject

LAPSES_SOON: Final = timedelta(days=5)
"""How long before an authorization lapses (Amazon: after 30 days) an order that is 未入金 is reported."""

_ONE_WORD: Final = {
    "CaptureInitiated": "Pending",
    "Captured": "Completed",
    "RefundInitiated": "Pending",
    "Refunded": "Completed",
}
_ELSEWHERE: Final = frozenset({ProcessingOutcome.OTHER_SHOP, ProcessingOutcome.UNKNOWN_ORDER})
"""The order is another shop's, or may be."""

_REPLACED: Final = frozenset({ProcessingOutcome.PAID, ProcessingOutcome.ALREADY_PAID})


def decide_object(case: PaymentCase, what: PaymentObject) -> Decision:
    order = order_of(case, what)
    row = find_row(what.kind, what.state, what.reason, _conditions(case, what, order))
    if row is None:
        return park(ProcessingOutcome.UNKNOWN_STATE, now=case.now, tries=case.tries)
    if row.mails or row.alarms:
        return report(case, what, row, None)
    return Decision(action=DecisionAction.RECORD, reason=row.outcome, order=order)


def order_of(case: PaymentCase, what: PaymentObject) -> Order | None:
    """None where there is none, or no certain one; of an agreement the newest of its orders."""
    if what.kind is ObjectKind.AGREEMENT:
        return max(case.orders, key=lambda order: order.number, default=None)
    order = match_order(case.event, case.orders, case.facts)
    return order if isinstance(order, Order) else None


def report(case: PaymentCase, what: PaymentObject, row: EffectRow, fact: CaptureState | None) -> Decision:
    """By the shop that has the order; if none is found for hours, by this one: two mails are better than none."""
    if not case.orders and (case.elsewhere or case.tries < QUIET_TRIES):
        return without_order(case, fact)
    order = order_of(case, what)
    return with_mail(
        Decision(action=DecisionAction.RECORD, reason=row.outcome, fact=fact, order=order), case, what, row
    )


def with_mail(decision: Decision, case: PaymentCase, what: PaymentObject, row: EffectRow) -> Decision:
    """The decision with what the row adds to it: its alarm, its mail, and its reason where that says more."""
    if decision.reason in _ELSEWHERE or not (row.mails or row.alarms):
        return decision
    reason = row.outcome if decision.reason in _REPLACED else decision.reason
    loud = replace(decision, reason=reason, alarm=decision.alarm or row.alarms)
    if not row.mails:
        return loud
    if case.to is None:
        missing = reason is ProcessingOutcome.DECLINED
        return replace(loud, alarm=True, reason=ProcessingOutcome.NO_ADDRESS if missing else reason)
    action = DecisionAction.MAIL if loud.action is DecisionAction.RECORD else loud.action
    return replace(loud, action=action, mail=_mail(case, what, row), to=case.to)


def without_order(case: PaymentCase, fact: CaptureState | None) -> Decision:
    if case.elsewhere:
        return Decision(action=DecisionAction.RECORD, reason=ProcessingOutcome.OTHER_SHOP, fact=fact)
    return park(ProcessingOutcome.UNKNOWN_ORDER, now=case.now, tries=case.tries, fact=fact)


def _conditions(case: PaymentCase, what: PaymentObject, order: Order | None) -> frozenset[When]:
    """What holds of the order; where none is found, it may be 未入金."""
    if order is not None and (order.paid or order.cancelled):
        return frozenset()
    soon = what.deadline is not None and what.deadline - case.now <= LAPSES_SOON
    return frozenset({When.UNPAID, When.LAPSING} if soon else {When.UNPAID})


def _mail(case: PaymentCase, what: PaymentObject, row: EffectRow) -> MailContent:
    order = order_of(case, what)
    return MailContent(
        event=_event(what, row),
        what=what,
        order=None if order is None else order.number,
        text=row.text,
        failure=row.outcome is ProcessingOutcome.DECLINED,
    )


def _event(what: PaymentObject, row: EffectRow) -> str:
    """The same for an object in either API, whether a notification or polling found it, so that it is mailed once."""
    state = _ONE_WORD.get(what.state, what.state)
    match row.outcome:
        case ProcessingOutcome.LAPSING if what.deadline is not None:
            return f"{what.kind}:{what.reference}:lapses:{what.deadline:%Y%m%dT%H%M%S}"
        case ProcessingOutcome.LAPSED:
            return f"{what.kind}:{what.reference}:lapsed:{what.updated:%Y%m%dT%H%M%S}"
        case ProcessingOutcome.DO_NOT_SHIP | ProcessingOutcome.PAID_DO_NOT_SHIP:
            return f"{what.kind}:{what.id}:{state}:do-not-ship"
        case ProcessingOutcome.REFERENCE_SUSPENDED | ProcessingOutcome.AGREEMENT_SUSPENDED:
            return f"{what.kind}:{what.id}:{state}:{what.updated:%Y%m%dT%H%M%S}"
        case ProcessingOutcome.DECLINED if what.kind is ObjectKind.AUTHORIZATION:
            # The newer API has one charge for it, which polling finds under the same digits.
            return f"{ObjectKind.CAPTURE}:{what.id.replace('-A', '-C')}:{state}"
        case _:
            return f"{what.kind}:{what.id}:{state}"
