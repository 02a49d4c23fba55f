"""The alert rules as a test reads them: their annotations filled in, and what their expressions name."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from tests.monitoring.series import Scrape, labels_of, metric_of

MONITORING = Path(__file__).parents[2] / "monitoring"
_SELECTOR = re.compile(r"\b(?P<metric>up|reconciler_\w+)(?:\{(?P<matchers>[^}]*)\})?")
_MATCHER = re.compile(r'(?P<label>\w+)\s*(?P<kind>=~|!~|!=|=)\s*"(?P<value>[^"]*)"')


@dataclass(frozen=True, slots=True)
class Firing:
    """An alert that is expected, by the labels of its series; `value` where its text says one."""

    alert: str
    labels: Mapping[str, str]
    value: float | None = None


def alert_rules(file: Path) -> dict[str, dict[str, Any]]:
    groups = yaml.safe_load(file.read_text(encoding="utf-8"))["groups"]
    return {rule["alert"]: rule for group in groups for rule in group["rules"]}


def expected(rule: Mapping[str, Any], firing: Firing) -> dict[str, dict[str, str]]:
    """As promtool compares it."""
    return {
        "exp_labels": {**firing.labels, **rule["labels"]},
        "exp_annotations": {name: _filled(text, firing) for name, text in rule["annotations"].items()},
    }


def _filled(text: str, firing: Firing) -> str:
    def place(found: re.Match[str]) -> str:
        if found[1] == "$value":
            assert firing.value is not None, f"{firing.alert} says its value"
            return f"{firing.value:g}"
        return firing.labels[found[1].removeprefix("$labels.")]

    return re.sub(r"\{\{ (\S+) \}\}", place, text)


def unknown_names(expression: str, scrapes: Sequence[Scrape]) -> list[str]:
    """What the expression names and no sidecar exports: metrics, labels, values of labels."""
    exported: dict[str, dict[str, set[str]]] = {"up": {"job": {"reconciler-ipn"}, "instance": set()}}
    for series in {name for scrape in scrapes for name in scrape.samples or {}}:
        values = exported.setdefault(metric_of(series), {})
        for label, value in labels_of(series).items():
            values.setdefault(label, set()).add(value)
    return [problem for found in _SELECTOR.finditer(expression) for problem in _problems(found, exported)]


def _problems(found: re.Match[str], exported: Mapping[str, Mapping[str, set[str]]]) -> Iterator[str]:
    metric = found["metric"]
    if metric not in exported:
        yield metric
        return
    for matcher in _MATCHER.finditer(found["matchers"] or ""):
        label, values = matcher["label"], exported[metric].get(matcher["label"])
        if label in {"job", "instance"}:
            continue
        if values is None:
            yield f"{metric}{{{label}}}"
            continue
        for word in matcher["value"].split("|"):
            if not any(re.fullmatch(word, value) for value in values):
                yield f'{metric}{{{label}="{word}"}}'
