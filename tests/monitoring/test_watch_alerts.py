"""The alerts of the watcher in monitoring/, on what running watchers show, as Prometheus evaluates them."""

from __future__ import annotations

import re
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.cli.service_process import ServiceProcess
from tests.cli.watch.conftest import HOOK
from tests.monitoring.promtool import demand_promtool, promtool
from tests.monitoring.rules import MONITORING, Firing, alert_rules, unknown_names
from tests.monitoring.series import Point, Scrape, read_samples
from tests.monitoring.stories import Story, checked
from tests.support.session_harness import write_fleet
from tests.support.waiting import wait_until

FILE = MONITORING / "watch-alerts.yaml"
RULES = alert_rules(FILE)
FLEET = {"fleet": "production-embedded"}
GONE = Scrape(0, None)
STEPPED = "watch_last_step_timestamp_seconds"
ACCEPTANCES = ("watch_failing", "1.0", 'part="acceptances"')
ONE, OTHER = ("one:8768", "reconciler-watch"), ("other:8768", "reconciler-watch")


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenes:
    """`failing`: the file of accepted drift cannot be read."""

    working: Scrape
    standby: Scrape
    failing: Scrape


@pytest.fixture(scope="module")
def scenes(tmp_path_factory: pytest.TempPathFactory) -> Scenes:
    demand_promtool()
    fleet = write_fleet(tmp_path_factory.mktemp("watched") / "fleet")
    settings = fleet / "reconciler.yaml"
    settings.write_text(f"{settings.read_text()}watch: {{poll: 1s}}\n")
    with watching(fleet) as first:
        working = scrape_when(
            first, lambda text: shows(text, "watch_leader", "1.0") and shows(text, "looks_total", "1")
        )
        with watching(fleet) as second:
            wait_until(lambda: second.is_ready_as("standby"))
            standby = read_samples(second.page("metrics")[1])
    (fleet / "accepted-drift.yaml").write_text("nonsense: [")
    with watching(fleet) as third:
        failing = scrape_when(third, lambda text: shows(text, *ACCEPTANCES) and shows(text, STEPPED, ""))
    return Scenes(working=working, standby=standby, failing=failing)


@contextmanager
def watching(fleet: Path) -> Iterator[ServiceProcess]:
    process = ServiceProcess("watch", fleet, HOOK_SECRET=HOOK)
    try:
        wait_until(lambda: "ready: watch" in process.text or process.child.poll() is not None)
        yield process
        assert process.end(signal.SIGTERM) == 0
    finally:
        process.child.kill()
        process.child.wait()


def scrape_when(process: ServiceProcess, holds: Callable[[str], bool]) -> Scrape:
    wait_until(lambda: holds(process.page("metrics")[1]))
    return read_samples(process.page("metrics")[1])


def shows(text: str, metric: str, value: str, label: str = "") -> bool:
    return re.search(rf"^reconciler_\w*{metric}\{{[^}}]*{label}[^}}]*\}} {value}", text, re.MULTILINE) is not None


def a_bad_day(scenes: Scenes) -> Story:
    """A file that cannot be read; later the process hangs; at last it is gone, and the other one stays on standby."""
    failing = Firing("WatchPartFailing", {**FLEET, "part": "acceptances"})
    stopped = Firing("WatchStopped", FLEET)
    return Story(
        timeline=[
            Point(0, scenes.working, *ONE),
            Point(10, scenes.failing, *ONE),
            Point(90, GONE, *ONE),
            Point(0, scenes.standby, *OTHER),
        ],
        firing={
            5: [],
            20: [],
            26: [failing],
            50: [failing, stopped],
            95: [],
            105: [Firing("WatchWithoutLeader", FLEET)],
        },
    )


def no_process(_scenes: Scenes) -> Story:
    return Story(timeline=[], firing={5: [], 11: [Firing("WatchMissing", {})]})


STORIES = (a_bad_day, no_process)


@pytest.mark.parametrize("tell", STORIES, ids=lambda tell: tell.__name__)
def test_alerts_of_the_watcher_fire_when_they_should(tell: Any, scenes: Scenes, tmp_path: Path) -> None:
    status, printed = checked(tell(scenes), tmp_path, RULES, FILE)
    assert status == 0, printed


def test_each_alert_of_the_watcher_fires_in_a_story(scenes: Scenes) -> None:
    fired = {each.alert for tell in STORIES for firing in tell(scenes).firing.values() for each in firing}
    assert sorted(set(RULES) - fired) == []


@pytest.mark.parametrize(
    ("tell", "right", "wrong"),
    [
        (a_bad_day, "== 0", "== 2"),
        (a_bad_day, "> 1800", "> 18000"),
        (a_bad_day, "_failing) == 1", "_failing) == 2"),
        (no_process, "absent(reconciler_watch_leader)", "count(reconciler_watch_leader)"),
    ],
)
def test_a_wrong_rule_fails_the_test(tell: Any, right: str, wrong: str, scenes: Scenes, tmp_path: Path) -> None:
    text = FILE.read_text(encoding="utf-8")
    assert right in text
    other = tmp_path / "wrong.yaml"
    other.write_text(text.replace(right, wrong), encoding="utf-8")
    assert checked(tell(scenes), tmp_path, RULES, other)[0] == 1


def test_every_name_in_a_rule_is_shown_by_a_watcher(scenes: Scenes) -> None:
    scrapes = [scenes.working, scenes.standby, scenes.failing]
    assert {name: unknown_names(rule["expr"], scrapes) for name, rule in RULES.items()} == {name: [] for name in RULES}


def test_promtool_accepts_the_rules_of_the_watcher() -> None:
    demand_promtool()
    status, printed = promtool("check", "rules", FILE.name, folder=MONITORING)
    assert status == 0, printed


def test_each_rule_of_the_watcher_names_its_runbook() -> None:
    for name, rule in RULES.items():
        assert rule["labels"] == {"severity": "warning", "team": "operations"}
        assert set(rule["annotations"]) == {"summary", "summary_ja", "description", "runbook", "runbook_ja"}, name
        assert rule["annotations"]["runbook"] == f"docs/watch-runbooks.md#{name.lower()}"
        assert rule["annotations"]["runbook_ja"] == f"docs/ja/watch-runbooks.md#{name.lower()}"
