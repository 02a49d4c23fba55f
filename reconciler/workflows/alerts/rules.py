"""The channels and rules that a command works with."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from reconciler.core.alerts.alert import AlertState
from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.messages import Message, msg
from reconciler.core.results.validation_result import FailureResult, failure
from reconciler.lib.frozen_class import frozen
from reconciler.ports import SetupError

if TYPE_CHECKING:
    from reconciler.core.alerts.rules import AlertRules
    from reconciler.core.diagnostics.diagnostic import Diagnostic
    from reconciler.ports.alerts.alert_rules import AlertSettings
    from reconciler.ports.alerts.outbox import AlertOutbox
    from reconciler.workflows.session import Session

WAITING: Final = (AlertState.QUEUED, AlertState.SENDING)


@frozen
class ReadAlerts:
    """A valid file. `warnings` are of it."""

    settings: AlertSettings
    rules: AlertRules
    warnings: tuple[Diagnostic, ...] = ()


def read_alert_rules(session: Session) -> ReadAlerts | FailureResult | None:
    """None where there is no file. Raises SetupError."""
    settings = session.alerts()
    if settings is None:
        return None
    config = settings.read()
    if any(each.blocking for each in config.diagnostics):
        return failure(*config.diagnostics)
    return ReadAlerts(settings=settings, rules=config.rules, warnings=config.diagnostics)


def require_alert_rules(session: Session) -> ReadAlerts | FailureResult:
    """Raises SetupError also where there is no file."""
    found = read_alert_rules(session)
    if found is None:
        raise SetupError(
            msg("There are no channels: alerts.yaml does not exist"),
            code=codes.NO_SUCH_CHANNEL,
            hint=msg("`reconciler schema alerts` describes the file; it belongs beside reconciler.yaml"),
        )
    return found


def stranded_alerts(session: Session, outbox: AlertOutbox) -> tuple[Message, ...]:
    """One line about alerts that wait for channels which were removed or renamed. Raises SetupError of the outbox."""
    channels = _declared_channels(session)
    if channels is None:
        return ()
    waiting = Counter[str]()
    for (channel, state), count in outbox.counts(session.target.fleet_name).items():
        if state in WAITING and channel not in channels:
            waiting[channel] += count
    if not waiting:
        return ()
    named = ", ".join(f"{channel} ({count})" for channel, count in sorted(waiting.items()))
    return (msg("Alerts wait for channels that alerts.yaml does not have: {channels}", channels=named),)


def _declared_channels(session: Session) -> tuple[str, ...] | None:
    """None where that cannot be said: other commands name what is wrong with the file."""
    settings = session.alerts()
    if settings is None:
        return ()
    try:
        config = settings.read()
    except SetupError:
        return None
    return None if any(each.blocking for each in config.diagnostics) else config.rules.channels


def check_channel(read: ReadAlerts, channel: str) -> None:
    """Raises SetupError for one that the file does not have."""
    if channel not in read.rules.channels:
        raise SetupError(
            msg(
                "unknown channel `{name}` (available: {channels})",
                name=channel,
                channels=", ".join(read.rules.channels),
            ),
            code=codes.NO_SUCH_CHANNEL,
            hint=msg("Channels are declared in alerts.yaml"),
        )
