"""The estimate covers the whole run: the shops that are left, and the waits between the waves that are left."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from reconciler.core.runs.remaining_time import RemainingTime


def test_nothing_is_said_before_the_first_shop() -> None:
    assert RemainingTime(shops=10, now=0.0).left(5.0) is None


def test_shops_that_are_left_take_as_long_as_those_before() -> None:
    run = RemainingTime(shops=10, now=100.0)
    for _ in range(4):
        run.finish_shop(108.0)
    assert run.left(108.0) == 12.0
    assert run.elapsed(108.0) == 8.0


def test_waits_that_are_to_come_are_part_of_it() -> None:
    run = RemainingTime(shops=4, now=0.0, soaks=2, soak=60.0)
    run.finish_shop(1.0)
    assert run.left(1.0) == 3.0 + 120.0


def test_a_wait_counts_down_and_does_not_slow_the_estimate() -> None:
    run = RemainingTime(shops=4, now=0.0, soaks=1, soak=60.0)
    run.finish_shop(1.0)
    run.start_soak(60, 1.0)
    assert (run.soak_left(11.0), run.left(11.0)) == (50.0, 3.0 + 50.0)
    run.start_wave(61.0)
    assert (run.soak_left(61.0), run.left(61.0)) == (0.0, 3.0)


@given(st.lists(st.floats(0.01, 50), min_size=1, max_size=20), st.integers(0, 5), st.floats(0, 100))
def test_it_never_is_less_than_the_waits_that_are_left(gaps: list[float], soaks: int, soak: float) -> None:
    run, now = RemainingTime(shops=len(gaps), now=0.0, soaks=soaks, soak=soak), 0.0
    for gap in gaps:
        now += gap
        run.finish_shop(now)
        left = run.left(now)
        assert left is not None
        assert left >= soaks * soak
    assert run.left(now) == soaks * soak
