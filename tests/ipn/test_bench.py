"""`make bench-ipn` on a small scale: it finishes, and one run prints every figure."""

import pytest

from bench.ipn import Scale, main

pytestmark = pytest.mark.system


def test_one_run_prints_every_figure(capfd):
    assert main(Scale(messages=40, rounds=1, alone=5, addresses=40)) == 0
    output = capfd.readouterr().out
    for figure in (
        "accepted: verified and on disk",
        "accepted while the worker processes them",
        "the same server, verification only",
        "the same server that answers 200 and does nothing",
        "bare signature checks",
        "bare durable inserts, one per commit",
        "bare durable inserts, 32 per commit",
    ):
        assert f" x   {figure}" in output
    assert "share of the server that does nothing" in output
    assert "several processes" in output
    assert "CPU per message" in output
    assert "while the worker processes" in output
    assert output.count("p50") == output.count("p99") == 3
    assert "MiB before 40 addresses of certificates that do not exist" in output
