"""Several sidecar processes on one port and one inbox: all receive, and only the one that may process does."""

from __future__ import annotations

import http.client
import json
import re
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.cli.commands.services.test_serve_on_postgresql import WORLD, listed, posted, settled, signer
from tests.cli.conftest import Run, command, environment, run
from tests.support.sns_signer import TOPIC_PATTERN, Signer, capture_message

pytestmark = pytest.mark.system

__all__ = ["run", "signer"]

MESSAGES = 40
"""Each over a connection of its own: that all go to one of two sidecars has a chance of 2 in 2 to the 40th."""


@dataclass(frozen=True)
class Serving:
    process: subprocess.Popen[str]
    port: int
    operators: int

    def metric(self, name: str) -> float:
        connection = http.client.HTTPConnection("127.0.0.1", self.operators, timeout=30)
        connection.request("GET", "/metrics")
        text = connection.getresponse().read().decode()
        connection.close()
        return sum(float(value) for value in re.findall(rf"^{name}(?:{{[^}}]*}})? (\S+)$", text, re.MULTILINE))


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    settings = {"embedded": {"seed": "world.json"}, "ipn": {"topics": [TOPIC_PATTERN], "certificates": "pinned"}}
    (tmp_path / "world.json").write_text(json.dumps(WORLD))
    (tmp_path / "reconciler.yaml").write_text(json.dumps(settings))
    monkeypatch.chdir(tmp_path)
    return tmp_path


@contextmanager
def serving(*options: str) -> Iterator[Serving]:
    words = command("serve", "ipn", "--ops-port", "0", *options)
    with subprocess.Popen(words, env=environment(), stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        try:
            ports = [int(process.stderr.readline().partition("127.0.0.1:")[2].partition("/")[0]) for _ in range(2)]
            yield Serving(process, *ports)
        finally:
            process.send_signal(signal.SIGTERM)
            process.stderr.read()


def genuine(signer: Signer, **more: object) -> bytes:
    now = datetime.now(UTC)
    return signer.body(capture_message(amount="1000", updated=now, **more), published=now)


def test_all_receive_and_only_the_one_that_may_process_does(folder: Path, signer: Signer, run: Run) -> None:
    receiving = ("--share-port", "--receive-only")
    with serving("--port", "0", *receiving) as first, serving("--port", str(first.port), *receiving) as second:
        assert [posted(first.port, genuine(signer)) for _ in range(MESSAGES)] == [200] * MESSAGES
        received = [each.metric("reconciler_ipn_received_total") for each in (first, second)]
        assert sum(received) == MESSAGES
        assert min(received) > 0
        first.process.kill()
        first.process.wait()
        assert posted(second.port, genuine(signer)) == 200
        assert [row["status"] for row in listed(run, "list")] == ["waiting"] * (MESSAGES + 1)
        with serving("--port", "0") as third:
            assert [row["status"] for row in settled(run)] == ["done"] * (MESSAGES + 1)
            assert (second.metric("reconciler_ipn_leads"), third.metric("reconciler_ipn_leads")) == (0, 1)
    reasons = sorted(row["reason"] for row in listed(run, "list"))
    assert reasons.count("paid") == 1


def test_a_port_that_one_sidecar_does_not_share_is_refused(folder: Path, signer: Signer, run: Run) -> None:
    with serving("--port", "0") as alone:
        result = run("serve", "ipn", "--port", str(alone.port), "--ops-port", "0", "--share-port")
    assert result.exit_code == 1
    assert "Choose another port with --port" in result.stderr
