"""A bucket of requests that several workers take from in advance."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from reconciler.core.fleet.request_bucket import RequestBucket

TAKES = st.lists(st.tuples(st.floats(0, 3), st.integers(1, 20)), min_size=1, max_size=30)
RATES = st.floats(0.5, 100)


@given(takes=TAKES, most=RATES)
def test_never_more_leave_than_were_earned(takes: list[tuple[float, int]], most: float) -> None:
    """By any time, at most the rate since the start, and one burst."""
    bucket, at, sent = RequestBucket.empty(most, 0.0), 0.0, 0
    for pause, count in takes:
        at += pause
        bucket = bucket.take(count, at)
        sent += count
        assert sent <= most * (at + bucket.wait) + most + 1e-6


@given(takes=TAKES, most=RATES)
def test_a_later_request_is_not_sent_before_an_earlier_one(takes: list[tuple[float, int]], most: float) -> None:
    bucket, at, last = RequestBucket.empty(most, 0.0), 0.0, 0.0
    for pause, count in takes:
        at += pause
        bucket = bucket.take(count, at)
        assert at + bucket.wait >= last - 1e-6
        last = at + bucket.wait


@given(times=st.lists(st.floats(-5, 5), min_size=1, max_size=20), most=RATES)
def test_a_clock_that_goes_back_grants_nothing(times: list[float], most: float) -> None:
    bucket = RequestBucket.empty(most, 0.0)
    for at in times:
        before, bucket = bucket, bucket.take(1, at)
        assert bucket.tokens <= max(before.tokens, 0.0) - 1 + most * max(0.0, at - before.filled) + 1e-6
        assert bucket.filled >= before.filled


def test_a_refusal_halves_and_time_raises_again() -> None:
    bucket = RequestBucket.empty(10.0, 0.0).halve(1.0)
    assert bucket.per_second == 5.0
    assert bucket.halve(1.5).per_second == 5.25  # the same second: one refusal; half a second raises a little
    assert bucket.halve(2.5).per_second < 3.0
    assert bucket.take(1, 4.0).per_second == 6.5
    assert bucket.take(1, 1000.0).per_second == 10.0


def test_a_refusal_takes_back_nothing_that_was_granted() -> None:
    bucket = RequestBucket.empty(10.0, 0.0).take(5, 0.0)
    assert bucket.wait == 0.5
    assert bucket.halve(0.0).take(5, 0.0).wait == 2.0


def test_a_lower_setting_holds_at_once() -> None:
    assert RequestBucket(most=2.0, tokens=0.0, filled=0.0, per_second=10.0).take(4, 0.0).per_second == 2.0


def test_an_idle_hour_is_not_saved_up() -> None:
    assert RequestBucket.empty(10.0, 0.0).take(100, 3600.0).wait == 9.0
