"""Items that come together are asked together, in requests that leave both sides something to do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import chain

import anyio
import anyio.lowlevel
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.adapters.backend.bulk.gathering import ALONE, Alone, Gatherer


@dataclass(slots=True)
class Asked:
    """Each request waits until `answer` is called."""

    requests: list[list[int]] = field(default_factory=list)
    under_way: int = 0
    most_under_way: int = 0
    _answers: list[anyio.Event] = field(default_factory=list)

    async def __call__(self, items: Sequence[int]) -> Sequence[str | Alone | Exception]:
        self.requests.append(list(items))
        self._answers.append(anyio.Event())
        self.under_way += 1
        self.most_under_way = max(self.most_under_way, self.under_way)
        await self._answers[-1].wait()
        self.under_way -= 1
        return [str(item) for item in items]

    def answer(self, number: int) -> None:
        self._answers[number].set()


def gatherer(asked: Asked, *, most: int = 500, room: int = 10_000) -> Gatherer[int, str]:
    return Gatherer(ask=asked, weigh=lambda _: 1, most=most, room=room, gather=0)


async def settled() -> None:
    """Until every task that could go on has done so."""
    for _ in range(50):
        await anyio.lowlevel.checkpoint()


@pytest.mark.anyio
async def test_two_requests_are_under_way_and_the_next_follows_an_answer() -> None:
    asked = Asked()
    shared, answers = gatherer(asked), set()

    async def one(item: int) -> None:
        answers.add(await shared.answer(item))

    async with anyio.create_task_group() as group:
        for item in range(100):
            group.start_soon(one, item)
        await settled()
        assert [len(request) for request in asked.requests] == [33, 33]
        assert not answers

        asked.answer(0)
        await settled()
        assert [len(request) for request in asked.requests] == [33, 33, 22]
        assert answers == {str(item) for item in range(33)}

        while len(answers) < 100:
            for number in range(len(asked.requests)):
                asked.answer(number)
            await settled()
    assert answers == {str(item) for item in range(100)}
    assert asked.most_under_way == 2


@pytest.mark.anyio
async def test_a_few_are_one_request() -> None:
    asked = Asked()
    shared = gatherer(asked)
    async with anyio.create_task_group() as group:
        for item in range(16):
            group.start_soon(shared.answer, item)
        await settled()
        assert asked.requests == [list(range(16))]
        asked.answer(0)


@pytest.mark.anyio
async def test_one_that_comes_without_others_is_alone_at_once() -> None:
    asked = Asked()
    assert await gatherer(asked).answer(1) is ALONE
    assert asked.requests == []


@pytest.mark.anyio
async def test_one_that_is_withdrawn_is_not_asked() -> None:
    asked = Asked()
    shared, withdrawn = gatherer(asked), anyio.CancelScope()

    async def one_withdrawn() -> None:
        with withdrawn:
            await shared.answer(1_000)

    async with anyio.create_task_group() as group:
        for item in range(100):
            group.start_soon(shared.answer, item)
        await settled()
        group.start_soon(one_withdrawn)
        await settled()
        withdrawn.cancel()
        for number in range(9):
            await settled()
            if number < len(asked.requests):
                asked.answer(number)
    assert sorted(chain.from_iterable(asked.requests)) == list(range(100))


@given(count=st.integers(2, 300), most=st.integers(2, 60), room=st.integers(2, 60))
def test_each_is_asked_once_in_requests_that_have_room(count: int, most: int, room: int) -> None:
    requests: list[list[int]] = []

    async def ask(items: Sequence[int]) -> Sequence[str | Alone | Exception]:
        requests.append(list(items))
        await anyio.lowlevel.checkpoint()
        return [str(item) for item in items]

    async def all_of_them() -> list[str | Alone]:
        shared: Gatherer[int, str] = Gatherer(ask=ask, weigh=lambda _: 1, most=most, room=room, gather=0)
        answers: list[str | Alone] = [ALONE] * count

        async def one(item: int) -> None:
            answers[item] = await shared.answer(item)

        async with anyio.create_task_group() as group:
            for item in range(count):
                group.start_soon(one, item)
        return answers

    answers = anyio.run(all_of_them)
    alone = {item for item, answer in enumerate(answers) if answer is ALONE}
    assert {answer for answer in answers if answer is not ALONE} == {str(i) for i in range(count) if i not in alone}
    assert sorted(chain.from_iterable(requests)) == sorted(set(range(count)) - alone)
    assert all(2 <= len(request) <= min(most, room) for request in requests)
    assert len(alone) <= 1
