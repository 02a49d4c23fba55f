"""What fires when: a timeline of scrapes and the alerts that are expected, checked as Prometheus evaluates rules."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.monitoring.promtool import promtool
from tests.monitoring.rules import Firing, expected
from tests.monitoring.series import Timeline, rule_test


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """What fires at these minutes; nothing else does. A sample is taken every `step` minutes."""

    timeline: Timeline
    firing: Mapping[int, Sequence[Firing]]
    step: int = 1


def checked(story: Story, folder: Path, alerts: Mapping[str, Mapping[str, Any]], rules: Path) -> tuple[int, str]:
    """By promtool: at each minute every one of `alerts` fires for these series, or not at all. `rules` is the file."""
    shutil.copy(rules, folder / "alerts.yaml")
    cases = [
        {
            "eval_time": f"{minute}m",
            "alertname": name,
            "exp_alerts": [expected(rule, each) for each in firing if each.alert == name],
        }
        for minute, firing in story.firing.items()
        for name, rule in alerts.items()
    ]
    (folder / "test.yaml").write_text(
        rule_test("alerts.yaml", story.timeline, max(story.firing) + 5, story.step, alert_rule_test=cases),
        encoding="utf-8",
    )
    return promtool("test", "rules", "test.yaml", folder=folder)
