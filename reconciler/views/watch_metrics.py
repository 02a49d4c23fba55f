"""A watcher in numbers, in Prometheus's text format: a part of its `/metrics`. English only; no label names a shop.

In: `WatchNumbers`. Out: text without timestamps. The counters of every part start with 0.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from reconciler.core.watch.watch_numbers import WatchNumbers

PARTS: Final = (
    "start", "pull", "git", "feed", "journal", "recovery", "acceptances", "look", "heal", "deferred", "alerts", "state", "step",
)  # fmt: skip
"""The parts of a watcher, in the order in which a step takes them."""


def render_watch_metrics(numbers: WatchNumbers) -> str:
    registry = CollectorRegistry()
    registry.register(_WatchCollector(numbers))
    return generate_latest(registry).decode()


class _WatchCollector(Collector):
    def __init__(self, numbers: WatchNumbers) -> None:
        self._numbers = numbers

    def collect(self) -> Iterator[Metric]:
        of = self._numbers
        yield self._gauge("leader", "1 in the process that watches the fleet, 0 in one on standby", int(of.leader))
        yield self._gauge("queued_shops", "Shops that wait for their next look", of.queued)
        yield self._gauge("due_shops", "Shops whose next look is due", of.due)
        yield self._gauge("oldest_due_seconds", "For how long the first of the due shops has been due", of.oldest_due)
        yield self._counter("looks", "Looks of this process", of.looks)
        yield self._counter("looked_shops", "Shops in the looks of this process", of.looked_shops)
        yield from self._parts()
        if of.rate is not None:
            yield self._gauge("requests_per_second", "Requests a second that may be sent now", of.rate)
            yield self._counter("throttled_requests", "Requests that the backend answered with 429", of.throttled)
        if of.stepped_at is not None:
            yield self._gauge("last_step_timestamp_seconds", "When the last step ended", of.stepped_at)

    def _parts(self) -> Iterator[Metric]:
        failures = CounterMetricFamily(
            "reconciler_watch_failures", "Failures of the parts of watching", labels=["fleet", "part"]
        )
        failing = GaugeMetricFamily(
            "reconciler_watch_failing", "1 while the last attempt of a part failed", labels=["fleet", "part"]
        )
        for part in PARTS:
            labels = [self._numbers.fleet, part]
            failures.add_metric(labels, self._numbers.failures.get(part, 0))
            failing.add_metric(labels, int(part in self._numbers.failing))
        yield failures
        yield failing

    def _gauge(self, name: str, documentation: str, value: float) -> Metric:
        family = GaugeMetricFamily(f"reconciler_watch_{name}", documentation, labels=["fleet"])
        family.add_metric([self._numbers.fleet], value)
        return family

    def _counter(self, name: str, documentation: str, value: float) -> Metric:
        family = CounterMetricFamily(f"reconciler_watch_{name}", documentation, labels=["fleet"])
        family.add_metric([self._numbers.fleet], value)
        return family
