"""The alerts and the dashboard of drift in monitoring/, on what checks of real fleets write, as Prometheus evaluates them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import process
from tests.monitoring.dashboard import check_layout, check_queries
from tests.monitoring.drifting import FLEET, ONCALL, OPS, Worse, forgotten, neglected
from tests.monitoring.promtool import demand_promtool, promtool
from tests.monitoring.rules import MONITORING, Firing, alert_rules, unknown_names
from tests.monitoring.series import Point, Scrape, metric_of
from tests.monitoring.sidecars import sidecar, write_project
from tests.monitoring.stories import Story, checked

FILE = MONITORING / "drift-alerts.yaml"
DASHBOARD = MONITORING / "drift-dashboard.json"
RULES = alert_rules(FILE)
BASE = {"fleet": FLEET}
CRON = ("cron:9100", "node")


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenes:
    neglected: Worse
    forgotten: Worse

    @property
    def scrapes(self) -> list[Scrape]:
        return [each for worse in (self.neglected, self.forgotten) for each in (worse.before, worse.after)]


@pytest.fixture(scope="module")
def scenes(tmp_path_factory: pytest.TempPathFactory) -> Scenes:
    demand_promtool()
    root = tmp_path_factory.mktemp("fleets")
    with ThreadPoolExecutor() as pool:
        made = {scene.__name__: pool.submit(scene, root / scene.__name__) for scene in (neglected, forgotten)}
        return Scenes(**{name: scene.result() for name, scene in made.items()})


def points(worse: Worse) -> Sequence[Point]:
    return [Point(0, worse.before, *CRON), Point(10, worse.after, *CRON)]


def bad_week(scenes: Scenes) -> Story:
    """A changed seller id, a shop that cannot be read, alerts that do not arrive; and at last nobody checks any more."""
    failed = Firing("DriftAlertsFailed", {**BASE, "channel": OPS}, 1)
    critical = Firing("DriftCriticalFinding", {**BASE, "class": "drifted"}, 1)
    retried = Firing("DriftAlertsRetried", {**BASE, "channel": ONCALL})
    unread = Firing("DriftShopsUnread", BASE, 1)
    return Story(
        timeline=points(scenes.neglected),
        firing={
            5: [],
            15: [failed],
            35: [failed],
            45: [failed, critical],
            75: [failed, critical, retried],
            200: [failed, critical],
            375: [failed, critical, unread],
            1565: [failed, critical, unread],
            1580: [failed, critical, unread, Firing("DriftNotChecked", BASE)],
        },
        step=5,
    )


def old_finding(scenes: Scenes) -> Story:
    slow = Firing("DriftCheckSlow", BASE)
    later = [Firing("DriftFindingOld", {**BASE, "severity": "high"}, 1), Firing("DriftSecondsRising", BASE)]
    return Story(timeline=points(scenes.forgotten), firing={5: [], 15: [slow], 60: [slow], 75: [slow, *later]}, step=5)


def no_metrics(_scenes: Scenes) -> Story:
    return Story(timeline=[], firing={55: [], 65: [Firing("DriftMetricsMissing", {})]}, step=5)


STORIES = (bad_week, old_finding, no_metrics)


@pytest.mark.parametrize("tell", STORIES, ids=lambda tell: tell.__name__)
def test_alerts_fire_when_they_should_and_not_before(tell: Any, scenes: Scenes, tmp_path: Path) -> None:
    status, printed = checked(tell(scenes), tmp_path, RULES, FILE)
    assert status == 0, printed


def test_each_alert_fires_in_a_story(scenes: Scenes) -> None:
    fired = {each.alert for tell in STORIES for firing in tell(scenes).firing.values() for each in firing}
    assert sorted(set(RULES) - fired) == []


@pytest.mark.parametrize(
    ("tell", "right", "wrong"),
    [
        (bad_week, "26 * 3600", "27 * 3600"),
        (bad_week, 'severity="critical"', 'severity="fatal"'),
        (bad_week, 'state="unread"', 'state="unreadable"'),
        (bad_week, 'state="failed"', 'state="dead"'),
        (bad_week, 'outcome="retried"', 'outcome="retry"'),
        (bad_week, "for: 30m", "for: 90m"),
        (old_finding, "> 1800", "> 180000"),
        (old_finding, 'le="259200"', 'le="604800"'),
        (old_finding, "> 0.05", "> 50"),
        (no_metrics, "absent(reconciler_last_look", "count(reconciler_last_look"),
    ],
)
def test_a_rule_that_is_wrong_fails_the_test(tell: Any, right: str, wrong: str, scenes: Scenes, tmp_path: Path) -> None:
    text = FILE.read_text(encoding="utf-8")
    assert right in text
    other = tmp_path / "wrong.yaml"
    other.write_text(text.replace(right, wrong), encoding="utf-8")
    status, _ = checked(tell(scenes), tmp_path, RULES, other)
    assert status == 1


def test_every_name_in_a_rule_is_exported(scenes: Scenes) -> None:
    assert {name: unknown_names(rule["expr"], scenes.scrapes) for name, rule in RULES.items()} == {
        name: [] for name in RULES
    }


def test_each_event_is_an_increase(scenes: Scenes) -> None:
    """No counter appears after the first check, so none is missed by `increase()`."""
    for worse in (scenes.neglected, scenes.forgotten):
        before, after = worse.before.samples or {}, worse.after.samples or {}
        assert [series for series in after if series not in before and metric_of(series).endswith("_total")] == []


def test_each_rule_says_who_acts_and_what_it_means() -> None:
    for name, rule in RULES.items():
        assert rule["labels"]["severity"] in {"critical", "warning", "info"}, name
        assert rule["labels"]["team"] in {"operations", "payments"}, name
        assert set(rule["annotations"]) == {"summary", "summary_ja", "description", "runbook", "runbook_ja"}, name
        assert rule["annotations"]["runbook"] == f"docs/drift-runbooks.md#{name.lower()}"
        assert rule["annotations"]["runbook_ja"] == f"docs/ja/drift-runbooks.md#{name.lower()}"


def test_promtool_accepts_the_rules() -> None:
    demand_promtool()
    status, printed = promtool("check", "rules", FILE.name, folder=MONITORING)
    assert status == 0, printed


def test_the_dashboard_is_ordered_by_questions() -> None:
    check_layout(json.loads(DASHBOARD.read_text(encoding="utf-8")))


def test_every_query_of_the_dashboard_shows_something(scenes: Scenes, tmp_path: Path) -> None:
    document = json.loads(DASHBOARD.read_text(encoding="utf-8"))
    check_queries(document, scenes.scrapes, points(scenes.neglected), tmp_path)


def test_a_sidecar_shows_the_same_once_a_check_was_recorded(tmp_path: Path) -> None:
    fleet = tmp_path / "fleet"
    write_project(fleet)
    with sidecar(fleet) as running:
        alone = running.scrape_when(lambda found: found.value("leads") == 1)
        assert not any(name.startswith("reconciler_looks") for name in alone.samples or {})
    (fleet / "shops").mkdir()
    (fleet / "shops" / "kyoto-tea.yaml").write_text("apiVersion: reconciler/v1\nshop: kyoto-tea\n")
    wrote = process("drift", "--metrics", "drift.prom", cwd=fleet)
    assert wrote.returncode in {0, 2}, wrote.stderr
    with sidecar(fleet) as running:
        both = running.scrape_when(
            lambda found: any(name.startswith("reconciler_looks") for name in found.samples or {})
        )
    assert (both.samples or {})[f'reconciler_looks_total{{fleet="{FLEET}",scope="complete"}}'] == "1.0"
