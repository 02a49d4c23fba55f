"""Responses that are not of the contract, or not to this request: who closed a shop, and when it may be opened."""

from __future__ import annotations

import anyio
import pytest

from reconciler.core.diagnostics.messages import msg
from reconciler.core.planning.plan import StepKind
from reconciler.core.runs.events import ClosureSuperseded, ReopenFailed, StepStarted
from reconciler.core.values import ShopKey
from reconciler.ports import BackendError, Conflict, LeaseSuperseded, Rejected, Throttled, Unauthorised, Unreachable
from reconciler.workflows.execution.run import apply
from tests.support.auto_clock import PassingClock
from tests.support.example_worlds import Memory, apply_context, going_live, leaving, outcomes
from tests.support.fake_backend import Fault, Shop
from tests.support.local_leases import LocalLeases
from tests.support.strategies import World

A = ShopKey("a")
FOREIGN = [
    Conflict(msg("412 of a proxy"), happened=None),
    Throttled(msg("429 of a gateway"), happened=None),
    Unreachable(msg("503 of a gateway"), happened=None),
    Rejected(msg("403 of a firewall"), reason="HTTP_403", happened=None),
    Unauthorised(msg("401 of a gateway"), happened=None),
]
"""What adapters make of answers that are not the contract's."""
REPEATED = Conflict(msg("412, the contract's own"), happened=False)
"""The answer to a repetition of the request that a proxy sent: the first one took place."""


def write_of(world: World, does: StepKind) -> int:
    """The number of the write that closes or reopens the shop, among those that are sent."""
    writes = [step.action for step in world.plan().shops[0].steps if step.action is not StepKind.VERIFY]
    return writes.index(does)


def run(world: World, journal: Memory | None = None, **more):
    clock = PassingClock()
    leases = more.pop("leases", None) or LocalLeases(clock)
    return anyio.run(apply, world.plan(), apply_context(world.backend, journal, clock=clock, leases=leases, **more))


def taking_place(world: World, at: int, error: BackendError) -> None:
    """The `at`-th write takes place and is answered with `error`."""
    execute, number = world.backend.execute, 0

    async def answered(write):
        nonlocal number
        number += 1
        result = await execute(write)
        if number == at + 1:
            raise type(error)(
                error.text, **({"reason": "X"} if isinstance(error, Rejected) else {}), happened=error.happened
            )
        return result

    world.backend.execute = answered  # type: ignore[method-assign]  # of this backend alone


@pytest.mark.parametrize("keeps_trail", [True, False], ids=["with-trail", "without-trail"])
@pytest.mark.parametrize("error", [*FOREIGN, REPEATED], ids=lambda error: f"{type(error).__name__}-{error.happened}")
@pytest.mark.parametrize("make", [going_live, leaving])
def test_a_closing_that_took_place_is_reopened_or_reported_after_any_response(make, error, keeps_trail) -> None:
    world, journal = make(), Memory()
    world.backend.keeps_trail = keeps_trail
    taking_place(world, write_of(world, StepKind.CLOSE), error)
    report = run(world, journal)
    is_open = world.backend.state[A].is_open
    pending = [event for event in journal.events if isinstance(event, ReopenFailed)]
    assert is_open or pending
    assert is_open or not keeps_trail, "the trail tells that the closing is ours"
    assert outcomes(report)["a"] in ("applied", "left-closed")


@pytest.mark.parametrize("error", [*FOREIGN, REPEATED], ids=lambda error: f"{type(error).__name__}-{error.happened}")
def test_a_shop_that_its_merchant_closed_first_is_not_opened(error) -> None:
    world, journal = leaving(), Memory()
    at = write_of(world, StepKind.CLOSE)

    def closes(shop: Shop) -> None:
        shop.is_open = False

    world.backend.faults.append(Fault(shop=A, at=at, refused=error, edit=closes))
    report = run(world, journal)
    assert not world.backend.state[A].is_open
    assert not [event for event in journal.events if isinstance(event, ReopenFailed)], "nothing is owed"
    assert outcomes(report)["a"] != "left-closed"


def test_a_shop_whose_merchant_closed_it_within_our_closure_is_left_closed_to_him() -> None:
    """He opened it and closed it again: our closing is not the one that keeps it closed."""
    world, journal = leaving(), Memory()
    reopen = write_of(world, StepKind.REOPEN)

    def meddles(shop: Shop) -> None:
        shop.is_open = False
        world.backend._contents.pop((A, "storefront_status"), None)
        world.backend.done = [w for w in world.backend.done if w.kind != "storefront_status"]

    world.backend.faults.append(Fault(shop=A, at=reopen, edit=meddles))
    run(world, journal)
    assert not world.backend.state[A].is_open
    (over,) = [event for event in journal.events if isinstance(event, ClosureSuperseded)]
    assert "merchant" in str(over.why.summary)


@pytest.mark.parametrize("make", [going_live, leaving])
def test_each_attempt_of_a_write_has_an_intent(make) -> None:
    world, journal = make(), Memory()
    world.backend.faults.append(Fault(shop=A, at=0, times=2, refused=Unreachable(msg("lost"), happened=None)))
    run(world, journal)
    first = [event for event in journal.events if isinstance(event, StepStarted)][:3]
    assert len({(event.step, event.key) for event in first}) == 1


@pytest.mark.parametrize("make", [going_live, leaving])
def test_once_another_run_has_the_lease_only_the_reopening_under_the_own_version_is_sent(make) -> None:
    """The backend refuses the older fence for the first write within the closure."""
    world, journal = make(), Memory()
    close = write_of(world, StepKind.CLOSE)
    world.backend.faults.append(Fault(shop=A, at=close + 1, refused=LeaseSuperseded(msg("a newer fence"))))
    run(world, journal)
    assert [write.kind for write in world.backend.asked[close + 2 :]] == ["storefront_status"]
    assert world.backend.state[A].is_open


def test_a_taken_lease_does_not_open_a_shop_closed_by_another_actor() -> None:
    world, journal = leaving(), Memory()
    close = write_of(world, StepKind.CLOSE)

    def another_run_and_the_merchant(shop: Shop) -> None:
        shop.is_open = False
        world.backend._contents.pop((A, "storefront_status"), None)
        world.backend.done = [w for w in world.backend.done if w.kind != "storefront_status"]

    refusal = LeaseSuperseded(msg("a newer fence"), happened=False)
    world.backend.faults.append(Fault(shop=A, at=close + 1, refused=refusal, edit=another_run_and_the_merchant))
    run(world, journal)
    assert not world.backend.state[A].is_open


def test_a_shop_that_reads_back_as_closed_is_reopened() -> None:
    """The reopening was acknowledged, and the shop is closed all the same: a closing of ours landed late."""
    world, journal = leaving(), Memory()
    execute = world.backend.execute

    async def closed_again(write):
        result = await execute(write)
        if write.kind == "storefront_status" and world.backend.state[A].is_open and not done:
            done.append(True)
            world.backend.state[A].is_open = False
            world.backend._contents.pop((A, "storefront_status"), None)
            world.backend.done.append(next(w for w in world.backend.done if w.kind == "storefront_status"))
        return result

    done: list[bool] = []
    world.backend.execute = closed_again  # type: ignore[method-assign]  # of this backend alone
    report = run(world, journal)
    assert world.backend.state[A].is_open
    assert report.shops[0].reopened
