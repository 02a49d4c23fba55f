"""Traces of commands, as a real receiver of OTLP on loopback gets them from a process."""

from __future__ import annotations

import gzip
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)

from tests.cli.conftest import environment, process
from tests.support.example_fleet import TOKEN
from tests.support.session_harness import merchant_edits, write_fleet

pytestmark = pytest.mark.system

SECRET = "collector-token-4ea38b7b"


@dataclass(frozen=True, slots=True)
class Received:
    name: str
    parent: str
    attributes: dict[str, str]
    failed: bool


@dataclass
class Collector:
    address: str
    bodies: list[bytes] = field(default_factory=list)
    headers: list[str] = field(default_factory=list)

    def spans(self) -> list[Received]:
        """Each with the name of the span above it."""
        requests = [ExportTraceServiceRequest.FromString(body) for body in self.bodies]
        spans = [
            one
            for request in requests
            for resource in request.resource_spans
            for scope in resource.scope_spans
            for one in scope.spans
        ]
        names = {one.span_id: one.name for one in spans}
        return [
            Received(
                one.name,
                names.get(one.parent_span_id, ""),
                {each.key: each.value.string_value or str(each.value.int_value) for each in one.attributes},
                one.status.code == one.status.STATUS_CODE_ERROR,
            )
            for one in spans
        ]


@contextmanager
def collector() -> Iterator[Collector]:
    made = Collector("")

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:  # the server's name
            body = self.rfile.read(int(self.headers["Content-Length"]))
            made.bodies.append(gzip.decompress(body) if self.headers.get("Content-Encoding") == "gzip" else body)
            made.headers.append(self.headers.get("authorization", ""))
            answer = ExportTraceServiceResponse().SerializeToString()
            self.send_response(200 if self.path == "/v1/traces" else 404)
            self.send_header("Content-Type", "application/x-protobuf")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_words: object) -> None: ...

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        made.address = f"http://127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield made
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture
def fleet(tmp_path: Path) -> Path:
    return write_fleet(tmp_path / "fleet")


def run(fleet: Path, address: str, *words: str, **more: str) -> tuple[int, str]:
    names = {"OTEL_EXPORTER_OTLP_ENDPOINT": address, "OTEL_EXPORTER_OTLP_HEADERS": f"authorization=Bearer%20{SECRET}"}
    done = process(*words, env=environment(**names, **more), cwd=fleet)
    assert SECRET not in done.stdout + done.stderr
    return done.returncode, done.stderr


def test_an_apply_is_a_tree_of_runs_shops_and_requests(fleet: Path) -> None:
    with collector() as collected:
        # One shop: requests of several at the same time are below the command, not below a shop.
        code, _ = run(fleet, collected.address, "apply", "--auto-approve", "kyoto-tea")
    assert code == 0
    spans = collected.spans()
    assert {(one.name, one.parent) for one in spans} >= {
        ("reconciler apply", ""),
        ("apply shop", "reconciler apply"),
        ("read shop", "apply shop"),
        ("GET", "read shop"),
        ("PUT", "apply shop"),
    }
    shops = {one.attributes["reconciler.shop"] for one in spans if one.name == "apply shop"}
    assert shops == {"kyoto-tea"}
    (root,) = (one for one in spans if not one.parent)
    assert root.attributes == {
        "reconciler.fleet": "production-embedded",
        "reconciler.environment": "production",
        "process.exit.code": "0",
    }
    assert {one.attributes.get("http.response.status_code") for one in spans if one.name == "PUT"} <= {"200", "204"}
    assert collected.headers[0] == f"Bearer {SECRET}"


def test_a_look_reads_each_shop_and_no_secret_or_value_leaves_the_process(fleet: Path) -> None:
    assert process("apply", "--auto-approve", cwd=fleet).returncode == 0
    merchant_edits(fleet, "kyoto-tea", notificationEmail="merchant@kyoto-tea.example")
    with collector() as collected:
        code, _ = run(fleet, collected.address, "drift")
    assert code == 2
    sent = b"".join(collected.bodies)
    assert b"reconciler drift" in sent
    for hidden in (TOKEN, "merchant@kyoto-tea.example", SECRET, "Bearer", "client_credentials"):
        assert hidden.encode() not in sent
    keys = {key for one in collected.spans() for key in one.attributes}
    assert keys <= {
        *("reconciler.fleet", "reconciler.environment", "reconciler.shop", "process.exit.code"),
        *("http.request.method", "url.path", "http.response.status_code", "error.type"),
    }


def test_an_error_is_sent_by_its_kind_only(fleet: Path) -> None:
    (fleet / "reconciler.yaml").write_text(
        "backend: {url: 'http://127.0.0.1:9/', client_id: fleet, client_secret: ref+env://FLEET_TOKEN}\n"
        "timeouts: {connect: 1}\n"
    )
    with collector() as collected:
        code, _ = run(fleet, collected.address, "show", "kyoto-tea")
    assert code == 4
    assert {(one.name, one.attributes["error.type"]) for one in collected.spans() if one.failed} == {
        ("read shop", "Unreachable")
    }
    assert [one.attributes["process.exit.code"] for one in collected.spans() if not one.parent] == ["4"]
    assert {one.attributes["error.type"] for one in collected.spans() if one.name == "POST"} == {"no-response"}


@pytest.mark.parametrize(
    "off", [{"OTEL_SDK_DISABLED": "true"}, {"OTEL_TRACES_EXPORTER": "none"}, {"OTEL_EXPORTER_OTLP_ENDPOINT": ""}]
)
def test_nothing_is_sent_where_traces_are_off(fleet: Path, off: dict[str, str]) -> None:
    with collector() as collected:
        names = {"OTEL_EXPORTER_OTLP_ENDPOINT": collected.address} | off
        assert process("drift", env=environment(**names), cwd=fleet).returncode == 2
    assert collected.bodies == []


def test_a_collector_that_does_not_answer_changes_no_result(fleet: Path) -> None:
    code, said = run(fleet, "http://127.0.0.1:9", "drift")
    assert code == 2
    assert "Traces could not be sent to the collector" in said
    assert "Traceback" not in said
    assert "Transient" not in said
