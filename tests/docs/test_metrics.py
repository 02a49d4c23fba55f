"""The page of metrics lists each metric of drift with its labels, and nothing else."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from reconciler.core.findings.drift_metrics import StoredMetrics, WaitingAlerts, measure_drift
from reconciler.views.prometheus import render_metrics

DOCS = Path(__file__).parents[2] / "docs"
START = "2026-04-02T03:00:00Z"
EXPORTED = render_metrics(
    measure_drift(
        "production",
        (),
        StoredMetrics(
            last_look=START,
            last_complete_look=START,
            compared=[(START, 1)],
            alerts={"ops": WaitingAlerts(queued=1, failed=0)},
        ),
        START,
    )
)


@pytest.mark.parametrize("page", ["metrics.md", "ja/metrics.md"])
def test_each_metric_is_documented_with_its_labels_and_nothing_else(page: str) -> None:
    [table] = re.findall(r"<!-- metrics -->\n(.*?)<!-- end -->", (DOCS / page).read_text(encoding="utf-8"), re.DOTALL)
    documented = {}
    for row in table.splitlines()[2:]:
        _, name, labels, *_ = row.split("|")
        documented[name.strip(" `")] = set(re.findall(r"`(\w+)`", labels))
    kinds = re.findall(r"^# TYPE reconciler_(\w+) \w+$", EXPORTED, re.MULTILINE)
    assert sorted(documented) == sorted(kinds)
    for name, labels in re.findall(r"^reconciler_(\w+)\{(.*)\}", EXPORTED, re.MULTILINE):
        metric = name if name in documented else name.rpartition("_")[0]
        own = set(re.findall(r'(\w+)="', labels)) - {"fleet", "le"}
        assert own == documented[metric] - ({"quantile"} if name != metric else set()), name
