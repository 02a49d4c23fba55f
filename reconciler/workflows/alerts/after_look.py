"""What follows a recorded look: its events are queued for each channel, and what is due is sent.

In: a session and the rules. Out: warnings and notices. Nothing here fails the drift check: what could not be queued or sent is
queued or sent after a later look.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from reconciler.core.alerts.queueing import plan_alerts
from reconciler.core.alerts.words import error_words
from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import diagnostic
from reconciler.core.diagnostics.messages import Message, msg
from reconciler.lib.event_log import log_event
from reconciler.lib.frozen_class import frozen
from reconciler.lib.utc import format_utc
from reconciler.ports import SetupError
from reconciler.workflows.alerts.deliver import deliver_due
from reconciler.workflows.alerts.rules import stranded_alerts

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from reconciler.core.alerts.rules import AlertRules
    from reconciler.core.diagnostics.diagnostic import Diagnostic
    from reconciler.ports.alerts.alert_rules import AlertSettings
    from reconciler.ports.alerts.outbox import AlertOutbox
    from reconciler.workflows.alerts.deliver import ChannelDelivery
    from reconciler.workflows.session import Session


@frozen
class AlertedLook:
    """What a person should know of the alerts of one look."""

    warnings: tuple[Diagnostic, ...] = ()
    notices: tuple[Message, ...] = ()


async def alert_after_look(session: Session, settings: AlertSettings, rules: AlertRules) -> AlertedLook:
    place = session.outboxes.ephemeral_place()
    if place is not None:
        return AlertedLook(warnings=(_no_lasting_store(place),))
    try:
        with session.outboxes.open(create=True) as outbox:
            if outbox is None:
                return AlertedLook()
            started = queue_alerts(session, outbox, rules)
            stranded = stranded_alerts(session, outbox) if started else ()
            async with settings.open() as channels:
                deliveries = await deliver_due(session, outbox, channels)
    except SetupError as error:
        return AlertedLook(warnings=(_not_sent(error),))
    notices = (*baseline_notices(session, started), *stranded)
    return AlertedLook(warnings=tuple(delivery_warnings(deliveries)), notices=notices)


def queue_alerts(session: Session, outbox: AlertOutbox, rules: AlertRules) -> tuple[str, ...]:
    """The channels that start here: what is open already is not sent to them. Raises SetupError."""
    fleet, now = session.target.fleet_name, format_utc(session.clock.now())
    plan = partial(plan_alerts, rules=rules, now=now)
    queued = {channel: outbox.queue(fleet, channel, now, plan) for channel in rules.channels}
    for channel, news in queued.items():
        if news.events or news.baseline:
            log_event("alerts-queued", channel=channel, alerts=news.alerts, events=news.events, baseline=news.baseline)
    return tuple(channel for channel, news in queued.items() if news.baseline)


def delivery_warnings(deliveries: Iterable[ChannelDelivery]) -> Iterator[Diagnostic]:
    for each in deliveries:
        if each.delay is not None:
            yield diagnostic(
                codes.ALERT_DELAYED,
                msg(
                    "Alerts to {channel} could not be sent: {reason}",
                    channel=each.channel,
                    reason=error_words(each.delay),
                ),
                hint=msg("The next `drift` or `alerts send` tries again"),
            )
        if each.failure is not None:
            yield diagnostic(
                codes.ALERT_FAILED,
                msg(
                    "Alerts to {channel} were given up ({count}): {reason}",
                    channel=each.channel,
                    count=each.failed,
                    reason=error_words(each.failure),
                ),
                hint=msg("Fix the channel, then run `reconciler alerts resend --failed`"),
            )


def baseline_notices(session: Session, channels: tuple[str, ...]) -> tuple[Message, ...]:
    """One line about the channels that start here."""
    if not channels:
        return ()
    with session.findings.open(create=False) as store:
        count = 0 if store is None else len(store.findings(session.target.fleet_name))
    text = msg(
        "Alerts to {channels} start now (open findings: {count}); later checks send only what changes",
        channels=", ".join(channels),
        count=count,
    )
    return (text,)


def _not_sent(error: SetupError) -> Diagnostic:
    return diagnostic(
        codes.ALERTS_NOT_QUEUED,
        msg("Alerts were not queued or sent: {why}", why=error.text),
        hint=error.hint or msg("The next `drift` tries again"),
    )


def _no_lasting_store(place: str) -> Diagnostic:
    return diagnostic(
        codes.ALERTS_NOT_QUEUED,
        msg("Alerts need a store that lasts: {place} is inside the work tree of a CI job", place=place),
        hint=msg(
            "Use PostgreSQL (`store: postgresql://...`), keep the folder .reconciler between jobs, or add --no-alerts"
        ),
    )
