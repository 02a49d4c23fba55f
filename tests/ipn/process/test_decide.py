"""The decision for a notification or a charge, case by case."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from reconciler.ipn.process.capture_state import sums_to
from reconciler.ipn.process.decide import LONGEST_WAIT, QUIET_TRIES, Decision, DecisionAction, decide, park
from reconciler.ipn.verify import notification as notice
from reconciler.ipn.verify.reasons import ProcessingOutcome, Refused, RejectReason
from reconciler.ports.payments import CaptureState, ObjectKind, PaymentObject, Source
from tests.ipn.decide_cases import MAIL, SHOP, capture, case, charge, order
from tests.support.sns_signer import (
    AUTHORIZATION,
    CAPTURE,
    NOW,
    REFERENCE,
    authorization_message,
    charge_message,
    order_reference_message,
)


def fact(state: str = "Completed", *, capture_id: str = CAPTURE, amount: str = "1000", **more: object) -> CaptureState:
    chosen = {"updated": NOW, "currency": "JPY", "completed": state == "Completed", "source": Source.NOTICE, **more}
    return CaptureState(
        shop=SHOP,
        capture=capture_id,
        reference=REFERENCE,
        state=state,
        amount=Decimal(amount),
        **chosen,  # type: ignore[arg-type]
    )


def test_a_completed_capture_of_the_whole_pays_its_order():
    found = decide(case(capture(after=7), orders=[order()]))
    assert (found.action, found.reason, found.alarm, found.order) == (
        DecisionAction.PAY,
        ProcessingOutcome.PAID,
        False,
        order(),
    )
    assert found.received == NOW + timedelta(seconds=7)
    assert found.fact == fact(updated=NOW + timedelta(seconds=7), order="100000020732")


def test_the_key_of_a_payment_is_the_same_for_the_same_payment_and_another_for_another():
    def key(**other: object) -> str:
        found = decide(case(capture(), orders=[order(**other)]))  # type: ignore[arg-type]
        return str(found.key)

    assert key() == key()
    assert key().isascii()
    assert len({key(), key(number="100000020733"), key(version='"2"')}) == 3
    split = [fact(capture_id=f"{REFERENCE}-C000002", amount="400")]
    whole = decide(case(capture(amount="600"), facts=split, orders=[order()]))
    assert whole.key != key()


def test_the_key_does_not_hang_on_the_order_in_which_captures_are_known():
    facts = [fact(capture_id=f"{REFERENCE}-C00000{number}", amount="300") for number in (3, 2)]
    first = decide(case(capture(amount="400"), facts=facts, orders=[order()]))
    second = decide(case(capture(amount="400"), facts=facts[::-1], orders=[order()]))
    assert first == second


@pytest.mark.parametrize(
    ("event", "reason"),
    [
        (capture("Pending"), ProcessingOutcome.PENDING),
        (charge("CaptureInitiated"), ProcessingOutcome.PENDING),
        (charge("AuthorizationInitiated", amount=None), ProcessingOutcome.NOT_CAPTURED),
        (charge("Authorized"), ProcessingOutcome.NOT_CAPTURED),
        (charge("Canceled", amount=None), ProcessingOutcome.NOT_CAPTURED),
        (notice.read(order_reference_message()), ProcessingOutcome.REFERENCE),
        (notice.read(authorization_message(state="Open", reason=None)), ProcessingOutcome.AUTHORIZATION),
        (
            notice.read(authorization_message(state="Closed", reason="MaxCapturesProcessed")),
            ProcessingOutcome.AUTHORIZATION,
        ),
    ],
)
def test_what_neither_pays_nor_fails_is_recorded(event, reason):
    found = decide(case(event, orders=[order()]))
    assert (found.action, found.reason, found.alarm) == (DecisionAction.RECORD, reason, False)


@pytest.mark.parametrize("state", ["Captured", "Completed"])
def test_a_charge_pays_as_a_capture_does(state):
    found, notified = (decide(case(event, orders=[order()])) for event in (charge(state), capture()))
    assert found.fact is not None
    assert replace(found, fact=replace(found.fact, permission=None)) == notified


def test_a_capture_closed_without_having_been_completed_is_looked_at_while_the_order_is_unpaid():
    def closed(known: list[CaptureState], **more: object) -> tuple[ProcessingOutcome, bool]:
        found = decide(case(capture("Closed", after=9), facts=known, orders=[order(**more)]))  # type: ignore[arg-type]
        assert found.action is DecisionAction.RECORD
        return found.reason, found.alarm

    assert closed([]) == (ProcessingOutcome.CLOSED_UNPAID, True)
    assert closed([fact()]) == (ProcessingOutcome.CLOSED, False)
    assert closed([], paid=True) == (ProcessingOutcome.CLOSED, False)
    assert closed([], status="CANCELLED") == (ProcessingOutcome.CLOSED, False)


def test_a_charge_and_a_notice_of_the_same_capture_are_one():
    found = decide(case(charge(), facts=[fact()], orders=[order(paid=True)]))
    assert found.reason is ProcessingOutcome.ALREADY_PAID


@pytest.mark.parametrize(
    "event", [capture("CLOSED"), capture("Refunded"), charge("Frozen"), charge("Captured", amount=None)]
)
def test_an_unknown_state_is_parked_with_an_alarm(event):
    found = decide(case(event, orders=[order()]))
    assert (found.action, found.reason, found.alarm, found.fact) == (
        DecisionAction.PARK,
        ProcessingOutcome.UNKNOWN_STATE,
        True,
        None,
    )


def test_a_charge_amazon_does_not_know_is_tried_again():
    found = decide(case(notice.read(charge_message())))
    assert (found.action, found.reason, found.alarm) == (DecisionAction.PARK, ProcessingOutcome.UNKNOWN_CHARGE, False)


@pytest.mark.parametrize(
    ("orders", "reason", "alarm"),
    [
        ([], ProcessingOutcome.UNKNOWN_ORDER, False),
        ([order(), order(number="100000020733")], ProcessingOutcome.SEVERAL_ORDERS, True),
        ([order(status="CANCELLED")], ProcessingOutcome.CANCELLED, True),
        ([order("999")], ProcessingOutcome.OVER, True),
        ([order(currency="USD")], ProcessingOutcome.OTHER_CURRENCY, True),
    ],
)
def test_what_must_not_be_guessed_is_parked_and_what_was_learned_is_kept(orders, reason, alarm):
    found = decide(case(capture(), orders=orders))
    matched = orders[0].number if len(orders) == 1 else None
    assert (found.action, found.reason, found.alarm) == (DecisionAction.PARK, reason, alarm)
    assert found.fact == fact(order=matched)
    assert found.next_try == NOW + timedelta(minutes=1)


def test_a_capture_whose_amount_changed_contradicts_and_is_not_believed():
    for known in (fact(amount="1"), fact(currency="USD")):
        found = decide(case(capture(), facts=[known], orders=[order()]))
        assert (found.action, found.reason, found.alarm, found.fact) == (
            DecisionAction.PARK,
            ProcessingOutcome.CONTRADICTION,
            True,
            None,
        )


@pytest.mark.parametrize(
    ("other", "reason"),
    [
        (order(paid=True), ProcessingOutcome.ALREADY_PAID),
        (order(paid=True, status="CANCELLED"), ProcessingOutcome.ALREADY_PAID),
        (order("999", paid=True), ProcessingOutcome.OVER),
        (order(paid=True, currency="USD"), ProcessingOutcome.OTHER_CURRENCY),
    ],
)
def test_an_order_that_is_paid_is_left_as_it_is(other, reason):
    found = decide(case(capture(), orders=[other]))
    assert (found.action, found.reason, found.alarm) == (
        DecisionAction.RECORD,
        reason,
        reason is not ProcessingOutcome.ALREADY_PAID,
    )


def test_the_wait_doubles_from_a_minute_to_six_hours_and_stays_there():
    waits = [park(ProcessingOutcome.UNKNOWN_ORDER, now=NOW, tries=tries).next_try - NOW for tries in range(12)]
    assert [wait / timedelta(minutes=1) for wait in waits] == [1, 2, 4, 8, 16, 32, 64, 128, 256, 360, 360, 360]
    assert park(ProcessingOutcome.UNKNOWN_ORDER, now=NOW, tries=10**9).next_try == NOW + LONGEST_WAIT


def test_an_unknown_order_is_reported_to_a_person_after_a_while_and_is_never_dropped():
    alarms = [decide(case(capture(), tries=tries)).alarm for tries in range(20)]
    assert alarms == [False] * QUIET_TRIES + [True] * (20 - QUIET_TRIES)
    assert decide(case(capture(), tries=10_000)).action is DecisionAction.PARK


def failed(event: object, **more: object) -> Decision:
    return decide(case(event, **more))  # type: ignore[arg-type]


def test_a_declined_capture_is_mailed_once_without_data_of_the_buyer():
    found = failed(capture("Declined", reason="AmazonRejected"), orders=[order()])
    assert (found.action, found.reason, found.alarm, found.to) == (
        DecisionAction.MAIL,
        ProcessingOutcome.DECLINED,
        False,
        MAIL,
    )
    assert found.fact == fact("Declined", order="100000020732")
    assert found.mail is not None
    assert (found.mail.event, found.mail.order, found.mail.failure) == (
        f"capture:{CAPTURE}:Declined",
        "100000020732",
        True,
    )
    assert found.mail.what == PaymentObject(
        kind=ObjectKind.CAPTURE,
        id=CAPTURE,
        reference=REFERENCE,
        state="Declined",
        reason="AmazonRejected",
        amount=Decimal(1000),
        currency="JPY",
        updated=NOW,
    )


def test_a_declined_charge_has_the_same_key_as_the_notice_of_it():
    for amount in ("1000", None):
        found = failed(charge("Declined", amount=amount, reason="ProcessingFailure"), orders=[order()])
        assert found.action is DecisionAction.MAIL
        assert found.mail is not None
        assert found.mail.event == f"capture:{CAPTURE}:Declined"
        assert (found.fact is None) is (amount is None)


DECLINED = (capture("Declined"), charge("Declined", amount=None), notice.read(authorization_message()))


@pytest.mark.parametrize("event", DECLINED)
def test_a_failure_without_an_order_waits_for_it_and_is_mailed_after_hours(event):
    early = [failed(event, tries=tries) for tries in range(QUIET_TRIES)]
    assert {(found.action, found.reason, found.mail) for found in early} == {
        (DecisionAction.PARK, ProcessingOutcome.UNKNOWN_ORDER, None)
    }
    late = failed(event, tries=QUIET_TRIES)
    assert (late.action, late.to) == (DecisionAction.MAIL, MAIL)
    assert late.mail is not None
    assert late.mail.order is None


@pytest.mark.parametrize("tries", [0, QUIET_TRIES, 99])
@pytest.mark.parametrize("event", [*DECLINED, capture()])
def test_what_another_shop_settled_with_its_order_is_that_shops(event, tries):
    found = failed(event, tries=tries, elsewhere=True)
    assert (found.action, found.reason, found.alarm, found.mail) == (
        DecisionAction.RECORD,
        ProcessingOutcome.OTHER_SHOP,
        False,
        None,
    )
    assert failed(event, tries=tries, elsewhere=True, orders=[order()]).reason is not ProcessingOutcome.OTHER_SHOP


@pytest.mark.parametrize(("orders", "tries"), [([], QUIET_TRIES), ([order(), order(number="2")], 0)])
def test_the_order_number_is_shown_if_it_is_known(orders, tries):
    found = failed(capture("Declined"), orders=orders, tries=tries)
    assert found.mail is not None
    assert found.mail.order is None


def test_a_declined_authorization_is_mailed_under_the_key_of_the_charge_that_polling_finds():
    found = failed(notice.read(authorization_message()), orders=[order()])
    assert found.action is DecisionAction.MAIL
    assert found.mail is not None
    polled = failed(charge("Declined", amount=None, id=AUTHORIZATION.replace("-A", "-C")), orders=[order()])
    assert polled.mail is not None
    assert found.mail.event == polled.mail.event
    assert (found.mail.what.id, found.mail.what.reason) == (AUTHORIZATION, "AmazonRejected")
    assert "山田" not in repr(found)
    assert "宇治" not in repr(found)


def test_without_an_address_the_failure_is_recorded_with_an_alarm():
    for event in (capture("Declined"), charge("Declined", amount=None), notice.read(authorization_message())):
        found = failed(event, to=None, orders=[order()])
        assert (found.action, found.reason, found.alarm, found.mail) == (
            DecisionAction.RECORD,
            ProcessingOutcome.NO_ADDRESS,
            True,
            None,
        )


def test_declined_after_completed_is_recorded_and_mailed_to_no_one():
    found = failed(capture("Declined", after=5), facts=[fact()], orders=[order(paid=True)])
    assert (found.action, found.reason) == (DecisionAction.RECORD, ProcessingOutcome.DECLINED_AFTER_COMPLETED)
    late = {"updated": NOW + timedelta(seconds=5), "completed": True, "order": "100000020732"}
    assert found.fact == fact("Declined", **late)
    assert found.order is not None
    assert found.order.number == "100000020732"


def test_other_captures_that_were_declined_do_not_count():
    other = fact("Declined", capture_id=f"{REFERENCE}-C000002", amount="5000")
    assert decide(case(capture(), facts=[other], orders=[order()])).reason is ProcessingOutcome.PAID


def test_many_small_parts_are_added_up_and_no_more_is_tried():
    tenth = Decimal("0.1")
    assert sums_to([tenth] * 10, Decimal(1))
    assert sums_to([Decimal(1)] * 1_000, Decimal(1_000))
    assert not sums_to([Decimal(1)] * 1_000, Decimal(999))
    assert not sums_to([Decimal(2) ** part for part in range(16)], Decimal(2) ** 16)
    assert not sums_to([], Decimal(0))


def test_each_reason_has_its_own_word_and_only_our_own_faults_are_temporary():
    assert len({ground.value for ground in RejectReason}) == len(RejectReason)
    ours = {RejectReason.CLOCK_BEHIND, RejectReason.TOO_OLD, RejectReason.NOT_CONFIGURED}
    assert {ground for ground in RejectReason if not ground.permanent} == ours
    assert [ground for ground in ours if ground.kept] == [RejectReason.TOO_OLD]
    assert {ground.status for ground in RejectReason} == {400, 403, 503}
    assert RejectReason("bad-signature") is RejectReason.BAD_SIGNATURE  # type: ignore[call-arg]  # found by value
    assert str(Refused(RejectReason.CLASH)) == "clash"
    assert Refused(RejectReason.BAD_ID, "x").status == 400
