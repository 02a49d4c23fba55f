"""The outbox: alerts are kept in the store until their channel accepted them.

An event is queued once for each channel, in the transaction that says that the channel knows it. A sender claims an alert, sends
it and marks it: what a killed sender claimed is sent again under the same id, once the claim expired.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Protocol

from reconciler.core.alerts.alert import Alert, AlertKind, AlertState
from reconciler.core.alerts.outcome import DeliveryError
from reconciler.core.alerts.queueing import AlertPlan, ChannelBacklog
from reconciler.core.alerts.retries import AttemptEnd
from reconciler.core.findings.finding import FindingEvent
from reconciler.core.model.policy import FindingSeverity
from reconciler.lib.frozen_class import frozen


@frozen
class QueuedAlerts:
    """`baseline`: the channel was new, and knows everything until now. `events` were read, `alerts` made or extended."""

    events: int = 0
    alerts: int = 0
    baseline: bool = False


@frozen
class ClaimedAlert:
    """`attempt` counts from 1; only the latest claim of an alert can put it off."""

    alert: Alert
    attempt: int


@frozen
class StoredAlert:
    """`created` is when it was queued, `due` when it is sent, or sent again; `ended` when it was sent or given up. `first` is its
    most severe event, `count` how many it has.
    """

    id: str
    channel: str
    kind: AlertKind
    state: AlertState
    severity: FindingSeverity
    created: str
    due: str
    count: int
    attempts: int
    first: FindingEvent | None = None
    ended: str | None = None
    error: DeliveryError | None = None
    answer: str | None = None


@frozen
class AlertQuery:
    """`before`: only alerts that were queued before this one, by its id."""

    states: frozenset[AlertState] = frozenset()
    channel: str | None = None
    before: str | None = None
    limit: int | None = None


PlanAlerts = Callable[[ChannelBacklog], AlertPlan]
"""It is called within the transaction that stores the plan."""


class AlertOutbox(Protocol):
    """Each method is one transaction and raises SetupError. A fleet does not see another one's alerts."""

    def queue(self, fleet: str, channel: str, now: str, plan: PlanAlerts) -> QueuedAlerts:
        """Makes alerts of all events that the channel does not know yet. Of a new channel nothing is made: it starts here."""
        ...

    def claim(self, fleet: str, channel: str, now: str, skip: Collection[str] = ()) -> ClaimedAlert | None:
        """One alert that is due, for a while: no other sender gets it. `skip` are ids. None where nothing is due."""
        ...

    def mark(self, claim: ClaimedAlert, end: AttemptEnd) -> None:
        """What came of it. That an alert was sent counts always, anything else only of the latest claim."""
        ...

    def alerts(self, fleet: str, query: AlertQuery) -> Sequence[StoredAlert]:
        """Newest first."""
        ...

    def find(self, fleet: str, start: str) -> Sequence[StoredAlert]:
        """Those whose id starts so, at most two."""
        ...

    def resend(self, fleet: str, ids: Collection[str], now: str) -> int:
        """Makes sent and failed alerts due, as if they had never been tried; how many. Those under way stay as they are."""
        ...

    def counts(self, fleet: str) -> Mapping[tuple[str, AlertState], int]:
        """By channel and state."""
        ...


class AlertOutboxes(Protocol):
    """Where alerts are kept: the store of the findings."""

    def open(self, *, create: bool) -> AbstractContextManager[AlertOutbox | None]:
        """None where nothing was ever stored and `create` is not given. Raises SetupError."""
        ...

    def ephemeral_place(self) -> str | None:
        """As `FindingStores.ephemeral_place`."""
        ...
