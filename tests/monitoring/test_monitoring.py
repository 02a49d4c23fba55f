"""The alerts and the dashboard in monitoring/, on what running sidecars export, as Prometheus evaluates them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from reconciler.ipn.process.effects import ROWS
from reconciler.ipn.telemetry.zero_samples import SIGNED_REFUSALS, ZERO_SAMPLES
from reconciler.ipn.verify.reasons import ProcessingOutcome
from tests.monitoring.dashboard import check_layout, check_queries
from tests.monitoring.promtool import demand_promtool, promtool
from tests.monitoring.rules import MONITORING, Firing, alert_rules, unknown_names
from tests.monitoring.series import JOB, Point, Scrape, metric_of
from tests.monitoring.sidecars import (
    ALARMS,
    MISSING_TOPIC,
    SELLERS,
    TEA,
    Busy,
    Ended,
    Standby,
    broken,
    busy,
    ended,
    inbox,
    standby,
)
from tests.monitoring.stories import Story, checked
from tests.support.sns_signer import Signer

FILE = MONITORING / "alerts.yaml"
RULES = alert_rules(FILE)
BASE = {"job": JOB}


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenes:
    busy: Busy
    standby: Standby
    broken: Sequence[Scrape]
    ended: Ended

    @property
    def scrapes(self) -> list[Scrape]:
        return [
            *(self.busy.before, self.busy.after, self.standby.waiting),
            *(*self.broken, self.ended.silent, self.ended.unverified),
        ]


@pytest.fixture(scope="module")
def scenes(tmp_path_factory: pytest.TempPathFactory) -> Scenes:
    demand_promtool()
    root = tmp_path_factory.mktemp("sidecars")
    with inbox(root):
        assert Signer().pem  # what threads would do twice: keys are made once, and migrations run by one of them
    with ThreadPoolExecutor() as pool:
        made = {scene.__name__: pool.submit(scene, root / scene.__name__) for scene in (busy, standby, broken, ended)}
        return Scenes(**{name: scene.result() for name, scene in made.items()})


def alarm(alert: str, reason: str) -> Firing:
    return Firing(alert, {**BASE, "reason": reason})


MONEY = {
    "refund-declined": "IpnRefundDeclined",
    "chargeback": "IpnChargeback",
    "do-not-ship": "IpnDoNotShip",
    "over": "IpnOrderDiffers",
    "poison": "IpnNotUnderstood",
    "authorization-lapsed": "IpnAuthorizationLapses",
    "reference-suspended": "IpnPaymentEnded",
    "agreement-ended": "IpnAgreementEnded",
    "declined-no-mail-address": "IpnNoMailAddress",
    "unknown-order": "IpnStillUnsettled",
}


def bad_day(scenes: Scenes) -> Story:
    """Alarms for an hour, mails that do not arrive, parked messages after an hour, and at last nobody answers."""
    after = scenes.busy.after
    ours = {**BASE, "topic": MISSING_TOPIC, "seller": SELLERS[TEA]}
    lasting = [
        Firing("IpnOwnMessagesRefused", ours, 1),
        Firing("IpnMailsUndelivered", {**BASE, "state": "failed"}, after.value('outbox{state="failed"}')),
    ]
    for_an_hour = [
        *(alarm(MONEY[reason], reason) for reason in ALARMS),
        Firing("IpnForeignMessages", {**BASE, "reason": "unknown-topic", "source": "other-account"}),
        Firing("IpnNotificationMissed", BASE),
    ]
    waiting = Firing("IpnMailsWaiting", BASE, after.value('outbox{state="owed"}'))
    parked = [
        Firing("IpnParked", {**BASE, "reason": reason}, after.value(f'parked{{reason="{reason}"}}'))
        for reason in ("over", "poison", "unknown-order")
    ]
    points = [Point(0, scenes.busy.before), Point(10, after), Point(100, scenes.busy.killed)]
    return Story(
        timeline=points,
        firing={
            9: [],
            12: [*lasting, *for_an_hour],
            39: [*lasting, *for_an_hour],
            45: [*lasting, *for_an_hour, waiting],
            69: [*lasting, *for_an_hour, waiting],
            75: [*lasting, waiting, *parked],
            101: [],
            103: [Firing("IpnDown", BASE)],
        },
    )


def stuck_leader(scenes: Scenes) -> Story:
    points = [Point(0, scenes.busy.before), Point(10, scenes.standby.waiting)]
    soon = [Firing("IpnPinnedCertificateEnds", BASE)]
    late = [
        *(Firing("IpnNoLeader", BASE), Firing("IpnBacklog", BASE)),
        Firing("IpnShopNotProcessed", {**BASE, "shop": TEA}),
    ]
    return Story(timeline=points, firing={9: [], 11: soon, 17: [*soon, *late]})


def one_of_two(scenes: Scenes) -> Story:
    two = "two:8767"
    points = [
        Point(0, scenes.busy.before),
        *(Point(0, scenes.busy.before, two), Point(10, scenes.standby.stopped, two)),
    ]
    return Story(timeline=points, firing={9: [], 14: [], 16: [Firing("IpnInstanceDown", {**BASE, "instance": two})]})


def damaged_inbox(scenes: Scenes) -> Story:
    restarts, *answers = scenes.broken
    points = [Point(0, scenes.busy.before), Point(10, restarts)]
    points += [Point(12 + 6 * number, answer) for number, answer in enumerate(answers)]
    restarted = Firing("IpnTaskRestarts", {**BASE, "task": "housekeeping"})
    refused = Firing("IpnAnswers503", {**BASE, "outcome": "inbox-unavailable"})
    return Story(timeline=points, firing={9: [], 12: [restarted], 20: [restarted], 24: [restarted, refused], 36: []})


def forgotten(scenes: Scenes) -> Story:
    """A certificate that ended, and nobody looks for a day."""
    points = [Point(0, scenes.busy.before), Point(10, scenes.ended.silent), Point(30, scenes.ended.unverified)]
    at_once = [
        *(Firing("IpnPinnedCertificateEnded", BASE), Firing("IpnAllShopsSilent", BASE)),
        Firing("IpnShopSilent", {**BASE, "shop": TEA}),
    ]
    unverified = Firing("IpnNothingVerified", {**BASE, "outcome": "certificate-unavailable"})
    by_hand = Firing("IpnParkedByHand", BASE, 1)
    return Story(
        timeline=points,
        firing={5: [], 15: at_once, 30: at_once, 40: [*at_once, unverified], 1440: at_once, 1455: [*at_once, by_hand]},
        step=5,
    )


STORIES = (bad_day, stuck_leader, one_of_two, damaged_inbox, forgotten)


@pytest.mark.parametrize("tell", STORIES, ids=lambda tell: tell.__name__)
def test_alerts_fire_when_they_should_and_not_before(tell: Any, scenes: Scenes, tmp_path: Path) -> None:
    status, printed = checked(tell(scenes), tmp_path, RULES, FILE)
    assert status == 0, printed


def test_each_alert_fires_in_a_story(scenes: Scenes) -> None:
    fired = {each.alert for tell in STORIES for firing in tell(scenes).firing.values() for each in firing}
    assert sorted(set(RULES) - fired) == []


def test_no_series_at_all_is_no_sidecar(tmp_path: Path) -> None:
    demand_promtool()
    story = Story(timeline=[], firing={1: [], 5: [Firing("IpnDown", BASE)]})
    status, printed = checked(story, tmp_path, RULES, FILE)
    assert status == 0, printed


def test_an_alert_that_cannot_fire_fails_the_test(scenes: Scenes, tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text(FILE.read_text().replace("reconciler_ipn_leads)", "reconciler_ipn_leader)"))
    status, printed = checked(stuck_leader(scenes), tmp_path, RULES, wrong)
    assert (status, "IpnNoLeader" in printed) == (1, True)


def test_every_name_in_a_rule_is_exported(scenes: Scenes) -> None:
    assert {name: unknown_names(rule["expr"], scenes.scrapes) for name, rule in RULES.items()} == {
        name: [] for name in RULES
    }


@pytest.mark.parametrize(
    ("expression", "unknown"),
    [
        ("reconciler_ipn_leader == 0", ["reconciler_ipn_leader"]),
        ('reconciler_ipn_parked{cause="over"}', ["reconciler_ipn_parked{cause}"]),
        ('reconciler_ipn_alarms_total{reason=~"over|refund-refused"}', ['reconciler_ipn_alarms_total{reason="refund-refused"}']),
    ],
)  # fmt: skip
def test_a_name_that_is_not_exported_is_found(expression: str, unknown: list[str], scenes: Scenes) -> None:
    assert unknown_names(expression, scenes.scrapes) == unknown


def test_each_event_is_an_increase(scenes: Scenes) -> None:
    """No counter appears after the start, so none is missed by `increase()`."""
    before, after = (scrape.samples or {} for scrape in (scenes.busy.before, scenes.busy.after))
    assert [series for series in after if series not in before and metric_of(series).endswith("_total")] == []


def test_each_reason_of_an_alarm_belongs_to_one_alert() -> None:
    """Only what nobody foresaw, and what is parked for hours, belongs to the last one."""
    alarming = {row.outcome for row in ROWS if row.alarms} | {
        each for each in ProcessingOutcome if each.needs_attention
    }
    named = [reason for rule in RULES.values() for reason in positive_reasons(rule["expr"])]
    assert sorted(named) == sorted({*map(str, alarming), "unknown-kind"})
    excluded = excluded_reasons(RULES["IpnStillUnsettled"]["expr"])
    assert sorted(excluded) == sorted([*named, *map(str, SIGNED_REFUSALS)])
    assert set(excluded) <= {reason for (reason,) in ZERO_SAMPLES["alarms"]}


def positive_reasons(expression: str) -> Iterator[str]:
    if "alarms_total" in expression and "reason!~" not in expression:
        yield from expression.split("reason=", 1)[1].lstrip("~").split('"')[1].split("|")


def excluded_reasons(expression: str) -> list[str]:
    return [reason for part in expression.split('reason!~"')[1:] for reason in part.split('"')[0].split("|")]


def test_each_rule_says_who_acts_and_what_it_means() -> None:
    for name, rule in RULES.items():
        assert rule["labels"]["severity"] in {"critical", "warning", "info"}, name
        assert rule["labels"]["team"] in {"operations", "payments"}, name
        assert set(rule["annotations"]) == {"summary", "summary_ja", "description", "runbook", "runbook_ja"}, name
        assert rule["annotations"]["runbook"] == f"docs/ipn-runbooks.md#{name.lower()}"
        assert rule["annotations"]["runbook_ja"] == f"docs/ja/ipn-runbooks.md#{name.lower()}"


def test_promtool_accepts_rules_and_configuration() -> None:
    demand_promtool()
    for words in (("check", "rules", "alerts.yaml"), ("check", "config", "prometheus.yaml")):
        status, printed = promtool(*words, folder=MONITORING)
        assert status == 0, printed


def test_the_dashboard_is_ordered_by_questions() -> None:
    check_layout(json.loads((MONITORING / "dashboard.json").read_text(encoding="utf-8")))


def test_every_query_of_the_dashboard_shows_something(scenes: Scenes, tmp_path: Path) -> None:
    """None is empty on a bad day of one sidecar beside another one where messages wait."""
    document = json.loads((MONITORING / "dashboard.json").read_text(encoding="utf-8"))
    timeline = [
        *(Point(0, scenes.busy.before), Point(10, scenes.busy.after)),
        Point(10, scenes.standby.waiting, "two:8767"),
    ]
    check_queries(document, scenes.scrapes, timeline, tmp_path)
