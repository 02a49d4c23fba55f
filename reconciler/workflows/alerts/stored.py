"""The use cases `alerts list` and `alerts resend`. Nothing is sent here."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from reconciler.core.alerts.alert import AlertKind, AlertState
from reconciler.core.alerts.words import ALERT_STATES, DELIVERY_PROBLEMS, KIND_WORDS
from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.messages import Message, msg
from reconciler.core.findings.words import CLASS_WORDS, EVENT_WORDS, SEVERITY_NAMES
from reconciler.core.results.table_result import Cell, NamedCell, TableResult
from reconciler.lib.frozen_class import frozen
from reconciler.lib.utc import format_utc
from reconciler.ports import SetupError
from reconciler.ports.alerts.outbox import AlertQuery, StoredAlert
from reconciler.workflows.alerts.rules import WAITING, stranded_alerts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reconciler.ports.alerts.outbox import AlertOutbox
    from reconciler.workflows.session import Session

PAGE: Final = 20
_SHORT: Final = 8
_LIST: Final = (
    ("id", msg("Id")),
    ("created", msg("Created")),
    ("channel", msg("Channel")),
    ("state", msg("State")),
    ("severity", msg("Severity")),
    ("kind", msg("About")),
    ("event", msg("What happened")),
    ("shop", msg("Shop")),
    ("field", msg("Field")),
    ("finding", msg("Finding")),
    ("count", msg("Findings")),
    ("attempts", msg("Attempts")),
    ("due", msg("Due")),
    ("ended", msg("Ended")),
    ("problem", msg("Problem")),
    ("status", msg("Status")),
    ("detail", msg("Error")),
    ("answer", msg("Answer")),
)
_BRIEF: Final = ("id", "created", "channel", "state", "severity", "kind", "problem")
_SENT_WHEN: Final = msg("`reconciler alerts send` sends them now; else the next `reconciler drift` does")
_RESENT: Final = (("id", msg("Id")), ("channel", msg("Channel")), ("state", msg("State")))


@frozen
class AlertListRequest:
    """`before` is the id of an alert, or the start of one: older ones are listed."""

    state: AlertState | None = None
    channel: str | None = None
    before: str | None = None
    limit: int = PAGE


@frozen
class AlertResendRequest:
    """These alerts, by id or its start; `failed`: all that were given up."""

    ids: tuple[str, ...] = ()
    failed: bool = False


def list_alerts(session: Session, request: AlertListRequest) -> TableResult:
    """Newest first. Raises SetupError for an unknown id."""
    table, older = alert_page(session, request)
    notices = (*(() if older is None else (_next_page(request, older),)), *table.notices)
    return replace(table, notices=notices)


def alert_page(session: Session, request: AlertListRequest) -> tuple[TableResult, str | None]:
    """The rows, and what `before` is for the next page; None: this is the last one. Raises as `list_alerts`."""
    with session.outboxes.open(create=False) as outbox:
        found = () if outbox is None else _listed(session, outbox, request)
        stranded = () if outbox is None else stranded_alerts(session, outbox)
    shown, more = found[: request.limit], len(found) > request.limit
    empty = (
        msg("No alerts are recorded.") if request == AlertListRequest(limit=request.limit) else msg("No alert matches.")
    )
    table = TableResult(
        name="alert-list", columns=_LIST, rows=tuple(map(_row, shown)), empty=empty, brief=_BRIEF, notices=stranded
    )
    return table, shown[-1].id if more else None


def resend_alerts(session: Session, request: AlertResendRequest) -> TableResult:
    """They are sent at the next look, or by `alerts send`. Raises SetupError for an unknown id, or one that is under way."""
    with session.outboxes.open(create=False) as outbox:
        if outbox is None:
            chosen: Sequence[StoredAlert] = [_no_such(name) for name in request.ids]
            stranded: tuple[Message, ...] = ()
        else:
            chosen = list(_chosen(session, outbox, request))
            outbox.resend(session.target.fleet_name, [each.id for each in chosen], format_utc(session.clock.now()))
            stranded = stranded_alerts(session, outbox) if chosen else ()
    queued = NamedCell(AlertState.QUEUED.value, ALERT_STATES[AlertState.QUEUED])
    return TableResult(
        name="resent-alerts",
        columns=_RESENT,
        rows=tuple((_id(each), each.channel, queued) for each in chosen),
        empty=msg("No alert was given up."),
        notices=(*((_SENT_WHEN,) if chosen else ()), *stranded),
    )


def _listed(session: Session, outbox: AlertOutbox, request: AlertListRequest) -> Sequence[StoredAlert]:
    """One more than is shown."""
    before = None if request.before is None else _find(session, outbox, request.before).id
    states = frozenset[AlertState]() if request.state is None else frozenset({request.state})
    query = AlertQuery(states=states, channel=request.channel, before=before, limit=request.limit + 1)
    return outbox.alerts(session.target.fleet_name, query)


def _chosen(session: Session, outbox: AlertOutbox, request: AlertResendRequest) -> Iterator[StoredAlert]:
    if request.failed:
        yield from outbox.alerts(session.target.fleet_name, AlertQuery(states=frozenset({AlertState.FAILED})))
    named = {alert.id: alert for alert in (_find(session, outbox, name) for name in request.ids)}
    for alert in named.values():
        if alert.state not in (AlertState.SENT, AlertState.FAILED):
            raise SetupError(
                msg("The alert {id} is not sent yet: {state}", id=alert.id, state=ALERT_STATES[alert.state]),
                code=codes.NO_SUCH_ALERT,
                hint=msg("`reconciler alerts send` sends what is due"),
            )
        yield alert


def _find(session: Session, outbox: AlertOutbox, name: str) -> StoredAlert:
    found = outbox.find(session.target.fleet_name, name) if name else ()
    if len(found) == 1:
        return found[0]
    return _no_such(name, several=bool(found))


def _no_such(name: str, *, several: bool = False) -> StoredAlert:
    text = (
        msg("More than one alert starts with {name}", name=name)
        if several
        else msg("No alert has the id {name}", name=name)
    )
    raise SetupError(text, code=codes.NO_SUCH_ALERT, hint=msg("`reconciler alerts list` shows the ids"))


def _next_page(request: AlertListRequest, last: str) -> Message:
    words = ["reconciler", "alerts", "list"]
    if request.state is not None:
        words += ["--state", request.state.value]
    if request.channel is not None:
        words += ["--channel", request.channel]
    words += ["--before", last[:_SHORT]]
    if request.limit != PAGE:
        words += ["--limit", str(request.limit)]
    return msg("There are older alerts. Next page: `{command}`", command=shlex.join(words))


def _row(alert: StoredAlert) -> tuple[Cell, ...]:
    event, error = alert.first, alert.error
    single = event is not None and alert.kind is AlertKind.FINDING
    waiting = alert.state in WAITING
    return (
        _id(alert),
        alert.created,
        alert.channel,
        NamedCell(alert.state.value, ALERT_STATES[alert.state]),
        NamedCell(alert.severity.word, SEVERITY_NAMES[alert.severity]),
        NamedCell(alert.kind.value, _about(alert)),
        NamedCell(event.kind.value, EVENT_WORDS[event.kind]) if event is not None and single else None,
        event.finding.key.shop if event is not None and single else None,
        (event.finding.key.field or None) if event is not None and single else None,
        event.finding.key.id if event is not None and single else None,
        alert.count,
        alert.attempts,
        alert.due if waiting else None,
        alert.ended,
        None if error is None else NamedCell(error.problem.value, DELIVERY_PROBLEMS[error.problem]),
        None if error is None else error.status,
        None if error is None else error.text,
        alert.answer,
    )


def _id(alert: StoredAlert) -> NamedCell:
    """People see the start, which every command takes."""
    return NamedCell(alert.id, Message(alert.id[:_SHORT]))


def _about(alert: StoredAlert) -> Message:
    if alert.kind is not AlertKind.FINDING or alert.first is None:
        return msg("{kind} (findings: {count})", kind=KIND_WORDS[alert.kind], count=alert.count)
    key, event = alert.first.finding.key, EVENT_WORDS[alert.first.kind]
    if key.field:
        return msg("{shop}, `{field}`: {kind}", shop=key.shop, field=key.field, kind=event)
    return msg(
        "{shop}: {kind}", shop=key.shop, kind=msg("{finding}, {event}", finding=CLASS_WORDS[key.kind], event=event)
    )
