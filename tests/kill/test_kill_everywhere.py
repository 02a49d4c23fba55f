"""An apply is killed at every request, every journal write and every lease, with SIGKILL, in a real process. What comes after
must be complete. So is a resume after such an apply, and an apply whose store is on a PostgreSQL server.

In `make test` some points are tried, so that each kind of point is met; `make soak` tries them all.
"""

from __future__ import annotations

import shutil
import signal
from itertools import count
from pathlib import Path

import pytest

from tests.kill.fleet import Zygote, check, copy, is_whole_again


def test_killed_at_every_seventeenth_point_nothing_is_lost(pristine, points, zygote, tmp_path, capsys) -> None:
    tried = range(1, points.count + 1, 17)
    for point in tried:
        check(copy(pristine, tmp_path / str(point)), zygote, point)
        shutil.rmtree(tmp_path / str(point))
    with capsys.disabled():
        print(f"\nkill points: {points.count}, tried here: {len(tried)} (make soak tries all)")


def kill_the_resume(left: Path, zygote: Zygote, step: int) -> int:
    """At every so manyth point, until it comes to its end. Out: how many points were tried."""
    for tried, point in enumerate(count(1, step)):
        folder = copy(left, left.parent / f"resume-{point}")
        ended = zygote.run(folder, ["resume"], point).ended
        is_whole_again(folder, zygote, f"resume killed at {point}")
        shutil.rmtree(folder)
        if ended == 0:
            return tried
        assert ended == -signal.SIGKILL
    raise AssertionError("a resume that never ends")


def test_a_killed_resume_can_be_repeated(left_closed, zygote) -> None:
    assert kill_the_resume(left_closed, zygote, 5) > 3


@pytest.mark.soak
def test_a_resume_that_is_killed_at_any_point_can_be_repeated(left_closed, zygote, capsys) -> None:
    tried = kill_the_resume(left_closed, zygote, 1)
    with capsys.disabled():
        print(f"\nkill points of a resume: {tried}, all tried")


def test_with_the_store_on_a_server_nothing_is_lost_either(on_a_server, points, zygote) -> None:
    for point in range(7, points.count + 1, 59):
        check(on_a_server(point), zygote, point)


@pytest.mark.soak
def test_with_the_store_on_a_server_nothing_is_lost_at_every_third_point(on_a_server, points, zygote) -> None:
    for point in range(1, points.count + 1, 3):
        check(on_a_server(point), zygote, point)


@pytest.mark.soak
def test_killed_at_every_point_nothing_is_lost(pristine, points, zygote, tmp_path, capsys) -> None:
    for point in range(1, points.count + 1):
        check(copy(pristine, tmp_path / str(point)), zygote, point)
        shutil.rmtree(tmp_path / str(point))
    with capsys.disabled():
        print(f"\nkill points: {points.count}, all tried")
