"""Of two reports of one object at Amazon, which one stays."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.core.values import ShopKey
from reconciler.ports.payments import ObjectKind, ObjectState, PaymentObject, Source

AT = datetime(2026, 11, 28, 3, 0, tzinfo=UTC)
STATES = ("Pending", "RefundInitiated", "Open", "UnderReview", "Declined", "Completed", "Refunded", "Closed")


def reported(state: str, seconds: int = 0) -> ObjectState:
    what = PaymentObject(
        kind=ObjectKind.REFUND, id="S03-1-R1", reference="S03-1", state=state, updated=AT + timedelta(seconds=seconds)
    )
    return ObjectState(shop=ShopKey("kyoto-tea"), what=what, order=None, source=Source.POLL)


@given(st.sampled_from(STATES), st.integers(0, 2), st.sampled_from(STATES), st.integers(0, 2))
def test_the_order_of_the_reports_does_not_matter(one: str, at: int, other: str, then: int) -> None:
    first, second = reported(one, at), reported(other, then)
    assert first.after(second) == second.after(first)


@pytest.mark.parametrize(
    ("earlier", "later"),
    [("RefundInitiated", "Declined"), ("Pending", "Completed"), ("Open", "Closed"), ("RECEIVED", "Declined")],
)
def test_within_one_second_the_later_state_stays(earlier: str, later: str) -> None:
    assert reported(earlier).after(reported(later)) == reported(later)


def test_the_newer_report_stays_whatever_it_says() -> None:
    assert reported("Pending", 1).after(reported("Declined")) == reported("Pending", 1)
