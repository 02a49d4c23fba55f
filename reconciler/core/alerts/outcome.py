"""What came of sending one alert."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from reconciler.lib.frozen_class import frozen


class DeliveryProblem(StrEnum):
    """Why an alert did not arrive, or may not have: the closed list of lists, logs and metrics."""

    UNREACHABLE = "unreachable"
    """No connection, or the name of the host is unknown."""
    TIMED_OUT = "timed-out"
    CONNECTION_LOST = "connection-lost"
    THROTTLED = "throttled"
    """429: too many requests."""
    DEFERRED = "deferred"
    """Another answer that asks to try again: 408, 425, 5xx, 4xx of SMTP."""
    REFUSED = "refused"
    """An answer that will not change: another 4xx, 5xx of SMTP."""
    REDIRECTED = "redirected"
    """Redirects are never followed."""
    BAD_ADDRESS = "bad-address"
    UNTRUSTED = "untrusted"
    """The server's certificate is not valid for its name."""
    LOGIN_REFUSED = "login-refused"
    SECRET_MISSING = "secret-missing"  # noqa: S105  # no secret: the word for a missing one
    NO_CHANNEL = "no-channel"
    """The rules do not name the channel any more."""
    INTERRUPTED = "interrupted"
    """Its sender was killed, or did not answer in time."""
    INTERNAL_ERROR = "internal-error"


CHANNEL_DOWN: Final = frozenset(
    {
        DeliveryProblem.UNREACHABLE,
        DeliveryProblem.TIMED_OUT,
        DeliveryProblem.CONNECTION_LOST,
        DeliveryProblem.THROTTLED,
        DeliveryProblem.UNTRUSTED,
        DeliveryProblem.LOGIN_REFUSED,
        DeliveryProblem.SECRET_MISSING,
    }
)
"""Problems of the channel and not of one alert: its other alerts are not tried in the same run."""


@frozen
class DeliveryError:
    """`status` is that of HTTP or SMTP, if there was an answer. `text` is one line of limited length for operators, without
    secrets, tokens and addresses with tokens.
    """

    problem: DeliveryProblem
    status: int | None = None
    text: str | None = None


@frozen
class Sent:
    """`answer` is what the other side said, in one line of limited length."""

    answer: str = ""


@frozen
class Retry:
    """It may go later, `after` so many seconds if the other side named them."""

    error: DeliveryError
    after: float | None = None


@frozen
class SendRefused:
    """It will never go like this."""

    error: DeliveryError


SendOutcome = Sent | Retry | SendRefused
