"""What the rows of tables about alerts hold, where the table is a JSON document.

Times are in UTC; what is not there is null. Tests hold each table that is printed to its description.
"""

from __future__ import annotations

from typing import Annotated, Any, Final

from typing_extensions import TypedDict

from reconciler.core.alerts.alert import AlertKind, AlertState
from reconciler.core.alerts.outcome import DeliveryProblem
from reconciler.core.drift.severity import SEVERITY_WORDS_OF_FINDINGS
from reconciler.core.findings.finding import FindingEventKind
from reconciler.views.json.document import TableType
from reconciler.views.json.shapes import Count, one_of


class AlertRow(TypedDict):
    """Newest first. `event`, `shop`, `field` and `finding` are null for an alert about several findings. `due` is the next
    attempt, `ended` when it was sent or given up. `problem`, `status` and `detail` are of the last attempt.
    """

    id: str
    created: str
    channel: str
    state: Annotated[str, one_of(AlertState)]
    severity: Annotated[str, one_of(SEVERITY_WORDS_OF_FINDINGS)]
    kind: Annotated[str, one_of(AlertKind)]
    event: Annotated[str, one_of(FindingEventKind)] | None
    shop: str | None
    field: str | None
    finding: str | None
    count: Count
    attempts: Count
    due: str | None
    ended: str | None
    problem: Annotated[str, one_of(DeliveryProblem)] | None
    status: Count | None
    detail: str | None
    answer: str | None


class ResentAlertRow(TypedDict):
    id: str
    channel: str
    state: Annotated[str, one_of(AlertState)]


class SentAlertsRow(TypedDict):
    """The channels for which something was due, in the order of alerts.yaml. Each counts alerts."""

    channel: str
    sent: Count
    delayed: Count
    failed: Count


class AlertTestRow(TypedDict):
    """One row. `id` is the idempotency key that the channel got."""

    channel: str
    answer: str
    id: str


ALERT_TABLES: Final[tuple[TableType[Any], ...]] = (
    TableType(name="alert-list", row=AlertRow),
    TableType(name="resent-alerts", row=ResentAlertRow),
    TableType(name="sent-alerts", row=SentAlertsRow),
    TableType(name="alert-test", row=AlertTestRow),
)
