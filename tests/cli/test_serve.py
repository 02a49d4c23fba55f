"""`serve backend`: what is announced is so, and what cannot be served is said before."""

from __future__ import annotations

import http.client
import signal
import socket
import subprocess
from pathlib import Path

import pytest

from tests.cli.conftest import Run, command, environment


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize(("more", "status"), [((), 404), (("--faults",), 200)])
def test_served_where_it_says(ending: signal.Signals, more: tuple[str, ...], status: int, fleet: Path) -> None:
    with subprocess.Popen(
        command("serve", "backend", "--port", "0", *more),
        env=environment(RECONCILER_BACKEND_SECRET="long-enough-a-secret"),
        stderr=subprocess.PIPE,
        text=True,
    ) as served:
        assert served.stderr is not None
        address, told = served.stderr.readline(), served.stderr.readline()
        port = int(address.partition("127.0.0.1:")[2].partition("/")[0])
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        connection.request("GET", "/embedded/faults")
        answered = connection.getresponse().status
        connection.close()
        served.send_signal(ending)
        assert served.wait(30) == 0
    assert told == "the client id is reconciler, its secret is from ref+env://RECONCILER_BACKEND_SECRET; shops: 2\n"
    assert (answered == 404) is (status == 404)


def test_a_port_in_use(fleet: Path, run: Run) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        result = run("serve", "backend", "--port", str(port), RECONCILER_BACKEND_SECRET="long-enough-a-secret")
    assert result.exit_code == 1
    assert f"S201 bad-settings: 127.0.0.1:{port} cannot be listened on: Address already in use" in result.stderr
    assert "serving on" not in result.stderr


def test_a_secret_that_is_missing(fleet: Path, run: Run) -> None:
    result = run("serve", "backend", "--port", "0")
    assert result.exit_code == 1
    assert "S101 secret-missing" in result.stderr
    assert "serving on" not in result.stderr
