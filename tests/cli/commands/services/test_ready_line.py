"""Each server says in one form that it listens, in every language and in a log, and answers health checks from then on."""

from __future__ import annotations

import http.client
import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.cli.conftest import command, environment

pytestmark = pytest.mark.system

SECRET = {"RECONCILER_BACKEND_SECRET": "long-enough-a-secret"}
SETTINGS = """\
embedded: {seed: seed.json}
ipn: {topics: ["arn:aws:sns:us-west-2:291180941288:A31YDYE76E6TCP{seller_id}"]}
"""
SERVICES = {
    "backend": ("serve", "backend", "--port", "0"),
    "ipn": ("serve", "ipn", "--port", "0", "--ops-port", "0"),
    "watch": ("watch", "--port", "0"),
    "console": ("serve", "console", "--port", "0"),
}


@contextmanager
def running(*words: str, **variables: str) -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(
        command(*words), env=environment(**SECRET, **variables), stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            yield process
        finally:
            process.terminate()
            assert process.stderr is not None
            process.stderr.read()
            assert process.wait(30) == 0


def first_line(process: subprocess.Popen[str]) -> str:
    assert process.stderr is not None
    return process.stderr.readline()


def until_ready(process: subprocess.Popen[str]) -> dict[str, str]:
    """The event of a log of JSON."""
    assert process.stderr is not None
    for line in process.stderr:
        event: dict[str, str] = json.loads(line)
        if event["event"] == "ready":
            return event
    raise AssertionError("it was never ready")


def answer(address: str, path: str) -> tuple[int, str]:
    port = int(address.rpartition(":")[2].rstrip("/"))
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("GET", path)
    response = connection.getresponse()
    text = response.read().decode()
    connection.close()
    return response.status, text


@pytest.fixture(autouse=True)
def _settings(fleet: Path) -> None:
    (fleet / "reconciler.yaml").write_text(SETTINGS)


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize(("language", "end"), [("C.UTF-8", "(Ctrl-C stops it)"), ("ja_JP.UTF-8", "(Ctrl-C で停止)")])
def test_the_ready_line_has_one_form(service: str, language: str, end: str) -> None:
    with running(*SERVICES[service], LANG=language) as process:
        words = first_line(process).split(maxsplit=3)
    assert words[:2] == ["ready:", service]
    assert words[2].startswith("http://127.0.0.1:")
    assert words[3].rstrip() == end


@pytest.mark.parametrize("service", SERVICES)
def test_in_a_log_of_json_it_is_an_event(service: str) -> None:
    with running(*SERVICES[service], "--log", "json") as process:
        event = until_ready(process)
    assert (event["service"], event["level"]) == (service, "info")
    assert event["address"].startswith("http://127.0.0.1:")


@pytest.mark.parametrize("service", [name for name in SERVICES if name != "ipn"])
def test_a_ready_server_answers_health_checks_at_its_address(service: str) -> None:
    with running(*SERVICES[service]) as process:
        address = first_line(process).split()[2]
        assert answer(address, "/healthz") == (200, "ok\n")
        assert answer(address, "/readyz")[0] in (200, 503)
        status, text = answer(address, "/metrics")
    assert status == 200
    assert "# TYPE reconciler_" in text


def test_the_backend_is_ready_with_its_database(fleet: Path) -> None:
    with running(*SERVICES["backend"]) as process:
        address = first_line(process).split()[2]
        assert answer(address, "/readyz") == (200, "ok\n")
        (fleet / ".reconciler" / "embedded.db").unlink()
        assert answer(address, "/readyz") == (503, "no-database\n")
