"""Sends the alerts that are due: claim one, send it, mark it; channels at the same time, the alerts of one channel in order.

In: the outbox and open channels. Out: what came of it for each channel. A channel that is down gets one attempt; what was not
tried stays as it was.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import anyio

from reconciler.core.alerts.alert import AlertState
from reconciler.core.alerts.outcome import CHANNEL_DOWN, DeliveryError, DeliveryProblem, Retry
from reconciler.core.alerts.retries import LONGEST_SEND, end_attempt
from reconciler.lib.event_log import log_event
from reconciler.lib.utc import format_utc
from reconciler.ports import SetupError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reconciler.core.alerts.alert import Alert
    from reconciler.core.alerts.outcome import SendOutcome
    from reconciler.core.alerts.retries import AttemptEnd
    from reconciler.lib.event_log import Level
    from reconciler.ports.alerts.alert_channel import AlertChannel
    from reconciler.ports.alerts.outbox import AlertOutbox, ClaimedAlert
    from reconciler.workflows.session import Session


_LOGGED: Final[Mapping[AlertState, tuple[str, Level]]] = {
    AlertState.SENT: ("alert-sent", "info"),
    AlertState.FAILED: ("alert-failed", "error"),
}
_DELAYED: Final[tuple[str, Level]] = ("alert-delayed", "warning")


@dataclass(slots=True, kw_only=True)
class ChannelDelivery:
    """`delayed` alerts are tried again, `failed` ones are not. The errors are the last ones of each."""

    channel: str
    sent: int = 0
    delayed: int = 0
    failed: int = 0
    delay: DeliveryError | None = None
    failure: DeliveryError | None = None

    def count(self, end: AttemptEnd) -> None:
        match end.state:
            case AlertState.SENT:
                self.sent += 1
            case AlertState.FAILED:
                self.failed += 1
                self.failure = end.error
            case _:
                self.delayed += 1
                self.delay = end.error


async def deliver_due(
    session: Session, outbox: AlertOutbox, channels: Mapping[str, AlertChannel]
) -> tuple[ChannelDelivery, ...]:
    """In the order of the channels. Raises SetupError where the outbox cannot be used: what was not marked is sent again, under
    the same id.
    """
    deliveries, errors = tuple(ChannelDelivery(channel=name) for name in channels), list[SetupError]()

    async def deliver(delivery: ChannelDelivery) -> None:
        try:
            await _deliver_all(session, outbox, channels[delivery.channel], delivery)
        except SetupError as error:
            errors.append(error)

    async with anyio.create_task_group() as group:
        for delivery in deliveries:
            group.start_soon(deliver, delivery)
    if errors:
        raise errors[0]
    return deliveries


async def _deliver_all(session: Session, outbox: AlertOutbox, channel: AlertChannel, delivery: ChannelDelivery) -> None:
    fleet, tried = session.target.fleet_name, set[str]()
    while True:
        claim = outbox.claim(fleet, delivery.channel, format_utc(session.clock.now()), tried)
        if claim is None:
            return
        tried.add(claim.alert.id)
        outcome = await attempt(channel, claim.alert)
        end = end_attempt(outcome, claim.attempt, format_utc(session.clock.now()))
        outbox.mark(claim, end)
        delivery.count(end)
        _log(claim, delivery.channel, end)
        if end.error is not None and end.error.problem in CHANNEL_DOWN:
            return


def _log(claim: ClaimedAlert, channel: str, end: AttemptEnd) -> None:
    event, level = _LOGGED.get(end.state, _DELAYED)
    error = end.error
    log_event(
        event,
        level=level,
        channel=channel,
        id=claim.alert.id,
        attempt=claim.attempt,
        problem=None if error is None else error.problem.value,
        status=None if error is None else error.status,
    )


async def attempt(channel: AlertChannel, alert: Alert) -> SendOutcome:
    """An error of the tool is no reason to lose the alert, or the check that it belongs to."""
    try:
        with anyio.move_on_after(LONGEST_SEND):
            return await channel.send(alert)
    except Exception as error:  # noqa: BLE001  # after any error the alert is tried again, and the error's kind is recorded
        return Retry(error=DeliveryError(problem=DeliveryProblem.INTERNAL_ERROR, text=type(error).__name__))
    return Retry(error=DeliveryError(problem=DeliveryProblem.TIMED_OUT))
