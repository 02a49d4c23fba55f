"""Whether a run may go on."""

import pytest

from reconciler.core.planning.failure_limit import FailureCounts, FailureLimit, limit_exceeded


def halts(toll: FailureCounts, tolerance: FailureLimit) -> bool:
    return any(True for _ in limit_exceeded(toll, tolerance))


@pytest.mark.parametrize(
    ("toll", "tolerance", "halted"),
    [
        (FailureCounts(begun=10), FailureLimit(), False),
        (FailureCounts(begun=10, failed=1), FailureLimit(), True),
        (FailureCounts(begun=10, missed=1), FailureLimit(), True),
        (FailureCounts(begun=10, unwell=1), FailureLimit(), True),
        (FailureCounts(begun=10, failed=1, missed=1), FailureLimit(number=2), False),
        (FailureCounts(begun=10, failed=1, missed=1, unwell=1), FailureLimit(number=2), True),
        (FailureCounts(begun=10, failed=1), FailureLimit(number=10, percent=True), False),
        (FailureCounts(begun=9, failed=1), FailureLimit(number=10, percent=True), True),
        (FailureCounts(begun=10, closed=1), FailureLimit(number=100, percent=True), True),
    ],
    ids=repr,
)
def test_so_many_may_fail_and_none_may_stay_closed(toll, tolerance, halted):
    assert halts(toll, tolerance) is halted


def test_the_reason_gives_the_numbers():
    (why,) = limit_exceeded(FailureCounts(begun=40, failed=3, missed=2, unwell=1), FailureLimit(number=5))
    assert str(why.summary) == (
        "The run halted itself. Shops that failed: 3; not as predicted when read back: 2; with unwell notifications: 1; of 40"
    )
    assert str(why.expected) == "at most 5 of all these together"
