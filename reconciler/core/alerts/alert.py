"""An alert: one message for one channel, about one event of a finding or about several.

In: events of findings. Out: values. Times are text in UTC, as those of findings.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from enum import Enum
from typing import Final

from reconciler.core.findings.finding import FindingEvent
from reconciler.core.model.canonical import dumps
from reconciler.core.model.policy import FindingSeverity
from reconciler.lib.frozen_class import frozen

SHOWN: Final = 20
"""So many events of a storm or a digest are shown; the others are counted."""


class AlertKind(Enum):
    FINDING = "finding"
    """One event."""
    STORM = "storm"
    """Many events of one look."""
    DIGEST = "digest"
    """What came together until a time of day."""
    TEST = "test"
    """No event: a person tries a channel."""


class AlertState(Enum):
    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    """It is not tried again, unless a person says so."""


@frozen
class CommonCause:
    """What `count` events of a storm share: the person who changed the values (`actor`), or the `field`."""

    what: str
    value: str
    count: int


@frozen
class Alert:
    """`id` is the idempotency key: the same alert has the same one, however often it is sent. `at` is the time of its latest
    event, `severity` that of the most severe one. `events`: the most severe first, at most SHOWN; `count` is how many there are
    in all.
    """

    id: str
    fleet: str
    channel: str
    kind: AlertKind
    at: str
    severity: FindingSeverity
    events: tuple[FindingEvent, ...] = ()
    count: int = 0
    cause: CommonCause | None = None


def alert_id(fleet: str, channel: str, kind: AlertKind, parts: Iterable[str | int]) -> str:
    """`parts` say which alert of the channel it is: its events, or the time of a digest."""
    text = dumps([fleet, channel, kind.value, *parts])
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]
