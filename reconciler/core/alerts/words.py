"""What kinds, states and problems of alerts are called."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from reconciler.core.alerts.alert import AlertKind, AlertState
from reconciler.core.alerts.outcome import DeliveryError, DeliveryProblem
from reconciler.core.diagnostics.messages import Message, msg

KIND_WORDS: Final[Mapping[AlertKind, Message]] = {
    AlertKind.FINDING: msg("one finding"),
    AlertKind.STORM: msg("storm"),
    AlertKind.DIGEST: msg("digest"),
    AlertKind.TEST: msg("test"),
}
ALERT_STATES: Final[Mapping[AlertState, Message]] = {
    AlertState.QUEUED: msg("waiting"),
    AlertState.SENDING: msg("being sent"),
    AlertState.SENT: msg("sent"),
    AlertState.FAILED: msg("given up"),
}
DELIVERY_PROBLEMS: Final[Mapping[DeliveryProblem, Message]] = {
    DeliveryProblem.UNREACHABLE: msg("no connection"),
    DeliveryProblem.TIMED_OUT: msg("no answer in time"),
    DeliveryProblem.CONNECTION_LOST: msg("the connection was lost"),
    DeliveryProblem.THROTTLED: msg("too many requests"),
    DeliveryProblem.DEFERRED: msg("not accepted for now"),
    DeliveryProblem.REFUSED: msg("refused"),
    DeliveryProblem.REDIRECTED: msg("redirected, which is not followed"),
    DeliveryProblem.BAD_ADDRESS: msg("invalid address"),
    DeliveryProblem.UNTRUSTED: msg("the server's certificate is not valid"),
    DeliveryProblem.LOGIN_REFUSED: msg("the login was refused"),
    DeliveryProblem.SECRET_MISSING: msg("a secret of the channel is missing or not valid"),
    DeliveryProblem.NO_CHANNEL: msg("alerts.yaml has no such channel"),
    DeliveryProblem.INTERRUPTED: msg("interrupted each time"),
    DeliveryProblem.INTERNAL_ERROR: msg("internal error"),
}


def error_words(error: DeliveryError) -> Message:
    """The problem, with the status and the text of the other side in parentheses."""
    problem = DELIVERY_PROBLEMS[error.problem]
    detail = " ".join(str(part) for part in (error.status, error.text) if part)
    return msg("{problem} ({detail})", problem=problem, detail=detail) if detail else problem
