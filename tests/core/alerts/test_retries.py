"""An alert that did not arrive is tried again for about 20 hours, ever more rarely, and then given up."""

from hypothesis import given
from hypothesis import strategies as st

from reconciler.core.alerts.alert import AlertState
from reconciler.core.alerts.outcome import DeliveryError, DeliveryProblem, Retry, SendRefused, Sent
from reconciler.core.alerts.retries import ATTEMPTS, LONGEST_WAIT, end_attempt
from reconciler.lib.utc import parse_utc, shifted_utc
from tests.support.alerts.event_samples import AT

DOWN = DeliveryError(problem=DeliveryProblem.UNREACHABLE)


def wait(attempt, after=None):
    end = end_attempt(Retry(error=DOWN, after=after), attempt, AT)
    assert (end.state, end.error) == (AlertState.QUEUED, DOWN)
    return (parse_utc(end.due) - parse_utc(AT)).total_seconds()


def test_the_waits_grow_up_to_six_hours():
    waits = [wait(attempt) for attempt in range(1, ATTEMPTS)]
    assert waits[:10] == [60, 120, 240, 480, 960, 1920, 3840, 7680, 15360, 21600]
    assert set(waits[9:]) == {LONGEST_WAIT}


def test_a_channel_that_is_down_over_a_long_weekend_loses_nothing():
    assert sum(wait(attempt) for attempt in range(1, ATTEMPTS)) > 3.5 * 86_400


def test_the_last_attempt_gives_the_alert_up():
    end = end_attempt(Retry(error=DOWN), ATTEMPTS, AT)
    assert (end.state, end.due, end.error) == (AlertState.FAILED, None, DOWN)


def test_what_is_refused_is_given_up_at_once():
    error = DeliveryError(problem=DeliveryProblem.REFUSED, status=410)
    assert end_attempt(SendRefused(error=error), 1, AT).state is AlertState.FAILED


def test_what_was_sent_keeps_the_answer():
    end = end_attempt(Sent(answer="202 Accepted"), ATTEMPTS, AT)
    assert (end.state, end.answer, end.at) == (AlertState.SENT, "202 Accepted", AT)


@given(st.integers(1, ATTEMPTS - 1), st.one_of(st.none(), st.floats(0, 1e9)))
def test_a_wait_that_the_other_side_names_is_kept_within_the_longest_one(attempt, after):
    waited = wait(attempt, after)
    assert wait(attempt) <= waited <= LONGEST_WAIT
    assert after is None or waited >= min(int(after), LONGEST_WAIT)
    assert shifted_utc(AT, waited) > AT
