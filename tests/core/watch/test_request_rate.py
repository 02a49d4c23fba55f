"""Requests a second: halved at once, raised slowly, never beyond what is allowed and never zero."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from reconciler.core.watch.request_rate import RequestRate


def test_a_refusal_halves_the_rate_and_time_raises_it_again():
    rate = RequestRate.full(20.0, 0.0).throttled(10.0)
    assert rate.now == 10.0
    assert rate.raised(15.0).now == 15.0
    assert rate.raised(1000.0).now == 20.0


def test_refusals_of_the_same_moment_count_once():
    rate = RequestRate.full(20.0, 0.0)
    for at in (10.0, 10.1, 10.9):
        rate = rate.throttled(at)
    assert rate.now == 10.0
    assert rate.throttled(11.0).now == 5.0


@given(st.floats(0.1, 1000.0), st.lists(st.tuples(st.booleans(), st.floats(0.0, 100.0)), max_size=50))
def test_the_rate_stays_between_its_bounds(most: float, events: list[tuple[bool, float]]):
    rate, at = RequestRate.full(most, 0.0), 0.0
    for refused, seconds in events:
        at += seconds
        rate = rate.throttled(at) if refused else rate.raised(at)
        assert 0 < rate.now <= most


def test_answers_between_two_refusals_do_not_hide_the_second():
    rate = RequestRate.full(20.0, 0.0).throttled(10.0)
    for tenth in range(15):
        rate = rate.raised(10.0 + tenth / 10)
    assert rate.throttled(11.5).now < 10.0
