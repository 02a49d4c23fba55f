"""Events of findings, and a channel that keeps what it is sent."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from reconciler.core.alerts.alert import Alert
from reconciler.core.alerts.outcome import SendOutcome, Sent
from reconciler.core.alerts.rules import AlertRules
from reconciler.core.diagnostics.diagnostic import Diagnostic
from reconciler.core.findings.finding import (
    ChangeAuthor,
    Finding,
    FindingClass,
    FindingEvent,
    FindingEventKind,
    FindingKey,
    FindingState,
    RecordedEvent,
)
from reconciler.core.model.policy import FindingSeverity
from reconciler.ports.alerts.alert_channel import AlertChannel
from reconciler.ports.alerts.alert_rules import AlertConfig

FLEET = "production-reconciler"
AT = "2026-04-01T03:00:00Z"
EMAIL = "amazon.notification.email"


def sample_finding(  # what rules match, all by keyword
    shop: str = "kyoto-tea",
    *,
    severity: FindingSeverity = FindingSeverity.MEDIUM,
    place: str = EMAIL,
    kind: FindingClass = FindingClass.DRIFTED,
    actor: str | None = None,
    owner: str | None = None,
    labels: Mapping[str, str] | None = None,
    group: str | None = None,
    at: str = AT,
) -> Finding:
    return Finding(
        key=FindingKey(fleet=FLEET, shop=shop, field=place, kind=kind),
        state=FindingState.OPEN,
        severity=severity,
        owner=owner,
        labels=labels or {},
        group=group,
        desired="pay@kyoto-tea.example",
        observed="merchant@kyoto-tea.example",
        author=None if actor is None else ChangeAuthor(actor=actor, actor_type="merchant", at=at),
        first_seen=at,
        opened=at,
        last_seen=at,
        since=at,
        flipped=at,
    )


def sample_event(
    number: int, finding: Finding, kind: FindingEventKind = FindingEventKind.OPENED, *, look: int = 1
) -> RecordedEvent:
    return RecordedEvent(number=number, look=look, event=FindingEvent(kind=kind, at=finding.since, finding=finding))


@dataclass(slots=True)
class KeepingChannel:
    """Implements ports.alerts.AlertChannel: keeps the alerts and answers as the test says."""

    name: str = "ops-chat"
    answer: Callable[[Alert], SendOutcome] = lambda _alert: Sent(answer="ok")
    got: list[Alert] = field(default_factory=list)

    async def send(self, alert: Alert) -> SendOutcome:
        self.got.append(alert)
        return self.answer(alert)


@dataclass(slots=True)
class FixedAlerts:
    """Implements ports.alerts.AlertSettings over channels of the test."""

    rules: AlertRules
    channels: Mapping[str, AlertChannel]
    diagnostics: tuple[Diagnostic, ...] = ()

    def read(self) -> AlertConfig:
        return AlertConfig(rules=self.rules, diagnostics=self.diagnostics)

    @asynccontextmanager
    async def open(self) -> AsyncIterator[Mapping[str, AlertChannel]]:
        yield self.channels
