"""Drift in numbers, in Prometheus's text format: for node_exporter's textfile collector and for `/metrics`. English only.

In: `DriftMetrics`. Out: text without timestamps. Labels are words of closed lists, the fleet and the channels of alerts; no shop.
Each counter with labels of closed lists starts with 0, so that its first event is an increase.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

from reconciler.core.findings.drift_metrics import DriftMetrics, FindingCounts
from reconciler.core.findings.finding import FindingClass, FindingEventKind
from reconciler.core.findings.metric_totals import (
    COMPLETE,
    FINDING_SECONDS,
    LOOK_SECONDS,
    PARTIAL,
    PROPOSED,
    REST,
    AlertOutcome,
    Total,
    bucket_of,
)
from reconciler.core.healing.record import HealOutcome
from reconciler.core.model.policy import FindingSeverity
from reconciler.lib.utc import parse_utc

_HISTOGRAMS: Final = (
    ("look_seconds", "Duration of recorded drift checks", Total.LOOK_BUCKET, Total.LOOK_SUM, LOOK_SECONDS),
    (
        "time_to_detect_seconds",
        "Time from a change at the backend, by its audit trail, to the check that saw it",
        Total.DETECT_BUCKET,
        Total.DETECT_SUM,
        FINDING_SECONDS,
    ),
    (
        "time_to_resolve_seconds",
        "Time from the opening of a finding to its resolution; accepted findings are not counted",
        Total.RESOLVE_BUCKET,
        Total.RESOLVE_SUM,
        FINDING_SECONDS,
    ),
)


def render_metrics(metrics: DriftMetrics) -> str:
    registry = CollectorRegistry()
    registry.register(_MetricsCollector(metrics))
    return generate_latest(registry).decode()


class _MetricsCollector(Collector):
    def __init__(self, metrics: DriftMetrics) -> None:
        self._metrics = metrics
        self._totals = metrics.stored.totals

    def collect(self) -> Iterator[Metric]:
        yield from self._shops()
        yield from self._findings()
        yield from self._healing()
        yield from self._looks()
        yield from (self._histogram(*each) for each in _HISTOGRAMS)
        yield from self._alerts()

    def _shops(self) -> Iterator[Metric]:
        metrics = self._metrics
        yield self._shop_ages()
        shops = self._gauge("shops", "Shops that were checked, by whether the last check could compare them", "state")
        shops.add_metric([metrics.fleet, "compared"], metrics.shops - min(metrics.stored.unread, metrics.shops))
        shops.add_metric([metrics.fleet, "unread"], metrics.stored.unread)
        yield shops
        yield self._value("drifted_shops", "Shops with a finding that is not settled", metrics.drifted_shops)
        drift = self._counter("drift_seconds", "Time that shops had a finding that was not settled, over all shops")
        drift.add_metric([metrics.fleet], self._totals.get((Total.DRIFT_SECONDS, ()), 0))
        yield drift

    def _shop_ages(self) -> Metric:
        """A summary of this moment: count and sum also decrease."""
        name, fleet = "reconciler_shop_age_seconds", {"fleet": self._metrics.fleet}
        family = Metric(name, "Time since a shop was last compared, by share of the shops, at this moment", "summary")
        for quantile, age in self._metrics.shop_ages.items():
            family.add_sample(name, {**fleet, "quantile": str(quantile)}, age)
        family.add_sample(f"{name}_count", fleet, self._metrics.shops)
        family.add_sample(f"{name}_sum", fleet, self._metrics.shop_age_sum)
        return family

    def _findings(self) -> Iterator[Metric]:
        metrics = self._metrics
        yield self._by_severity_and_class("findings", "Findings that are not settled", metrics.unsettled)
        yield self._by_severity_and_class("accepted_findings", "Findings that are accepted", metrics.accepted)
        ages = HistogramMetricFamily(
            "reconciler_finding_age_seconds",
            "Age of the findings that are not settled, at this moment: it also decreases",
            labels=["fleet", "severity"],
        )
        for severity, found in metrics.finding_ages.items():
            counts = _counted(found)
            ages.add_metric(
                [metrics.fleet, severity.word],
                _buckets(FINDING_SECONDS, counts),
                sum(found),
            )
        yield ages
        yield self._by_word(
            "finding_events",
            "What happened to findings",
            "event",
            Total.EVENTS,
            [kind.value for kind in FindingEventKind],
        )

    def _healing(self) -> Iterator[Metric]:
        outcomes = [*(outcome.value for outcome in HealOutcome), PROPOSED]
        yield self._by_word(
            "heals", "Fields that the policy healed, or tried to, or proposed", "outcome", Total.HEALS, outcomes
        )
        fights = self._counter("fights", "Fields that are not healed any more, since every heal was undone")
        fights.add_metric([self._metrics.fleet], self._totals.get((Total.FIGHTS, ()), 0))
        yield fights

    def _by_severity_and_class(self, name: str, documentation: str, counts: FindingCounts) -> Metric:
        family = self._gauge(name, documentation, "severity", "class")
        for severity in FindingSeverity:
            for kind in FindingClass:
                family.add_metric([self._metrics.fleet, severity.word, kind.value], counts.get((severity, kind), 0))
        return family

    def _looks(self) -> Iterator[Metric]:
        stored = self._metrics.stored
        yield self._by_word("looks", "Recorded drift checks, by scope", "scope", Total.LOOKS, [COMPLETE, PARTIAL])
        requests = self._counter("look_requests", "Requests to the backend of recorded drift checks")
        requests.add_metric([self._metrics.fleet], self._totals.get((Total.LOOK_REQUESTS, ()), 0))
        yield requests
        for name, documentation, at in (
            ("last_look", "When the last drift check ended", stored.last_look),
            ("last_complete_look", "When the last drift check of all shops ended", stored.last_complete_look),
        ):
            family = self._gauge(f"{name}_timestamp_seconds", documentation)
            if at is not None:
                family.add_metric([self._metrics.fleet], parse_utc(at).timestamp())
            yield family

    def _histogram(
        self, name: str, documentation: str, bucket: Total, total: Total, limits: Sequence[int]
    ) -> HistogramMetricFamily:
        family = HistogramMetricFamily(f"reconciler_{name}", documentation, labels=["fleet"])
        counts = {labels[0]: value for (each, labels), value in self._totals.items() if each is bucket}
        family.add_metric([self._metrics.fleet], _buckets(limits, counts), self._totals.get((total, ()), 0))
        return family

    def _alerts(self) -> Iterator[Metric]:
        waiting = self._metrics.stored.alerts
        counted = {labels[0] for total, labels in self._totals if total is Total.ALERTS}
        family = self._counter("alerts", "Alerts, by channel and what became of an attempt", "channel", "outcome")
        for channel in sorted({*waiting, *counted}):
            for outcome in AlertOutcome:
                value = self._totals.get((Total.ALERTS, (channel, outcome.value)), 0)
                family.add_metric([self._metrics.fleet, channel, outcome.value], value)
        yield family
        gauge = self._gauge("alerts_waiting", "Alerts that are not delivered, by state", "channel", "state")
        for channel, counts in sorted(waiting.items()):
            gauge.add_metric([self._metrics.fleet, channel, "queued"], counts.queued)
            gauge.add_metric([self._metrics.fleet, channel, "failed"], counts.failed)
        yield gauge

    def _by_word(self, name: str, documentation: str, label: str, total: Total, words: Iterable[str]) -> Metric:
        family = self._counter(name, documentation, label)
        for word in words:
            family.add_metric([self._metrics.fleet, word], self._totals.get((total, (word,)), 0))
        return family

    def _value(self, name: str, documentation: str, value: float) -> Metric:
        family = self._gauge(name, documentation)
        family.add_metric([self._metrics.fleet], value)
        return family

    def _gauge(self, name: str, documentation: str, *labels: str) -> GaugeMetricFamily:
        return GaugeMetricFamily(f"reconciler_{name}", documentation, labels=["fleet", *labels])

    def _counter(self, name: str, documentation: str, *labels: str) -> CounterMetricFamily:
        return CounterMetricFamily(f"reconciler_{name}", documentation, labels=["fleet", *labels])


def _counted(values: Iterable[float]) -> Mapping[str, int]:
    """By the limit of the bucket."""
    return Counter(bucket_of(value, FINDING_SECONDS) for value in values)


def _buckets(limits: Sequence[int], counts: Mapping[str, float]) -> list[tuple[str, float]]:
    """As Prometheus has them: each includes those below."""
    reached, buckets = 0.0, []
    for limit in (*map(str, limits), REST):
        reached += counts.get(limit, 0)
        buckets.append((limit, reached))
    return buckets
