"""The use cases `alerts send` and `alerts test`."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from reconciler.core.alerts.alert import Alert, AlertKind, alert_id
from reconciler.core.alerts.outcome import Sent
from reconciler.core.alerts.words import error_words
from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import diagnostic
from reconciler.core.diagnostics.messages import msg
from reconciler.core.model.policy import FindingSeverity
from reconciler.core.results.table_result import TableResult
from reconciler.core.results.validation_result import FailureResult, failure
from reconciler.lib.utc import format_utc
from reconciler.workflows.alerts.after_look import baseline_notices, delivery_warnings, queue_alerts
from reconciler.workflows.alerts.deliver import attempt, deliver_due
from reconciler.workflows.alerts.rules import check_channel, require_alert_rules, stranded_alerts

if TYPE_CHECKING:
    from reconciler.core.diagnostics.diagnostic import Diagnostic
    from reconciler.core.results.command import CommandResult
    from reconciler.workflows.session import Session

_SENT: Final = (
    ("channel", msg("Channel")),
    ("sent", msg("Sent")),
    ("delayed", msg("Tried again later")),
    ("failed", msg("Given up")),
)
_TEST: Final = (("channel", msg("Channel")), ("answer", msg("Answer")), ("id", msg("Id")))


async def send_due_alerts(session: Session) -> CommandResult:
    """Also of events that a killed drift check did not queue. Raises SetupError."""
    read = require_alert_rules(session)
    if isinstance(read, FailureResult):
        return read
    with session.outboxes.open(create=False) as outbox:
        if outbox is None:
            return _sent_table(())
        started = queue_alerts(session, outbox, read.rules)
        stranded = stranded_alerts(session, outbox) if started else ()
        async with read.settings.open() as channels:
            deliveries = await deliver_due(session, outbox, channels)
    warnings = (*read.warnings, *delivery_warnings(deliveries))
    rows = tuple((each.channel, each.sent, each.delayed, each.failed) for each in deliveries)
    table = _sent_table(tuple(row for row in rows if any(row[1:])), warnings)
    return replace(table, notices=(*baseline_notices(session, started), *stranded))


async def try_channel(session: Session, channel: str) -> CommandResult:
    """Sends a test alert, which is not kept in the outbox. Raises SetupError."""
    read = require_alert_rules(session)
    if isinstance(read, FailureResult):
        return read
    check_channel(read, channel)
    alert = _test_alert(session, channel)
    async with read.settings.open() as channels:
        outcome = await attempt(channels[channel], alert)
    if isinstance(outcome, Sent):
        row = (channel, outcome.answer, alert.id)
        return TableResult(name="alert-test", columns=_TEST, rows=(row,), empty=_TEST[0][1], transposed=True)
    reason = error_words(outcome.error)
    text = msg("The test alert to {channel} was not accepted: {reason}", channel=channel, reason=reason)
    return failure(
        diagnostic(
            codes.ALERT_NOT_SENT,
            text,
            hint=msg("Check the channel in alerts.yaml, then run `reconciler doctor alerts`"),
        ),
        *read.warnings,
    )


def _sent_table(rows: tuple[tuple[str, int, int, int], ...], warnings: tuple[Diagnostic, ...] = ()) -> TableResult:
    return TableResult(
        name="sent-alerts", columns=_SENT, rows=rows, empty=msg("No alert is due."), diagnostics=warnings
    )


def _test_alert(session: Session, channel: str) -> Alert:
    fleet, now = session.target.fleet_name, format_utc(session.clock.now())
    return Alert(
        id=alert_id(fleet, channel, AlertKind.TEST, (now, session.new_write_key())),
        fleet=fleet,
        channel=channel,
        kind=AlertKind.TEST,
        at=now,
        severity=FindingSeverity.LOW,
    )
