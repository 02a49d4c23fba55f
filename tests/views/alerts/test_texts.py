"""What people read in an alert, in both languages; and that no secret is in any of its forms."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from reconciler.core.findings.finding import FindingClass, FindingEventKind, FindingState, HealingFacts, ResolvedBy
from reconciler.core.model.policy import FindingSeverity
from reconciler.views.alerts.plain_text import plain_alert
from reconciler.views.alerts.slack_blocks import slack_alert
from reconciler.views.json.alert_event import alert_event
from tests.support.alerts.alert_samples import (
    AT,
    DIGEST,
    FINDING,
    STORM,
    TEST,
    alert,
    event,
    finding,
    healing,
    switched_off,
)

TOKEN = "amazon.api.mws_auth_token"
SECRET = {"sensitive": True, "source": "ref+env://TOKEN", "digest": "d1g35t" * 10}
OTHER = {"sensitive": True, "digest": "0th3r" * 12}
SAMPLES = {
    "finding": alert(),
    "switched-off": alert(switched_off("kyoto-tea")),
    "secret": alert(finding(field=TOKEN, desired=SECRET, observed=OTHER, severity=FindingSeverity.CRITICAL)),
    "changed": alert(kind=FindingEventKind.CHANGED),
    "worsened": alert(replace(FINDING, severity=FindingSeverity.HIGH), FindingEventKind.WORSENED),
    "expired": alert(replace(FINDING, state=FindingState.EXPIRED), FindingEventKind.EXPIRED),
    "flapping": alert(replace(FINDING, state=FindingState.FLAPPING), FindingEventKind.FLAPPING),
    "resolved": alert(
        replace(FINDING, state=FindingState.RESOLVED, resolved_by=ResolvedBy.HAND, present=False),
        FindingEventKind.RESOLVED,
    ),
    "fight": healing(
        FindingEventKind.FIGHT, HealingFacts(rule="mail", heals=3, since="2026-11-23T15:00:00Z", period=2400.0)
    ),
    "proposed": healing(
        FindingEventKind.PROPOSED, HealingFacts(rule="mail", file=".reconciler/proposals/nara-brush.json")
    ),
    "foreign-endpoint": replace(DIGEST, kind=alert().kind, events=DIGEST.events[:1], count=1),
    "credentials-refused": alert(
        finding(field="", kind=FindingClass.CREDENTIALS_REFUSED, severity=FindingSeverity.CRITICAL, author=None)
    ),
    "left-closed": alert(
        finding(field="", kind=FindingClass.LEFT_CLOSED, severity=FindingSeverity.CRITICAL, author=None, owner=None)
    ),
    "storm": STORM,
    "storm-without-cause": replace(STORM, cause=None, events=STORM.events[:2], count=2),
    "digest": DIGEST,
    "test": TEST,
}


@pytest.mark.parametrize("language", ["en", "ja"])
@pytest.mark.parametrize("name", SAMPLES)
def test_the_text_of_an_alert(name, language, snapshot):
    subject, text = plain_alert(SAMPLES[name], language)
    assert f"Subject: {subject}\n\n{text}" == snapshot


@pytest.mark.parametrize("name", SAMPLES)
def test_japanese_texts_hold_no_english_sentence(name):
    subject, text = plain_alert(SAMPLES[name], "ja")
    for word in (" the ", "Changed", "Open", "findings at", "more", "Fleet", "differs"):
        assert word not in subject + text


@pytest.mark.parametrize("name", SAMPLES)
def test_no_form_of_an_alert_holds_a_secret(name):
    sample = SAMPLES[name]
    for text in (
        *plain_alert(sample, "en"),
        *plain_alert(sample, "ja"),
        slack_alert(sample, "en"),
        alert_event(sample),
    ):
        for part in ("d1g35t", "0th3r", "ref+env"):
            assert part not in text


CREDENTIAL = "amzn.mws.01234567-89ab-cdef-0123-456789abcdef"


def test_a_credential_in_an_ordinary_value_is_not_shown():
    pasted = alert(replace(FINDING, desired=CREDENTIAL, observed=CREDENTIAL))
    for text in (*plain_alert(pasted, "en"), slack_alert(pasted, "ja")):
        assert "01234567" not in text


def test_a_storm_names_its_common_cause_by_actor_or_field():
    by_field = replace(STORM, cause=replace(STORM.cause, what="field", value="amazon.enabled"))
    assert "41 of 43 changed by tanaka" in plain_alert(STORM, "en")[1]
    assert "41 of 43 in the field Use Amazon" in plain_alert(by_field, "en")[1]
    assert "43 件中 41 件の項目: 利用設定" in plain_alert(by_field, "ja")[1]


def test_resolved_findings_at_once():
    ends = tuple(event(finding(f"shop-{number}"), FindingEventKind.RESOLVED) for number in range(3))
    together = replace(STORM, events=ends, count=12, cause=None)
    assert plain_alert(together, "en")[0] == "[reconciler] resolved: 12 findings at once"


def test_a_field_that_is_not_known_any_more_is_shown_by_its_key():
    subject, text = plain_alert(alert(finding(field="amazon.gone")), "en")
    assert "nara-brush, amazon.gone" in subject
    assert AT not in text


def test_a_stored_value_of_another_type_is_shown_as_it_was_stored():
    _, text = plain_alert(alert(finding(field="amazon.enabled", desired=True, observed="maybe")), "en")
    assert 'At the backend: "maybe"' in text


def test_the_event_of_a_fight_has_both_sides_and_the_period():
    data = json.loads(alert_event(SAMPLES["fight"]))
    assert data["type"] == "jp.reconciler.finding.fight"
    assert data["data"]["findings"][0]["healing"] == {
        "rule": "mail",
        "actor": "tanaka",
        "heals": 3,
        "since": "2026-11-23T15:00:00Z",
        "period_seconds": 2400,
        "file": None,
    }


def test_the_event_of_a_proposal_names_the_plan_and_its_command():
    (found,) = json.loads(alert_event(SAMPLES["proposed"]))["data"]["findings"]
    file = ".reconciler/proposals/nara-brush.json"
    assert (found["healing"]["file"], found["finding"]["proposal"]) == (file, file)
    assert found["finding"]["command"] == f"reconciler apply {file}"
