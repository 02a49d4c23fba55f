"""A worker in numbers, in Prometheus's text format: its `/metrics`. English only; no label names a shop or a run.

In: `WorkerNumbers`. Out: text without timestamps. Each counter starts with 0.
"""

from __future__ import annotations

from collections.abc import Iterator

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from reconciler.core.fleet.worker_numbers import CHUNK_ENDS, CHUNK_KINDS, WORKER_PARTS, WorkerNumbers


def render_worker_metrics(numbers: WorkerNumbers) -> str:
    registry = CollectorRegistry()
    registry.register(_WorkerCollector(numbers))
    return generate_latest(registry).decode()


class _WorkerCollector(Collector):
    def __init__(self, numbers: WorkerNumbers) -> None:
        self._numbers = numbers

    def collect(self) -> Iterator[Metric]:
        of = self._numbers
        yield self._gauge("chunks_at_once", "Chunks that are done at the same time", of.size)
        yield self._gauge("running_chunks", "Chunks that are done now", of.running)
        yield from self._parts()
        yield self._chunks()
        yield self._counter("dead_processes", "Processes that ended with their chunk", of.died)
        yield self._counter("care_failures", "Failures of the care for runs", of.care_failures)
        if of.cared_at is not None:
            yield self._gauge("last_care_timestamp_seconds", "When this process last cared for runs", of.cared_at)

    def _parts(self) -> Iterator[Metric]:
        connected = GaugeMetricFamily(
            "reconciler_worker_connected", "1 while a part takes jobs from the queue", labels=["fleet", "part"]
        )
        restarts = CounterMetricFamily(
            "reconciler_worker_restarts", "Restarts of a part after a failure", labels=["fleet", "part"]
        )
        for part in WORKER_PARTS:
            connected.add_metric([self._numbers.fleet, part], int(part in self._numbers.connected))
            restarts.add_metric([self._numbers.fleet, part], self._numbers.restarts.get(part, 0))
        yield connected
        yield restarts

    def _chunks(self) -> Metric:
        family = CounterMetricFamily(
            "reconciler_worker_chunks", "Chunks by kind and by how they ended", labels=["fleet", "kind", "end"]
        )
        for kind in CHUNK_KINDS:
            for end in CHUNK_ENDS:
                family.add_metric([self._numbers.fleet, kind, end], self._numbers.ended.get((kind, end), 0))
        return family

    def _gauge(self, name: str, documentation: str, value: float) -> Metric:
        family = GaugeMetricFamily(f"reconciler_worker_{name}", documentation, labels=["fleet"])
        family.add_metric([self._numbers.fleet], value)
        return family

    def _counter(self, name: str, documentation: str, value: float) -> Metric:
        family = CounterMetricFamily(f"reconciler_worker_{name}", documentation, labels=["fleet"])
        family.add_metric([self._numbers.fleet], value)
        return family
