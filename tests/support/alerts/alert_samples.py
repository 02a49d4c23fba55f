"""Alerts to send and to show."""

from dataclasses import replace

from reconciler.core.alerts.alert import Alert, AlertKind, CommonCause
from reconciler.core.findings.finding import (
    ChangeAuthor,
    Finding,
    FindingClass,
    FindingEvent,
    FindingEventKind,
    FindingKey,
    FindingState,
    HealingFacts,
)
from reconciler.core.model.policy import FindingSeverity

FLEET = "production-operator"
AT = "2026-11-23T17:00:00Z"
MAIL = "amazon.notification.email"
FINDING = Finding(
    key=FindingKey(fleet=FLEET, shop="nara-brush", field=MAIL, kind=FindingClass.DRIFTED),
    state=FindingState.OPEN,
    severity=FindingSeverity.MEDIUM,
    first_seen=AT,
    opened=AT,
    last_seen=AT,
    since=AT,
    flipped=AT,
    owner="@example/payments",
    file="shops/nara-brush.yaml",
    desired="pay@nara-brush.example",
    observed="private@nara-brush.example",
    author=ChangeAuthor(actor="tanaka", actor_type="MERCHANT", at="2026-11-23T16:42:10Z"),
)


def finding(shop: str = "nara-brush", field: str = MAIL, kind: FindingClass = FindingClass.DRIFTED, **words) -> Finding:
    return replace(FINDING, key=FindingKey(fleet=FLEET, shop=shop, field=field, kind=kind), **words)


def event(of: Finding = FINDING, kind: FindingEventKind = FindingEventKind.OPENED) -> FindingEvent:
    return FindingEvent(kind=kind, at=AT, finding=of)


def alert(of: Finding = FINDING, kind: FindingEventKind = FindingEventKind.OPENED) -> Alert:
    return Alert(
        id="0123456789abcdef0123456789abcdef",
        fleet=FLEET,
        channel="ops",
        kind=AlertKind.FINDING,
        at=AT,
        severity=of.severity,
        events=(event(of, kind),),
        count=1,
    )


def healing(kind: FindingEventKind, facts: HealingFacts) -> Alert:
    made = alert(kind=kind)
    return replace(made, events=(replace(made.events[0], healing=facts),))


def switched_off(shop: str) -> Finding:
    return finding(shop, "amazon.enabled", desired=True, observed=False, severity=FindingSeverity.HIGH)


STORM = replace(
    alert(),
    kind=AlertKind.STORM,
    severity=FindingSeverity.HIGH,
    events=tuple(event(switched_off(f"shop-{number:02}")) for number in range(1, 21)),
    count=43,
    cause=CommonCause(what="actor", value="tanaka", count=41),
)
DIGEST = replace(
    alert(),
    kind=AlertKind.DIGEST,
    severity=FindingSeverity.CRITICAL,
    events=(
        event(
            finding(
                "A1EXAMPLE234567",
                "",
                FindingClass.FOREIGN_ENDPOINT,
                severity=FindingSeverity.CRITICAL,
                observed=["https://elsewhere.example/ipn"],
            )
        ),
        event(FINDING, FindingEventKind.CHANGED),
        event(finding("uji-cups"), FindingEventKind.RESOLVED),
    ),
    count=3,
)
TEST = replace(alert(), kind=AlertKind.TEST, severity=FindingSeverity.LOW, events=(), count=0)
