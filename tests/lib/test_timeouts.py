"""A deadline on the caller's clock, and a renewal that lasts until it is lost."""

from datetime import timedelta

import anyio
import pytest

from reconciler.lib.lease_renewal import Renewal
from reconciler.lib.timeouts import DeadlineExceeded, with_deadline
from tests.support.auto_clock import START, PassingClock

pytestmark = pytest.mark.anyio


async def test_an_answer_in_time_is_given():
    clock = PassingClock()

    async def ask():
        await clock.sleep(1)
        return "answer"

    assert await with_deadline(clock, 2.0, ask) == "answer"


async def test_an_error_in_time_is_raised_as_it_is():
    async def ask():
        raise KeyError("x")

    with pytest.raises(KeyError):
        await with_deadline(PassingClock(), 2.0, ask)


async def test_what_takes_longer_is_cancelled():
    clock = PassingClock()
    with pytest.raises(DeadlineExceeded):
        await with_deadline(clock, 2.0, anyio.sleep_forever)
    assert clock.now() == START + timedelta(seconds=2)


class Taken(Exception):
    pass


class Away(Exception):
    pass


class Held:
    """Renewed by the script: for each renewal an exception, or None where it succeeds for another minute."""

    def __init__(self, clock, *script):
        self.clock, self.script, self.failures = clock, list(script), []
        self.expires = clock.now() + timedelta(seconds=60)

    async def renew(self):
        answer = self.script.pop(0)
        if answer is not None:
            raise answer
        self.expires = self.clock.now() + timedelta(seconds=60)

    def renewal(self):
        return Renewal(
            renew=self.renew, expires=lambda: self.expires, taken=Taken, failed=Away,
            every=15, again=5, on_failure=self.failures.append,
        )  # fmt: skip


@pytest.mark.parametrize(
    ("script", "seconds", "failures"),
    [
        ((Taken(),), 15, 0),
        ((None, None, Taken()), 45, 0),
        ((Away(), None, Taken()), 35, 1),
        ((Away(),) * 20, 60, 10),
    ],
    ids=["taken", "renewed, then taken", "away for a moment", "away until its end"],
)
async def test_a_renewal_ends_when_it_is_lost(script, seconds, failures):
    clock = PassingClock()
    held = Held(clock, *script)
    await held.renewal().until_lost(clock)
    assert clock.now() == START + timedelta(seconds=seconds)
    assert len(held.failures) == failures
