"""What a watcher answers to /readyz: whether it does its work, in one word."""

import pytest

from reconciler.core.diagnostics.messages import msg
from reconciler.ports import SetupError
from reconciler.wiring.watch.watch_server import ready_state
from reconciler.workflows.watch.parts import WatchParts
from reconciler.workflows.watch.status import WatchStatus
from tests.support.manual_clock import HandClock

pytestmark = pytest.mark.anyio


async def status(*failing: str, leader: bool = True, started: bool = True) -> WatchStatus:
    """Of a watcher of which these parts have failed."""

    async def fail() -> None:
        raise SetupError(msg("the store cannot be read"))

    parts = WatchParts(HandClock())
    for part in failing:
        assert not await parts.run(part, fail)
    return WatchStatus(parts=parts, leader=leader, started=started)


@pytest.mark.parametrize("part", ["start", "look", "step"])
async def test_it_is_not_ready_while_a_part_fails_without_which_nothing_is_watched(part: str) -> None:
    answer = ready_state(await status(part))
    assert (answer.ready, answer.word) == (False, "failing")


async def test_it_is_degraded_while_another_part_fails() -> None:
    answer = ready_state(await status("feed"))
    assert (answer.ready, answer.word) == (True, "degraded")


async def test_it_is_not_ready_before_it_has_read_its_store() -> None:
    answer = ready_state(await status(started=False))
    assert (answer.ready, answer.word) == (False, "starting")


async def test_a_leader_that_watches_is_ready() -> None:
    answer = ready_state(await status())
    assert (answer.ready, answer.word) == (True, "ok")


async def test_on_standby_it_is_ready_whatever_fails() -> None:
    answer = ready_state(await status("look", leader=False, started=False))
    assert (answer.ready, answer.word) == (True, "standby")
