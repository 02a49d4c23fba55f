"""Whether a run may go on."""

import pytest

from reconciler.core.planning.failure_limit import FailureCounts, FailureLimit, limit_exceeded


def halts(toll: FailureCounts, tolerance: FailureLimit) -> bool:
    return any(True for _ in limit_exceeded(toll, tolerance))


@pytest.mark.parametrize(
    ("toll", "tolerance", "halted"),
    [
        (FailureCounts(started=10), FailureLimit(), False),
        (FailureCounts(started=10, failed=1), FailureLimit(), True),
        (FailureCounts(started=10, missed=1), FailureLimit(), True),
        (FailureCounts(started=10, unhealthy=1), FailureLimit(), True),
        (FailureCounts(started=10, failed=1, missed=1), FailureLimit(number=2), False),
        (FailureCounts(started=10, failed=1, missed=1, unhealthy=1), FailureLimit(number=2), True),
        (FailureCounts(started=10, failed=1), FailureLimit(number=10, percent=True), False),
        (FailureCounts(started=9, failed=1), FailureLimit(number=10, percent=True), True),
        (FailureCounts(started=10, left_closed=1), FailureLimit(number=100, percent=True), True),
    ],
    ids=repr,
)
def test_so_many_may_fail_and_none_may_stay_closed(toll, tolerance, halted):
    assert halts(toll, tolerance) is halted


def test_the_reason_gives_the_numbers():
    (why,) = limit_exceeded(FailureCounts(started=40, failed=3, missed=2, unhealthy=1), FailureLimit(number=5))
    assert str(why.summary) == (
        "The run halted. Shops started: 40; failed: 3; different from the prediction: 2; with missing notifications: 1"
    )
    assert str(why.expected) == "at most 5 of these in total"
