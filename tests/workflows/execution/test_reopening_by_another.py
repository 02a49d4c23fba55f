"""Another run takes the lease of a shop that this run closed: who opens the shop, and what is reported."""

from __future__ import annotations

from collections.abc import Sequence

import anyio
import pytest

from reconciler.core.diagnostics.messages import msg
from reconciler.core.drift.audit import AuditEntry
from reconciler.core.planning.plan import StepKind
from reconciler.core.runs.events import ClosureSuperseded, ReopenFailed
from reconciler.core.values import ShopKey
from reconciler.ports import LeaseSuperseded, WriteRequest
from reconciler.workflows.execution.run import apply
from tests.support.auto_clock import PassingClock
from tests.support.example_worlds import Memory, apply_context, going_live, leaving, outcomes
from tests.support.fake_backend import Fault, Shop, unreachable
from tests.support.local_leases import LocalLeases
from tests.support.strategies import World

A = ShopKey("a")
TAKEN = LeaseSuperseded(msg("a newer fence"), happened=False)


def write_of(world: World, does: StepKind) -> int:
    """The number of the write that closes or reopens the shop, among those that are sent."""
    writes = [step.action for step in world.plan().shops[0].steps if step.action is not StepKind.VERIFY]
    return writes.index(does)


def run(world: World, journal: Memory):
    clock = PassingClock()
    context = apply_context(world.backend, journal, clock=clock, leases=LocalLeases(clock))
    return anyio.run(apply, world.plan(), context)


def after_closing(world: World) -> list[WriteRequest]:
    return world.backend.asked[write_of(world, StepKind.CLOSE) + 1 :]


def opens(shop: Shop) -> None:
    shop.is_open = True


@pytest.mark.parametrize("make", [going_live, leaving])
def test_a_shop_that_another_run_opened_is_left_to_it(make) -> None:
    world, journal = make(), Memory()
    after = write_of(world, StepKind.CLOSE) + 1
    world.backend.faults.append(Fault(shop=A, at=after, refused=TAKEN, edit=opens))
    run(world, journal)
    (over,) = [event for event in journal.events if isinstance(event, ClosureSuperseded)]
    assert "opened the shop in the meantime" in str(over.why.summary)
    assert [write for write in world.backend.done if write in world.backend.asked[after:]] == []


@pytest.mark.parametrize("make", [going_live, leaving])
def test_a_reopening_that_is_refused_for_a_newer_lease_is_sent_again_where_the_trail_names_this_run(make) -> None:
    world, journal = make(), Memory()
    world.backend.faults.append(Fault(shop=A, at=write_of(world, StepKind.REOPEN), refused=TAKEN))
    report = run(world, journal)
    assert world.backend.state[A].is_open
    assert outcomes(report) == {"a": "partly"}, "what comes after the reopening is left to the other run"
    assert [event for event in journal.events if isinstance(event, ReopenFailed)] == []


def no_trail(world: World) -> None:
    world.backend.keeps_trail = False


def unreadable_trail(world: World) -> None:
    async def fails(shop: ShopKey) -> Sequence[AuditEntry]:
        raise unreachable()

    world.backend.last_changes = fails  # type: ignore[method-assign]  # of this backend alone


def no_answer_to_reads(world: World) -> None:
    world.backend.unreadable = lambda _shop, _number: ["everything"]


@pytest.mark.parametrize("unknown", [no_trail, unreadable_trail, no_answer_to_reads])
@pytest.mark.parametrize("make", [going_live, leaving])
def test_where_nobody_knows_who_closed_it_the_shop_is_left_to_the_newer_run_and_reported(make, unknown) -> None:
    world, journal = make(), Memory()
    reopening = write_of(world, StepKind.REOPEN)
    world.backend.faults.append(Fault(shop=A, at=reopening, refused=TAKEN, edit=lambda _shop: unknown(world)))
    report = run(world, journal)
    assert outcomes(report) == {"a": "left-closed"}
    assert len(world.backend.asked) == reopening + 1
    assert [type(event) for event in journal.events if isinstance(event, ReopenFailed)] == [ReopenFailed]
