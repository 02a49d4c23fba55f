"""Many blocks under one time limit, and one timer: each ends in its own time, and nobody else's cancellation is taken for it."""

import asyncio

import pytest

from reconciler.ipn.receive.time_limit import TimeLimit

pytestmark = pytest.mark.anyio


async def took(limit: TimeLimit, work) -> str:
    try:
        with limit.block():
            await work
    except TimeoutError:
        return "too long"
    return "in time"


@pytest.fixture
def anyio_backend():
    return "asyncio"


async def test_what_takes_too_long_ends_and_the_others_do_not():
    limit = TimeLimit(0.2)
    never, answer = asyncio.Event(), asyncio.Event()
    slow = asyncio.create_task(took(limit, never.wait()))
    await asyncio.sleep(0.1)
    later = asyncio.create_task(took(limit, answer.wait()))
    assert await slow == "too long"
    answer.set()
    assert await later == "in time"


async def test_after_one_that_took_too_long_the_next_one_may_too():
    limit = TimeLimit(0.05)
    for _ in range(2):
        assert await took(limit, asyncio.Event().wait()) == "too long"
        assert await took(limit, asyncio.sleep(0)) == "in time"


async def test_several_that_hang_all_end():
    limit = TimeLimit(0.05)
    hanging = [took(limit, asyncio.Event().wait()) for _ in range(50)]
    assert set(await asyncio.gather(*hanging)) == {"too long"}


async def test_what_is_ended_for_all_ends_what_waits_and_what_will_wait():
    limit = TimeLimit(60)
    waiting = asyncio.create_task(took(limit, asyncio.Event().wait()))
    await asyncio.sleep(0)
    limit.end_all()
    assert await waiting == "too long"
    assert await took(limit, asyncio.Event().wait()) == "too long"


async def test_what_need_not_wait_is_finished_also_after_the_end():
    limit = TimeLimit(60)
    limit.end_all()
    with limit.block():
        done = "whole"
    await asyncio.sleep(0)
    assert done == "whole"


async def test_a_cancellation_from_outside_stays_one():
    limit = TimeLimit(60)
    task = asyncio.create_task(took(limit, asyncio.Event().wait()))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_a_limit_serves_one_event_loop_after_another():
    """As in a test that builds the application once: a timer of a loop that is gone is not waited for."""
    limit = TimeLimit(0.05)

    def in_a_loop_of_its_own() -> str:
        return asyncio.run(took(limit, asyncio.Event().wait()))

    assert [await asyncio.to_thread(in_a_loop_of_its_own) for _ in range(2)] == ["too long"] * 2
