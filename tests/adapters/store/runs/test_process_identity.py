"""A process counts as gone only if that is certain."""

import os
import subprocess
import sys
from dataclasses import replace

import pytest

from reconciler.adapters.store.runs.process_identity import Process, is_gone, this_process

HERE = this_process()
pytestmark = pytest.mark.skipif(HERE.place is None, reason="no /proc here: nothing is ever certain")


@pytest.fixture
def child():
    """Lives until it is killed; says who it is."""
    script = (
        "import sys; from reconciler.adapters.store.runs.process_identity import this_process; p = this_process();"
        "print(p.place, p.pid, p.born, sep='|', flush=True); sys.stdin.read()"
    )
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen([sys.executable, "-c", script], **pipes) as started:
        place, pid, born = started.stdout.readline().strip().split("|")
        yield started, Process(place=place, pid=int(pid), born=int(born))
        started.kill()


def test_this_process_lives():
    assert HERE.pid == os.getpid()
    assert not is_gone(HERE, HERE)


def test_a_child_lives_until_it_is_killed(child):
    started, process = child
    assert not is_gone(process, HERE)
    started.kill()
    os.waitid(os.P_PID, started.pid, os.WEXITED | os.WNOWAIT)
    assert is_gone(process, HERE)  # a zombie: no process has waited for it yet
    started.wait()
    assert is_gone(process, HERE)


def test_a_pid_that_came_again_is_another_process():
    assert is_gone(replace(HERE, born=HERE.born - 1), HERE)


@pytest.mark.parametrize("place", [None, "another boot pid:[4026531836]"])
def test_what_ran_elsewhere_is_taken_to_live(place):
    assert not is_gone(replace(HERE, place=place, pid=2**22), HERE)
    assert not is_gone(replace(HERE, pid=2**22), replace(HERE, place=place))


def test_an_invalid_pid_is_not_queried():
    assert not is_gone(replace(HERE, pid=0), HERE)
    assert not is_gone(replace(HERE, pid=-1), HERE)
