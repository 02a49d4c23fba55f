"""Output in a thread: in order, dropped where that is allowed, and never waited for."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from reconciler.lib.output_queue import OutputQueue, QueuedLog

PATIENCE = 10.0


@pytest.fixture
def pipe() -> Iterator[tuple[int, int]]:
    unread, written = os.pipe()
    yield unread, written
    os.close(unread)
    os.close(written)


def fill(descriptor: int) -> int:
    """How many bytes a pipe takes before who writes has to wait."""
    os.set_blocking(descriptor, False)
    taken = 0
    try:
        while True:
            taken += os.write(descriptor, b"." * 4096)
    except BlockingIOError:
        os.set_blocking(descriptor, True)
    return taken


def test_what_is_written_comes_in_order(pipe: tuple[int, int]) -> None:
    unread, written = pipe
    queue, seen = OutputQueue(written), []
    queue.write(b"one ")
    queue.put(lambda: seen.append(os.write(written, b"two ")))
    assert queue.offer(b"three")
    assert queue.drain(PATIENCE)
    assert os.read(unread, 100) == b"one two three"
    assert seen == [4]


def test_unread_progress_is_dropped_and_that_is_shown(pipe: tuple[int, int]) -> None:
    unread, written = pipe
    taken = fill(written)
    queue = OutputQueue(written, limit=10, on_dropped=lambda count: b"(%d left out) " % count)
    queue.write(b"report: ")
    assert not queue.offer(b"progress")
    assert not queue.offer(b"progress")
    assert not queue.drain(0.0)
    left = taken
    while left:
        left -= len(os.read(unread, left))
    assert queue.drain(PATIENCE)
    queue.write(b"done")
    assert queue.drain(PATIENCE)
    assert os.read(unread, 100) == b"report: (2 left out) done"


def test_after_an_error_of_the_reader_nothing_more_is_written() -> None:
    unread, written = os.pipe()
    os.close(unread)
    queue = OutputQueue(written)
    queue.write(b"lost")
    assert queue.drain(PATIENCE)
    assert isinstance(queue.error, BrokenPipeError)
    queue.write(b"lost as well")
    assert queue.drain(PATIENCE)
    os.close(written)


def test_what_is_given_up_is_not_written(pipe: tuple[int, int]) -> None:
    unread, written = pipe
    left = fill(written)
    queue = OutputQueue(written)
    queue.write(b"first")
    queue.write(b"second")
    queue.abandon()
    queue.write(b"third")
    while left:
        left -= len(os.read(unread, left))
    assert queue.drain(PATIENCE)
    os.write(written, b"|")
    # Of the first two, what the thread was already writing when they were given up is written.
    assert os.read(unread, 100) in (b"|", b"first|", b"firstsecond|")


def test_a_job_that_fails_does_not_end_the_thread(pipe: tuple[int, int]) -> None:
    unread, written = pipe
    queue = OutputQueue(written)
    queue.put(lambda: 1 // 0)
    QueuedLog(queue).write("a line\n")
    assert queue.drain(PATIENCE)
    assert os.read(unread, 100) == b"a line\n"
