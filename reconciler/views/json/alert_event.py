"""An alert as a CloudEvent (1.0, structured JSON): what a webhook posts.

In: an alert. Out: the JSON text, in ASCII. Its data is the same for each kind of alert; a finding in it is the row that
`findings show -o json` prints. A secret is `(sensitive value)`.
"""

from __future__ import annotations

import json
from typing import Annotated, Any, Final, Literal, NotRequired

from typing_extensions import TypedDict

from reconciler.core.alerts.alert import Alert, AlertKind
from reconciler.core.drift.severity import SEVERITY_WORDS_OF_FINDINGS
from reconciler.core.findings.finding import Finding, FindingEvent, FindingEventKind
from reconciler.core.findings.runbooks import NO_RUNBOOKS, Runbooks
from reconciler.core.results.finding_row import FINDING_COLUMNS, whole_finding
from reconciler.core.results.table_result import NamedCell
from reconciler.views.json.finding_rows import WholeFindingRow
from reconciler.views.json.shapes import Count, one_of

_TYPES: Final = {
    AlertKind.STORM: "jp.reconciler.findings.storm",
    AlertKind.DIGEST: "jp.reconciler.findings.digest",
    AlertKind.TEST: "jp.reconciler.test",
}
_ALL_TYPES: Final = (*(f"jp.reconciler.finding.{kind.value}" for kind in FindingEventKind), *_TYPES.values())


class AlertedHealing(TypedDict):
    """`rule` is that of the policy. Of a fight: `actor` undid each of its `heals` since `since`, one every `period_seconds`. Of a
    proposal: `file` is the saved plan.
    """

    rule: str
    actor: str | None
    heals: Count
    since: str | None
    period_seconds: Count | None
    file: str | None


class AlertedFinding(TypedDict):
    """`event` is what happened to the finding, `at` when; `finding` is the finding after it. `healing` is there for `fight` and
    `proposed`.
    """

    event: Annotated[str, one_of(FindingEventKind)]
    at: str
    finding: WholeFindingRow
    healing: NotRequired[AlertedHealing]


class AlertCause(TypedDict):
    """What `count` of the findings have in common: the person who changed the values, or the field."""

    what: Annotated[str, one_of(["actor", "field"])]
    value: str
    count: Count


class AlertData(TypedDict):
    """`findings` are the most severe first, at most 20 of them; `count` is how many there are in all. `cause` is set for a storm
    with a common cause.
    """

    kind: Annotated[str, one_of(AlertKind)]
    fleet: str
    channel: str
    severity: Annotated[str, one_of(SEVERITY_WORDS_OF_FINDINGS)]
    count: Count
    cause: AlertCause | None
    findings: list[AlertedFinding]


class AlertEvent(TypedDict):
    """`id` is the idempotency key: an alert that is sent again has the same one. `subject`: SHOP or SHOP/FIELD of a single
    finding.
    """

    specversion: Literal["1.0"]
    id: str
    source: str
    type: Annotated[str, one_of(_ALL_TYPES)]
    subject: NotRequired[str]
    time: str
    datacontenttype: Literal["application/json"]
    data: AlertData


def alert_event(alert: Alert, runbooks: Runbooks = NO_RUNBOOKS) -> str:
    return json.dumps(_event(alert, runbooks), separators=(",", ":"))


def _event(alert: Alert, runbooks: Runbooks) -> AlertEvent:
    event: AlertEvent = {
        "specversion": "1.0",
        "id": alert.id,
        "source": f"urn:reconciler:{alert.fleet}",
        "type": _type(alert),
        "time": alert.at,
        "datacontenttype": "application/json",
        "data": _data(alert, runbooks),
    }
    if alert.kind is AlertKind.FINDING:
        key = alert.events[0].finding.key
        event["subject"] = f"{key.shop}/{key.field}" if key.field else key.shop
    return event


def _type(alert: Alert) -> str:
    return _TYPES.get(alert.kind) or f"jp.reconciler.finding.{alert.events[0].kind.value}"


def _data(alert: Alert, runbooks: Runbooks) -> AlertData:
    cause = alert.cause
    return {
        "kind": alert.kind.value,
        "fleet": alert.fleet,
        "channel": alert.channel,
        "severity": alert.severity.word,
        "count": alert.count,
        "cause": None if cause is None else {"what": cause.what, "value": cause.value, "count": cause.count},
        "findings": [_alerted(each, runbooks) for each in alert.events],
    }


def _alerted(event: FindingEvent, runbooks: Runbooks) -> AlertedFinding:
    facts, author = event.healing, event.finding.author
    proposal = None if facts is None else facts.file
    row = _row(event.finding, proposal, runbooks)
    found: AlertedFinding = {"event": event.kind.value, "at": event.at, "finding": row}
    if facts is not None:
        found["healing"] = {
            "rule": facts.rule,
            "actor": None if author is None else author.actor,
            "heals": facts.heals,
            "since": facts.since,
            "period_seconds": round(facts.period) if facts.since is not None else None,
            "file": facts.file,
        }
    return found


def _row(finding: Finding, proposal: str | None, runbooks: Runbooks) -> WholeFindingRow:
    cells = zip(FINDING_COLUMNS, whole_finding(finding, proposal, runbooks), strict=True)
    row: Any = {name: cell.key if isinstance(cell, NamedCell) else cell for (name, _), cell in cells}
    return row  # type: ignore[no-any-return]  # the columns are the keys of the row, as a test shows
