"""Implements lib.tracing.Tracer with OpenTelemetry: spans go to the collector that the variables `OTEL_...` name, by HTTP.

In: spans. Out: how many could not be sent. A collector that does not answer delays the end of a command by a few seconds and
changes nothing else. Of an error only its kind is exported: its text may quote what a backend said.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Final

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult
from opentelemetry.trace import Span as OtelSpan
from opentelemetry.trace import StatusCode

from reconciler import __version__
from reconciler.lib.frozen_class import frozen
from reconciler.lib.tracing import Attributes

_PATIENCE: Final = 3.0
"""Seconds for one batch, with all attempts."""
_BATCH: Final = 512
_MOST: Final = 16_384
"""Spans that wait for the collector; more are dropped."""


class CollectorTracer:
    """Used by one command: `close` sends what is left."""

    def __init__(self) -> None:
        _silence()
        self._exporter = _CountingExporter(OTLPSpanExporter(timeout=_PATIENCE))
        self._provider = TracerProvider(
            resource=Resource.create({"service.name": "reconciler", "service.version": __version__}),
            shutdown_on_exit=False,
        )
        processor = BatchSpanProcessor(self._exporter, max_queue_size=_MOST, max_export_batch_size=_BATCH)
        self._provider.add_span_processor(processor)
        self._tracer = self._provider.get_tracer("reconciler", __version__)

    @contextmanager
    def span(self, name: str, attributes: Attributes) -> Iterator[_CollectedSpan]:
        with self._tracer.start_as_current_span(
            name, attributes=dict(attributes), record_exception=False, set_status_on_exception=False
        ) as inner:
            try:
                yield _CollectedSpan(inner)
            except BaseException as error:
                inner.set_attribute("error.type", type(error).__name__)
                inner.set_status(StatusCode.ERROR)
                raise

    def close(self) -> int:
        """How many spans could not be sent."""
        self._provider.shutdown()
        return self._exporter.lost


@frozen(kw_only=False)
class _CollectedSpan:
    inner: OtelSpan

    def set(self, name: str, value: str | int) -> None:
        self.inner.set_attribute(name, value)


class _CountingExporter(SpanExporter):
    """Another one, with a count of what it lost. After a failure nothing more is tried: a collector that is down stays down."""

    def __init__(self, inner: SpanExporter) -> None:
        self._inner = inner
        self.lost = 0

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        result = SpanExportResult.FAILURE if self.lost else self._inner.export(spans)
        if result is not SpanExportResult.SUCCESS:
            self.lost += len(spans)
        return result

    def shutdown(self) -> None:
        self._inner.shutdown()


def _silence() -> None:
    """Its messages name the collector's address, which may hold a token."""
    logger = logging.getLogger("opentelemetry")
    logger.addHandler(logging.NullHandler())
    logger.propagate = False
