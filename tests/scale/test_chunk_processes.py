"""Processes of a worker: kept, side by side, replaced where they die, and never left alone."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import anyio
import pytest

from reconciler.scale.chunk_processes import ChunkProcesses, ProcessDied, WorkFailed
from tests.scale import chunk_work
from tests.support.waiting import until, wait_until

pytestmark = pytest.mark.anyio


@pytest.fixture
def file(tmp_path: Path) -> Path:
    made = tmp_path / "happened"
    made.touch()
    return made


def pool(size: int = 1) -> ChunkProcesses:
    return ChunkProcesses(chunk_work.work, size, chunk_work.prepare)


async def test_work_is_done_in_one_other_process_again_and_again(file: Path) -> None:
    async with pool().opened() as processes:
        first, second = [await processes.run("say", file, text) for text in "ab"]

    assert (first[1], second[1]) == ("a", "b")
    assert first[0] == second[0] != os.getpid()


async def test_two_work_side_by_side(file: Path) -> None:
    ended: list[str] = []

    async def run(text: str) -> None:
        ended.append(await processes.run("meet", file, text))

    async with pool(2).opened() as processes, anyio.create_task_group() as group:
        group.start_soon(run, "a")
        group.start_soon(run, "b")

    assert sorted(ended) == ["a", "b"]


async def test_a_process_that_dies_fails_its_work_alone_and_is_replaced(file: Path) -> None:
    died: list[int | None] = []

    async def killed() -> None:
        with pytest.raises(ProcessDied) as error:
            await processes.run("die", file, "x")
        died.append(error.value.code)

    async with pool(2).opened() as processes:
        async with anyio.create_task_group() as group:
            group.start_soon(killed)
            group.start_soon(processes.run, "say", file, "b")
        ended = [await processes.run("say", file, "c") for _ in range(3)]

    assert died == [-signal.SIGKILL]
    assert [text for _, text in ended] == ["c"] * 3
    assert len({number for number, _ in ended}) == 2


async def test_an_error_is_named_with_its_place_and_without_its_text(file: Path) -> None:
    async with pool().opened() as processes:
        with pytest.raises(WorkFailed) as error:
            await processes.run("fail", file, "hunter2")
        assert (await processes.run("say", file, "after"))[1] == "after"

    assert error.value.place.startswith("ValueError at fail:")
    assert "hunter2" not in error.value.place


async def test_a_stop_lets_what_is_in_progress_finish(file: Path) -> None:
    ended: list[str] = []

    async def run() -> None:
        ended.append(await processes.run("until_stopped", file, "a"))

    async with pool().opened() as processes, anyio.create_task_group() as group:
        group.start_soon(run)
        await until(file.read_text)
        processes.stop()

    assert ended == ["finished"]


async def test_a_process_that_is_started_after_the_stop_hears_of_it(file: Path) -> None:
    async with pool().opened() as processes:
        with pytest.raises(ProcessDied):
            await processes.run("die", file, "x")
        processes.stop()
        assert await processes.run("until_stopped", file, "a") == "finished"


def test_processes_end_their_work_and_themselves_where_their_worker_is_killed(file: Path) -> None:
    worker = subprocess.Popen(
        [sys.executable, "-m", "tests.scale.orphaned_pool", str(file)], cwd=Path(__file__).parents[2]
    )
    wait_until(file.read_text)
    child = int(file.read_text().split()[0])
    worker.kill()
    worker.wait()

    wait_until(lambda: not alive(child))
    assert file.read_text().endswith("a finished\n")


def alive(process: int) -> bool:
    """A process that ended and that nobody waited for counts as ended."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
