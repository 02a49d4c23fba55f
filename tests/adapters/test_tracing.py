"""Spans of this process at a real receiver of OTLP on loopback."""

from __future__ import annotations

import logging

import pytest

from reconciler.adapters.tracing import CollectorTracer
from tests.cli.test_traces import collector


def test_spans_arrive_with_their_attributes_and_the_one_above(monkeypatch: pytest.MonkeyPatch) -> None:
    with collector() as collected:
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", collected.address)
        tracer = CollectorTracer()
        with tracer.span("apply", {"fleet": "example"}), tracer.span("shop", {"shop": "kyoto-tea"}) as inner:
            inner.set("steps", 3)
        assert tracer.close() == 0
    spans = {one.name: one for one in collected.spans()}
    assert spans["apply"].attributes == {"fleet": "example"}
    assert (spans["shop"].parent, spans["shop"].attributes) == ("apply", {"shop": "kyoto-tea", "steps": "3"})
    assert not any(one.failed for one in spans.values())


def test_of_an_error_only_the_kind_is_exported(monkeypatch: pytest.MonkeyPatch) -> None:
    with collector() as collected:
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", collected.address)
        tracer = CollectorTracer()
        with pytest.raises(LookupError), tracer.span("shop", {}):
            raise LookupError("what-a-backend-said")
        assert tracer.close() == 0
    (one,) = collected.spans()
    assert (one.failed, one.attributes) == (True, {"error.type": "LookupError"})
    assert b"what-a-backend-said" not in b"".join(collected.bodies)


def test_spans_that_a_receiver_refuses_are_counted(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    with collector() as collected, caplog.at_level(logging.DEBUG):
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", f"{collected.address}/elsewhere")
        tracer = CollectorTracer()
        for name in ("one", "two"):
            with tracer.span(name, {}):
                pass
        assert tracer.close() == 2
    assert collected.address not in "".join(record.getMessage() for record in caplog.records if "otel" in record.name)


def test_after_a_failure_nothing_more_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    with collector() as collected:
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", f"{collected.address}/elsewhere")
        tracer = CollectorTracer()
        for _ in range(600):  # more than one batch
            with tracer.span("shop", {}):
                pass
        assert tracer.close() == 600
    assert len(collected.bodies) == 1
