"""Sharing a disk sync: order, one transaction at a time, and each caller gets its own result."""

import threading
from itertools import chain

import anyio
import pytest

from reconciler.adapters.store.db.group_commit import GroupCommit

pytestmark = pytest.mark.anyio


class Disk:
    """Commits when it is let go, one batch at a time, and remembers the batches."""

    def __init__(self) -> None:
        self.batches: list[list[int]] = []
        self.free = threading.Event()
        self.under_way = threading.Event()
        self.broken = False

    def commit(self, items):
        self.under_way.set()
        assert self.free.wait(timeout=10)
        if self.broken:
            raise OSError("no disk")
        self.batches.append(list(items))
        return [item * 10 for item in items]


async def waiting_behind(disk: Disk, commits: GroupCommit, numbers, answers) -> None:
    """Number 0 is on its way to the disk, the others queue up; then the disk is let go."""

    async def one(number: int) -> None:
        try:
            answers[number] = await commits.submit(number)
        except OSError as error:
            answers[number] = str(error)

    async with anyio.create_task_group() as group:
        group.start_soon(one, 0)
        await anyio.to_thread.run_sync(disk.under_way.wait)
        for number in numbers:
            group.start_soon(one, number)
        await anyio.wait_all_tasks_blocked()
        disk.free.set()


async def test_those_who_wait_share_the_next_trip_in_the_order_they_came():
    disk = Disk()
    answers: dict[int, object] = {}
    await waiting_behind(disk, GroupCommit(disk.commit), range(1, 65), answers)
    assert disk.batches == [[0], list(range(1, 65))]
    assert answers == {number: number * 10 for number in range(65)}


async def test_a_failed_commit_is_reported_to_all_in_it_and_the_next_one_continues():
    disk = Disk()
    answers: dict[int, object] = {}
    commits = GroupCommit(disk.commit)
    disk.broken = True
    await waiting_behind(disk, commits, range(1, 4), answers)
    assert answers == dict.fromkeys(range(4), "no disk")
    disk.broken = False
    assert await commits.submit(7) == 70


async def test_what_was_asked_for_is_seen_through_though_the_asker_is_cancelled():
    disk = Disk()
    answers: dict[int, object] = {}
    commits = GroupCommit(disk.commit)

    async def one(number: int) -> None:
        answers[number] = await commits.submit(number)

    async with anyio.create_task_group() as group:
        group.start_soon(one, 0)
        await anyio.to_thread.run_sync(disk.under_way.wait)
        group.start_soon(one, 1)
        await anyio.wait_all_tasks_blocked()
        group.cancel_scope.cancel()
        disk.free.set()
    assert answers == {0: 0, 1: 10}


async def test_a_caller_that_does_not_wait_leaves_at_once_and_started_work_is_finished():
    disk = Disk()
    answers: dict[int, object] = {}
    commits = GroupCommit(disk.commit)

    async def one(number: int) -> None:
        answers[number] = await commits.submit_cancellable(number)

    with anyio.fail_after(5):
        async with anyio.create_task_group() as patient:
            async with anyio.create_task_group() as hasty:
                hasty.start_soon(one, 0)
                await anyio.to_thread.run_sync(disk.under_way.wait)
                hasty.start_soon(one, 1)
                patient.start_soon(one, 2)
                await anyio.wait_all_tasks_blocked()
                hasty.cancel_scope.cancel()
            assert disk.batches == []
            disk.free.set()
    assert disk.batches == [[0], [2]]
    assert answers == {2: 20}
    assert await commits.submit_cancellable(3) == 30


async def test_the_caller_gets_the_error_of_a_failed_commit():
    disk = Disk()
    disk.broken = True
    disk.free.set()
    with pytest.raises(OSError, match="no disk"):
        await GroupCommit(disk.commit).submit_cancellable(1)


async def test_the_event_loop_continues():
    disk, beats = Disk(), 0
    commits = GroupCommit(disk.commit)
    async with anyio.create_task_group() as group:
        group.start_soon(commits.submit, 1)
        await anyio.to_thread.run_sync(disk.under_way.wait)
        for _ in range(100):
            await anyio.lowlevel.checkpoint()
            beats += 1
        disk.free.set()
    assert beats == 100


async def test_a_cancelled_commit_leaves_no_one_waiting():
    class CutOff(BaseException):
        pass

    def commit(_):
        raise CutOff

    commits = GroupCommit(commit)
    with pytest.raises(CutOff):
        await commits.submit(1)


async def test_once_several_shared_a_trip_the_next_one_waits_a_moment_for_company():
    disk = Disk()
    answers: dict[int, object] = {}
    commits = GroupCommit(disk.commit, gather=0.05)
    await waiting_behind(disk, commits, range(1, 3), answers)

    async def after(number: int, turns: int) -> None:
        """Some turns of the event loop later: more than a trip takes that leaves at once."""
        for _ in range(turns):
            await anyio.lowlevel.checkpoint()
        await commits.submit(number)

    async with anyio.create_task_group() as group:
        group.start_soon(commits.submit, 7)
        group.start_soon(after, 8, 20)
    assert disk.batches == [[0], [1, 2], [7, 8]]


async def test_who_comes_alone_does_not_wait_for_company():
    disk = Disk()
    disk.free.set()
    commits = GroupCommit(disk.commit, gather=3600)
    with anyio.fail_after(5):
        assert [await commits.submit(number) for number in (1, 2)] == [10, 20]


async def test_enough_of_them_do_not_wait_for_company():
    disk = Disk()
    answers: dict[int, object] = {}
    commits = GroupCommit(disk.commit, gather=3600, enough=3)
    await waiting_behind(disk, commits, range(1, 4), answers)
    with anyio.fail_after(5):
        async with anyio.create_task_group() as group:
            for number in range(4, 10):
                group.start_soon(commits.submit, number)
    assert disk.batches[:2] == [[0], [1, 2, 3]]
    assert list(chain(*disk.batches)) == list(range(10))


async def test_a_commit_starts_before_the_loop_ends_its_turn():
    """Tasks that were answered together come back together: the thread works on the first ones while the others go on."""
    disk = Disk()
    commits = GroupCommit(disk.commit, enough=2)
    under_way = []

    async def one(number: int) -> None:
        under_way.append(disk.under_way.wait(timeout=10) if number == 2 else None)
        await commits.submit(number)

    async with anyio.create_task_group() as group:
        for number in range(4):
            group.start_soon(one, number)
        disk.free.set()
    assert under_way == [None, None, True, None]
    assert disk.batches[0] == [0, 1]


async def test_what_waits_behind_a_commit_that_takes_too_long_fails_too_and_the_order_is_kept():
    disk = Disk()
    answers: dict[int, object] = {}
    commits = GroupCommit(disk.commit, deadline=0.05, overdue=lambda: OSError("too slow"))

    async def one(number: int) -> None:
        try:
            answers[number] = await commits.submit(number)
        except OSError as error:
            answers[number] = str(error)

    async with anyio.create_task_group() as group:
        group.start_soon(one, 0)
        await anyio.to_thread.run_sync(disk.under_way.wait)
        group.start_soon(one, 1)
    assert answers == {0: "too slow", 1: "too slow"}
    disk.free.set()
    assert await commits.submit(2) == 20
    assert disk.batches == [[0], [2]]
