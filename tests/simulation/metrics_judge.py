"""What the metrics of drift must say, worked out from what happened in the world alone, by docs/metrics.md."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping

from tests.simulation.findings_judge import FindingsJudge
from tests.simulation.world_log import Log, Received

Metrics = Mapping[tuple[str, frozenset[tuple[str, str]]], float]
_LINE = re.compile(r"(?P<name>[a-z_]+)(?:\{(?P<labels>.*)\})? (?P<value>\S+)")
_LABEL = re.compile(r'(\w+)="([^"]*)"')


def read_metrics_text(text: str) -> Metrics:
    """The exposition format: names and labels without `fleet`."""
    found = {}
    for line in text.splitlines():
        match = _LINE.fullmatch(line)
        if match is not None:
            labels = frozenset(pair for pair in _LABEL.findall(match["labels"] or "") if pair[0] != "fleet")
            found[match["name"].removeprefix("reconciler_"), labels] = float(match["value"])
    return found


def expected_metrics(judge: FindingsJudge, log: Log) -> Metrics:
    lasted = [each.lasted for each in judge.moved if each.lasted is not None]
    detected = [each.detected for each in judge.moved if each.detected is not None]
    wanted: Counter[tuple[str, frozenset[tuple[str, str]]]] = Counter()
    for each in judge.moved:
        wanted["finding_events_total", frozenset({("event", each.to)})] += 1
    for entry in log:
        if isinstance(entry, Received) and entry.confirmed:
            wanted["alerts_total", frozenset({("channel", entry.channel), ("outcome", "sent")})] += 1
    drifted = set()
    for shop, some in judge.troubles.items():
        for (_, kind), trouble in some.items():
            labels = frozenset({("severity", trouble.severity), ("class", kind)})
            if trouble.there:
                wanted["accepted_findings" if trouble.state == "accepted" else "findings", labels] += 1
            if trouble.unsettled:
                drifted.add(shop)
    plain: dict[str, float] = {
        "drifted_shops": len(drifted),
        "drift_seconds_total": judge.drift_seconds,
        "time_to_resolve_seconds_count": len(lasted),
        "time_to_resolve_seconds_sum": sum(lasted),
        "time_to_detect_seconds_count": len(detected),
        "time_to_detect_seconds_sum": sum(detected),
    }
    looks = {("looks_total", frozenset({("scope", "complete")})): float(len(judge.looks))}
    return {**wanted, **looks, **{(name, frozenset()): value for name, value in plain.items()}}


def check_metrics(text: str, judge: FindingsJudge, log: Log) -> None:
    """Also that nothing more is counted."""
    found, wanted = read_metrics_text(text), expected_metrics(judge, log)
    names = {name for name, _ in wanted} - {"alerts_total"}
    more = {key: value for key, value in found.items() if key[0] in names and key not in wanted and value}
    assert not more, f"these are counted, and did not happen: {more}"
    wrong = {key: (found.get(key), value) for key, value in wanted.items() if found.get(key) != value}
    assert not wrong, f"metrics as they are, and as they must be: {wrong}"
