"""Checklist G, as properties: notifications in any order, number and mixture lead to the same order state.

What a worker does with a decision is done here on values: a payment marks the order, facts are kept, what is parked is tried
again.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.ipn.process.decide import Decision, DecisionAction, decide
from reconciler.ipn.verify import notification as notice
from reconciler.ipn.verify.notification import CaptureNotification, Notification
from reconciler.ipn.verify.reasons import ProcessingOutcome
from reconciler.ports.payments import CaptureState, Order
from tests.ipn.decide_cases import capture, case, order
from tests.support.sns_signer import NOW, REFERENCE, refund_message

IDS = tuple(f"{REFERENCE}-C00000{number}" for number in range(4))


class Desk:
    """What is known and the one order, and what was done; `absent` events pass before the order exists."""

    def __init__(self, order: Order, *, absent: int = 0) -> None:
        self.order = order
        self.absent = absent
        self.facts: dict[str, CaptureState] = {}
        self.parked: list[Notification] = []
        self.paid_by: list[Decision] = []
        self.mails: set[str] = set()

    def work(self, event: Notification) -> Decision:
        orders = [] if self.absent > 0 else [self.order]
        self.absent -= 1
        was_paid = self.order.paid
        found = decide(case(event, facts=tuple(self.facts.values()), orders=orders))
        if found.fact is not None:
            self.facts[found.fact.capture] = found.fact
        if found.action is DecisionAction.PAY:
            assert not was_paid
            self.order = replace(self.order, paid=True)
            self.paid_by.append(found)
        if found.action is DecisionAction.PARK:
            self.parked.append(event)
        if found.mail is not None:
            self.mails.add(found.mail.event)
        return found

    def work_all(self, events: Iterable[Notification]) -> "Desk":
        for event in events:
            self.work(event)
        self.absent = 0
        again, self.parked = self.parked, []
        for event in again:
            self.work(event)
        return self

    @property
    def known(self) -> dict[str, tuple[str, bool]]:
        return {capture: (fact.state, fact.completed) for capture, fact in self.facts.items()}


@st.composite
def histories(draw: st.DrawFn) -> list[CaptureNotification]:
    """Notices of up to four captures; each capture has one amount, its states and moments are anything."""
    amounts = [draw(st.sampled_from(["400", "600", "1000", "1", "0"])) for _ in IDS]
    which = st.integers(min_value=0, max_value=len(IDS) - 1)
    state = st.sampled_from(["Pending", "Completed", "Completed", "Declined", "Closed"])
    drawn = draw(st.lists(st.tuples(which, state, st.integers(min_value=0, max_value=3)), min_size=1, max_size=8))
    return [capture(state, id=IDS[number], amount=amounts[number], after=after) for number, state, after in drawn]


@given(histories(), st.data())
def test_g_law_any_order_and_any_repetition_end_in_the_same(history, data):
    straight = Desk(order("1000")).work_all(history)
    repeated = history + data.draw(st.lists(st.sampled_from(history), max_size=6))
    shuffled = Desk(order("1000"), absent=data.draw(st.integers(min_value=0, max_value=4)))
    shuffled.work_all(data.draw(st.permutations(repeated)))
    assert shuffled.order.paid is straight.order.paid
    assert shuffled.known == straight.known
    assert len(shuffled.paid_by) == len(straight.paid_by) <= 1


@given(histories(), st.sampled_from(["999", "1000", "1001", "1"]))
def test_g_law_an_order_is_paid_only_by_captures_that_make_its_total(history, total):
    desk = Desk(order(total)).work_all(history)
    completed = {event.id: int(event.amount) for event in history if event.state == "Completed"}
    sums = {0}
    for amount in completed.values():
        sums |= {part + amount for part in sums}
    assert desk.order.paid is (int(total) in sums)


@given(histories())
def test_g_law_a_paid_order_stays_paid_and_is_not_paid_again(history):
    desk = Desk(order("1000", paid=True)).work_all(history)
    assert desk.order.paid
    assert desk.paid_by == []


@given(histories())
def test_g_law_a_cancelled_order_is_never_paid(history):
    desk = Desk(order("1000", status="CANCELLED")).work_all(history)
    assert not desk.order.paid


@given(histories())
def test_g_law_a_crash_between_the_payment_and_its_settlement_changes_nothing(history):
    """The order was marked, the facts were not kept, and the message comes again."""
    desk = Desk(order("1000"))
    for event in history:
        before = dict(desk.facts)
        if desk.work(event).action is DecisionAction.PAY:
            desk.facts = before
            assert desk.work(event).action is DecisionAction.RECORD
    assert len(desk.paid_by) <= 1


@given(histories())
def test_g_law_there_is_one_mail_a_declined_capture_and_none_after_it_completed(history):
    desk = Desk(order("1000")).work_all(history)
    completed, listed = set(), set()
    for event in history:
        if event.state == "Completed":
            completed.add(event.id)
        if event.state == "Declined" and event.id not in completed:
            listed.add(f"capture:{event.id}:Declined")
    assert desk.mails == listed


def test_g_completed_before_pending():
    desk = Desk(order()).work_all([capture("Completed", after=5), capture("Pending")])
    assert desk.order.paid
    assert desk.known == {IDS[1]: ("Completed", True)}


def test_g_completed_then_declined_then_completed():
    events = [capture("Completed"), capture("Declined", after=1), capture("Completed", after=2)]
    desk = Desk(order())
    assert [desk.work(event).reason for event in events] == [
        ProcessingOutcome.PAID,
        ProcessingOutcome.DECLINED_AFTER_COMPLETED,
        ProcessingOutcome.ALREADY_PAID,
    ]
    assert desk.mails == set()


def test_g_closed_after_completed_does_not_un_pay_and_closed_before_it_does_not_hinder():
    completed, closed = capture("Completed"), capture("Closed", after=9)
    for events in ([completed, closed], [closed, completed]):
        desk = Desk(order()).work_all(events)
        assert desk.order.paid
        assert desk.known == {IDS[1]: ("Closed", True)}


def test_g_closed_alone_does_not_pay():
    assert not Desk(order()).work_all([capture("Closed")]).order.paid


def test_g_a_refund_before_the_capture_is_recorded_and_the_capture_pays():
    desk = Desk(order())
    assert desk.work(notice.read(refund_message())).reason is ProcessingOutcome.REFUNDED
    assert desk.work(capture()).reason is ProcessingOutcome.PAID


def test_g_two_partial_captures_pay_together():
    first, second = capture(id=IDS[1], amount="400"), capture(id=IDS[2], amount="600", after=3)
    for events in ([first, second], [second, first]):
        desk = Desk(order())
        assert [desk.work(event).reason for event in events] == [ProcessingOutcome.PARTIAL, ProcessingOutcome.PAID]
        assert desk.paid_by[0].received == NOW + timedelta(seconds=3)


def test_g_a_second_capture_on_a_paid_order_raises_an_alarm_and_changes_nothing():
    desk = Desk(order())
    desk.work(capture(id=IDS[1]))
    found = desk.work(capture(id=IDS[2]))
    assert (found.action, found.reason, found.alarm) == (DecisionAction.RECORD, ProcessingOutcome.OVER, True)
    assert desk.order.paid


@pytest.mark.parametrize("turned", [False, True])
def test_g_a_capture_too_many_comes_to_the_same_before_and_after(turned):
    events = [capture(id=IDS[1], amount="1000"), capture(id=IDS[2], amount="400")]
    desk = Desk(order()).work_all(reversed(events) if turned else events)
    assert desk.order.paid
    assert len(desk.paid_by) == 1


def test_g_the_same_notification_under_another_message_id_is_no_second_payment():
    desk = Desk(order())
    assert [desk.work(capture()).reason for _ in range(3)] == [
        ProcessingOutcome.PAID,
        ProcessingOutcome.ALREADY_PAID,
        ProcessingOutcome.ALREADY_PAID,
    ]


def test_g_notices_that_came_before_their_order_pay_it_once_it_is_there():
    desk = Desk(order(), absent=2)
    events = [capture(id=IDS[1], amount="400"), capture(id=IDS[2], amount="600")]
    desk.work_all(events)
    assert desk.order.paid
    assert len(desk.paid_by) == 1
