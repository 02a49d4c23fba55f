"""Unread output keeps no shop closed and does not keep the process from ending. Real processes, a served backend, real pipes."""

from __future__ import annotations

import os
import pty
import signal
import subprocess
import sys
import termios
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from reconciler.lib.output_queue import OutputQueue
from tests.cli.served_shops import SECONDS, applying, closed

pytestmark = pytest.mark.system


@contextmanager
def unread_pipe() -> Iterator[int]:
    """The write end of a pipe that is full and not read."""
    read, write = os.pipe()
    os.set_blocking(write, False)
    try:
        while True:
            os.write(write, b"x" * 4096)
    except BlockingIOError:
        os.set_blocking(write, True)
    try:
        yield write
    finally:
        os.close(read)
        os.close(write)


@contextmanager
def stopped_terminal() -> Iterator[int]:
    """A terminal after Ctrl-S."""
    master, slave = pty.openpty()
    termios.tcflow(slave, termios.TCOOFF)
    try:
        yield slave
    finally:
        os.close(master)
        os.close(slave)


@pytest.mark.parametrize(
    ("stderr", "words"),
    [(unread_pipe, ("-v",)), (unread_pipe, ("-o", "json")), (stopped_terminal, ("--waves", "50%,100%"))],
)
def test_an_unread_stderr_holds_up_neither_the_run_nor_its_report(stderr, words, shops) -> None:
    world, _ = shops
    with stderr() as blocked, applying(*words, stdout=subprocess.PIPE, stderr=blocked) as child:
        assert child.stdout is not None
        report = child.stdout.read(20)
        assert report.lstrip().startswith(("Plan sha256:", "{"))
        assert closed(world) == []
        child.send_signal(signal.SIGINT)
        child.communicate(timeout=SECONDS)


def test_a_signal_while_the_process_ends_waits_for_no_reader() -> None:
    """Everything is written by then; Python itself would report the signal on stderr."""
    code = (
        "import atexit, os, signal; atexit.register(os.kill, os.getpid(), signal.SIGINT);"
        "from reconciler.cli import main; main()"
    )
    with unread_pipe() as blocked:
        child = subprocess.Popen(
            [sys.executable, "-c", code, "--version"], stdout=subprocess.PIPE, stderr=blocked, text=True
        )
        try:
            report, _ = child.communicate(timeout=SECONDS)
        finally:
            child.kill()
            child.wait()
    assert report.startswith("reconciler ")
    assert child.returncode == -signal.SIGINT


@pytest.mark.parametrize(
    ("stderr", "number"),
    [(unread_pipe, signal.SIGINT), (unread_pipe, signal.SIGTERM), (stopped_terminal, signal.SIGINT)],
)
def test_one_signal_ends_a_run_whose_stderr_is_not_read(stderr, number: signal.Signals, shops) -> None:
    world, gate = shops
    gate.let_through.clear()
    with stderr() as blocked, applying("-v", stdout=subprocess.PIPE, stderr=blocked) as child:
        assert gate.reached.wait(SECONDS)
        child.send_signal(number)
        gate.let_through.set()
        report, _ = child.communicate(timeout=SECONDS)
        assert child.returncode == 5
    assert closed(world) == []
    assert "the run was interrupted" in report


def test_an_unread_report_waits_with_all_shops_open_and_a_second_signal_ends_it(shops) -> None:
    world, gate = shops
    gate.let_through.clear()
    with unread_pipe() as blocked, applying("-v", stdout=blocked, stderr=blocked) as child:
        assert gate.reached.wait(SECONDS)
        child.send_signal(signal.SIGINT)
        gate.let_through.set()
        until_ended(child, signal.SIGTERM, lambda: not closed(world))
    assert closed(world) == []


def until_ended(child: subprocess.Popen[str], number: signal.Signals, ready) -> None:
    """Sends the signal once `ready`, and again, until the process has ended."""
    for _ in range(SECONDS * 10):
        try:
            child.communicate(timeout=0.1)
        except subprocess.TimeoutExpired:
            if ready():
                child.send_signal(number)
        else:
            return
    raise AssertionError("the process did not end")


def test_unread_progress_is_dropped_and_counted_and_the_rest_is_in_order() -> None:
    read, write = os.pipe()
    os.set_blocking(write, False)
    filled = 0
    try:
        while True:
            filled += os.write(write, b"x" * 4096)
    except BlockingIOError:
        os.set_blocking(write, True)
    queue = OutputQueue(write, limit=10, on_dropped=lambda count: f"{count} left out\n".encode())
    queue.write(b"first\n")
    assert [queue.offer(line) for line in (b"a\n", b"b\n", b"long enough\n", b"another line\n")] == [
        True,
        True,
        False,
        False,
    ]
    queue.write(b"last\n")
    assert not queue.drain(0.0)
    reported = b""
    while not reported.endswith(b"last\n"):
        reported += os.read(read, 1 << 20)
    assert queue.drain(SECONDS)
    assert reported[filled:] == b"first\na\nb\n2 left out\nlast\n"
    os.close(read)
    os.close(write)
