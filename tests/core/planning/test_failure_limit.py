"""Whether a run may go on."""

import pytest

from reconciler.core.planning.failure_limit import Tolerance, Toll, judge


def halts(toll: Toll, tolerance: Tolerance) -> bool:
    return any(True for _ in judge(toll, tolerance))


@pytest.mark.parametrize(
    ("toll", "tolerance", "halted"),
    [
        (Toll(begun=10), Tolerance(), False),
        (Toll(begun=10, failed=1), Tolerance(), True),
        (Toll(begun=10, missed=1), Tolerance(), True),
        (Toll(begun=10, unwell=1), Tolerance(), True),
        (Toll(begun=10, failed=1, missed=1), Tolerance(number=2), False),
        (Toll(begun=10, failed=1, missed=1, unwell=1), Tolerance(number=2), True),
        (Toll(begun=10, failed=1), Tolerance(number=10, percent=True), False),
        (Toll(begun=9, failed=1), Tolerance(number=10, percent=True), True),
        (Toll(begun=10, closed=1), Tolerance(number=100, percent=True), True),
    ],
    ids=repr,
)
def test_so_many_may_fail_and_none_may_stay_closed(toll, tolerance, halted):
    assert halts(toll, tolerance) is halted


def test_the_reason_gives_the_numbers():
    (why,) = judge(Toll(begun=40, failed=3, missed=2, unwell=1), Tolerance(number=5))
    assert str(why.summary) == (
        "The run halted itself. Shops that failed: 3; not as predicted when read back: 2; with unwell notifications: 1; of 40"
    )
    assert str(why.expected) == "at most 5 of all these together"
