"""The page of metrics lists each metric of drift, of the watcher and of a worker with its labels, and nothing else."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from reconciler.core.findings.drift_metrics import StoredMetrics, WaitingAlerts, measure_drift
from reconciler.core.fleet.worker_numbers import WorkerNumbers
from reconciler.core.watch.watch_numbers import WatchNumbers
from reconciler.views.prometheus import render_metrics
from reconciler.views.watch_metrics import render_watch_metrics
from reconciler.views.worker_metrics import render_worker_metrics

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


OF_PROCESSES = {
    "watch_": render_watch_metrics(WatchNumbers(fleet="production", rate=5.0, stepped_at=0.0)),
    "worker_": render_worker_metrics(WorkerNumbers(fleet="production", cared_at=0.0)),
}
"""By the start of their names, with every number that can be absent."""


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


@pytest.mark.parametrize("page", ["metrics.md", "ja/metrics.md"])
@pytest.mark.parametrize("start", sorted(OF_PROCESSES))
def test_those_of_a_process_are_documented_with_their_labels_and_nothing_else(page: str, start: str) -> None:
    text = (DOCS / page).read_text(encoding="utf-8")
    rows = re.findall(rf"^\| `({start}\w+)` \|([^|]*)\|", text, re.MULTILINE)
    documented = {name: set(re.findall(r"`(\w+)`", labels)) for name, labels in rows}
    assert len(documented) == len(rows)
    exported: dict[str, set[str]] = {}
    for name, labels in re.findall(r"^reconciler_(\w+)\{(.*)\}", OF_PROCESSES[start], re.MULTILINE):
        exported.setdefault(name, set()).update(set(re.findall(r'(\w+)="', labels)) - {"fleet"})
    assert documented == {name: labels for name, labels in exported.items() if not name.endswith("_created")}


@pytest.mark.parametrize("page", ["metrics.md", "ja/metrics.md"])
def test_the_values_of_a_label_with_a_closed_list_are_named(page: str) -> None:
    text = (DOCS / page).read_text(encoding="utf-8")
    for exported in OF_PROCESSES.values():
        values = set(re.findall(r'(?:part|end)="([^"]+)"', exported))
        assert values
        assert {value for value in values if f"`{value}`" not in text} == set()
