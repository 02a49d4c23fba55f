"""When an alert that did not arrive is tried again, and when no more.

In: the outcome of an attempt, and how many there were. Out: the state of the alert after it.
"""

from __future__ import annotations

from typing import Final

from reconciler.core.alerts.alert import AlertState
from reconciler.core.alerts.outcome import DeliveryError, SendOutcome, SendRefused, Sent
from reconciler.lib.backoff import backoff
from reconciler.lib.frozen_class import frozen
from reconciler.lib.utc import shifted_utc

LEASE: Final = 300
"""Seconds for which a claim holds. A sender gives up before."""
LONGEST_SEND: Final = 120
FIRST_WAIT: Final = 60
LONGEST_WAIT: Final = 6 * 3600
ATTEMPTS: Final = 24
"""Nearly four days: a channel that is down over a long weekend loses nothing."""
FURTHEST_DIGEST: Final = 48 * 3600
"""A digest is never put off further: a later one was queued before the clock was set back."""


@frozen
class AttemptEnd:
    """`due` is the next attempt, of an alert that is queued again. `at` is the time of the attempt's end."""

    state: AlertState
    at: str
    due: str | None = None
    error: DeliveryError | None = None
    answer: str | None = None


def end_attempt(outcome: SendOutcome, attempt: int, now: str) -> AttemptEnd:
    if isinstance(outcome, Sent):
        return AttemptEnd(state=AlertState.SENT, at=now, answer=outcome.answer)
    if isinstance(outcome, SendRefused) or attempt >= ATTEMPTS:
        return AttemptEnd(state=AlertState.FAILED, at=now, error=outcome.error)
    wait = max(backoff(attempt, first=FIRST_WAIT, longest=LONGEST_WAIT), outcome.after or 0)
    return AttemptEnd(
        state=AlertState.QUEUED, at=now, due=shifted_utc(now, min(wait, LONGEST_WAIT)), error=outcome.error
    )
