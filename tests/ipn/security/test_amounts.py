"""Checklist J: amounts as they are written, and whether they pay the order."""

import re
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.ipn.process.decide import Decision, DecisionAction, decide
from reconciler.ipn.verify import notification as notice
from reconciler.ipn.verify.money import read_amount, read_currency
from reconciler.ipn.verify.notification import CaptureNotification
from reconciler.ipn.verify.reasons import ProcessingOutcome, Refused, RejectReason
from tests.ipn.decide_cases import case, order
from tests.support.sns_signer import capture_message, money_xml


def decided(total: str, **capture: object) -> Decision:
    return decide(case(notice.read(capture_message(**capture)), orders=[order(total)]))


@pytest.mark.parametrize("text", ["1000", "1000.0", "1000.00", "01000"])
def test_j_a_thousand_yen_is_written_in_several_ways(text):
    assert decided("1000", amount=text).action is DecisionAction.PAY
    assert decided("1000.00", amount=text).action is DecisionAction.PAY


@pytest.mark.parametrize(
    "text",
    ["-1000", "+1000", "1,000", "1_000", "１０００", "١٠٠٠", "1e3", "1E3", "NaN", "Infinity", "inf", "", " ", "0x3E8",
     ".5", "1000.", "1000.000", "1000.0.0", "1 000", "¥1000", "1000円", "9" * 10, "9" * 5_000, "1000\x00"],
)  # fmt: skip
def test_j_anything_but_digits_with_a_point_is_refused_as_amount(text):
    with pytest.raises(Refused) as refusal:
        read_amount(text, "JPY")
    assert refusal.value.ground is RejectReason.BAD_AMOUNT


@pytest.mark.parametrize("text", ["1000.5", "1000.05", "0.01"])
def test_j_yen_have_no_fraction_and_dollars_have(text):
    with pytest.raises(Refused):
        read_amount(text, "JPY")
    assert read_amount(text, "USD") == Decimal(text)


@pytest.mark.parametrize("text", ["", "jpy", "JP", "JPYN", "ＪＰＹ", "JPY\n", "円", "J P"])
def test_j_a_currency_is_three_capital_letters(text):
    with pytest.raises(Refused):
        read_currency(text)


def test_j_a_document_with_a_wrong_or_without_an_amount_is_refused():
    for amount, currency in (("1,000", "JPY"), ("", "JPY"), ("1000", ""), ("1000", "yen"), ("1000.5", "JPY")):
        with pytest.raises(Refused) as refusal:
            notice.read(capture_message(amount=amount, currency=currency))
        assert refusal.value.ground is RejectReason.BAD_AMOUNT


@pytest.mark.parametrize("name", ["Amount", "CurrencyCode"])
def test_j_an_amount_or_a_currency_that_is_not_there_is_refused(name):
    without = re.sub(f"<{name}>[^<]*</{name}>", "", capture_message())
    with pytest.raises(Refused) as refusal:
        notice.read(without)
    assert refusal.value.ground is RejectReason.BAD_XML


@pytest.mark.parametrize("short", ["999", "1", "0", "0.0"])
def test_j_one_yen_short_is_not_paid(short):
    found = decided("1000", amount=short)
    assert (found.action, found.reason) == (DecisionAction.RECORD, ProcessingOutcome.PARTIAL)


def test_j_one_yen_over_is_parked_with_an_alarm():
    found = decided("1000", amount="1001")
    assert (found.action, found.reason, found.alarm) == (DecisionAction.PARK, ProcessingOutcome.OVER, True)


def test_j_an_order_of_nothing_is_not_paid_by_nothing():
    assert decided("0", amount="0").action is DecisionAction.RECORD


def test_j_the_same_number_in_another_currency_is_not_the_amount():
    found = decided("1000", amount="1000", currency="USD")
    assert (found.action, found.reason, found.alarm) == (DecisionAction.PARK, ProcessingOutcome.OTHER_CURRENCY, True)


def test_j_the_converted_amount_is_not_what_was_captured():
    lure = money_xml("ConvertedAmount", "1000", "JPY")
    assert decided("1000", amount="10", extra=lure).reason is ProcessingOutcome.PARTIAL
    assert decided("1000", amount="10.00", currency="USD", extra=lure).reason is ProcessingOutcome.OTHER_CURRENCY
    found = notice.read(capture_message(amount="1000", extra=money_xml("ConvertedAmount", "1", "USD")))
    assert isinstance(found, CaptureNotification)
    assert found.amount == 1000


@given(
    st.text(max_size=20) | st.from_regex(r"[0-9]{1,12}(\.[0-9]{0,3})?", fullmatch=True), st.sampled_from(["JPY", "USD"])
)
def test_j_law_an_amount_is_finite_not_negative_and_small_or_it_is_none(text, currency):
    try:
        amount = read_amount(text, currency)
    except Refused:
        return
    assert Decimal(0) <= amount < Decimal(10**9)
    assert text.isascii()
