"""Waits grow, and stay within their limit."""

from hypothesis import given
from hypothesis import strategies as st

from reconciler.lib.backoff import backoff


def test_each_failure_doubles_the_wait_up_to_the_limit():
    assert [backoff(failures, first=1.0, longest=30.0) for failures in range(1, 8)] == [1, 2, 4, 8, 16, 30, 30]


def test_before_any_failure_it_is_the_first_wait():
    assert backoff(0, first=0.5, longest=30.0) == 0.5


@given(st.integers(min_value=0, max_value=10**9), st.floats(0.1, 100), st.floats(100, 10**5))
def test_a_wait_never_shrinks_and_never_exceeds_the_limit(failures, first, longest):
    now, then = (backoff(count, first=first, longest=longest) for count in (failures, failures + 1))
    assert first <= now <= then <= longest
