"""The log of a process that does chunks: a reader that is gone, or does not read, must not stop what a chunk does."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

CHILD = """\
from reconciler.lib.event_log import log_event
from reconciler.wiring.fleet.chunk_process import prepare_process
prepare_process("text")
for number in range(3000):
    log_event("shop-applied", shop="kyoto-tea", outcome="\\udc80" * 40, writes=number)
print("done")
"""


@pytest.mark.parametrize("reader", ["gone", "idle"])
def test_a_log_that_is_not_read_does_not_stop_the_work(reader: str) -> None:
    read, write = os.pipe()
    if reader == "gone":
        os.close(read)
    try:
        done = subprocess.run(
            [sys.executable, "-c", CHILD], stdout=subprocess.PIPE, stderr=write, timeout=60, check=False
        )
    finally:
        os.close(write)
        if reader == "idle":
            os.close(read)
    assert (done.returncode, done.stdout) == (0, b"done\n")


def test_the_last_line_is_written() -> None:
    done = subprocess.run([sys.executable, "-c", CHILD], capture_output=True, timeout=60, check=False)
    assert done.stderr.count(b"\n") == 3000
    assert done.stderr.endswith(b"writes=2999\n")
