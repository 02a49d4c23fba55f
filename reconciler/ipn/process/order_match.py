"""Which order an event belongs to, and which of the known captures belong to the same order.

An order reference has one order. The orders of 定期 share a charge permission, so each charge is matched with its own: by its own
order reference, else by the order's number, where Amazon knows it, else because all other orders have their charge. What is left
to a guess matches none: money is never moved to another order. Pure.
"""

from __future__ import annotations

from collections.abc import Sequence

from reconciler.ipn.process.objects import Event, is_recurring
from reconciler.ipn.verify.reasons import ProcessingOutcome
from reconciler.ports.payments import CaptureState, Charge, Order, PaymentObject


def match_order(event: Event, orders: Sequence[Order], facts: Sequence[CaptureState]) -> Order | ProcessingOutcome:
    """The order, or why there is none: UNKNOWN_ORDER or SEVERAL_ORDERS."""
    candidates = _candidates(event, orders, facts) if is_recurring(event) else orders
    if len(candidates) == 1:
        return candidates[0]
    return ProcessingOutcome.SEVERAL_ORDERS if candidates else ProcessingOutcome.UNKNOWN_ORDER


def captures_of_order(event: Event, order: Order, facts: Sequence[CaptureState]) -> Sequence[CaptureState]:
    """Of what is known: for 定期 those that were matched with the order, else all of its order reference."""
    alone = not is_recurring(event)
    return [fact for fact in facts if fact.order == order.number or (alone and fact.order is None)]


def _candidates(event: Event, orders: Sequence[Order], facts: Sequence[CaptureState]) -> Sequence[Order]:
    charge_id, reference, number = _charge_of(event)
    own = [order for order in orders if order.reference == reference]
    matched = {fact.capture: fact.order for fact in facts if fact.order is not None}
    number = matched.get(charge_id or "", number)
    if own:
        return own
    if number is not None:
        return [order for order in orders if order.number == number]
    taken = {found for capture, found in matched.items() if capture != charge_id}
    return [order for order in orders if order.number not in taken]


def _charge_of(event: Event) -> tuple[str | None, str | None, str | None]:
    """Its charge, the order reference of that, and the number of the order if Amazon knows it."""
    match event:
        case Charge():
            return event.id, event.reference, event.order
        case PaymentObject():
            return event.charge or event.id, event.reference, None
        case _:
            return event.object_id, getattr(event, "reference", None), None
