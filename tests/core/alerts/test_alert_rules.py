"""For each channel the first rule that matches a finding decides; without one nothing is sent."""

import pytest

from reconciler.core.alerts.rules import AlertRule, AlertRules, Delivery, next_digest
from reconciler.core.findings.finding import FindingClass
from reconciler.core.model.policy import FindingSeverity
from tests.support.alerts.event_samples import sample_finding


@pytest.mark.parametrize(
    ("rule", "matches"),
    [
        (AlertRule(), True),
        (AlertRule(severity=FindingSeverity.HIGH), True),
        (AlertRule(severity=FindingSeverity.CRITICAL), False),
        (AlertRule(classes=frozenset({FindingClass.CONFLICT, FindingClass.DRIFTED})), True),
        (AlertRule(classes=frozenset({FindingClass.CONFLICT})), False),
        (AlertRule(owners=frozenset({"@pay"})), True),
        (AlertRule(owners=frozenset({"@shops"})), False),
        (AlertRule(groups=frozenset({"standard"})), True),
        (AlertRule(groups=frozenset({"gift"})), False),
        (AlertRule(labels={"tier": "test-*", "region": "kansai"}), True),
        (AlertRule(labels={"tier": "test-*", "wave": "*"}), False),
        (AlertRule(channels=frozenset({"ops-chat"})), True),
        (AlertRule(channels=frozenset({"oncall"})), False),
        (AlertRule(severity=FindingSeverity.LOW, owners=frozenset({"@shops"})), False),
    ],
)
def test_all_that_a_rule_says_must_match(rule, matches):
    finding = sample_finding(
        severity=FindingSeverity.HIGH,
        owner="@team @pay",
        group="standard",
        labels={"tier": "test-1", "region": "kansai"},
    )
    assert rule.matches("ops-chat", finding) is matches


def test_the_first_rule_that_matches_decides_for_each_channel():
    never = AlertRule(labels={"tier": "test"}, delivery=Delivery.NEVER)
    urgent = AlertRule(severity=FindingSeverity.HIGH, channels=frozenset({"oncall"}))
    daily = AlertRule(channels=frozenset({"ops-chat"}), delivery=Delivery.DIGEST, digest_at="09:00")
    rules = AlertRules(channels=("ops-chat", "oncall"), rules=(never, urgent, daily))
    high, low = sample_finding(severity=FindingSeverity.HIGH), sample_finding(severity=FindingSeverity.LOW)
    assert rules.rule_for("oncall", high) is urgent
    assert rules.rule_for("oncall", low) is None
    assert rules.rule_for("ops-chat", high) is daily
    assert rules.rule_for("ops-chat", sample_finding(labels={"tier": "test"})) is None


@pytest.mark.parametrize(
    ("at", "now", "due"),
    [
        ("09:00", "2026-04-01T23:59:59Z", "2026-04-02T00:00:00Z"),
        ("09:00", "2026-04-02T00:00:00Z", "2026-04-03T00:00:00Z"),
        ("09:00", "2026-04-01T15:00:00Z", "2026-04-02T00:00:00Z"),
        ("09:00", "2026-04-01T14:59:59Z", "2026-04-02T00:00:00Z"),
        ("00:00", "2026-12-31T14:59:59Z", "2026-12-31T15:00:00Z"),
        ("23:30", "2026-02-28T14:30:00Z", "2026-03-01T14:30:00Z"),
    ],
)
def test_a_digest_is_due_at_the_next_such_time_in_japan(at, now, due):
    assert next_digest(at, now) == due
