"""What a run that was cut off left behind is looked at, and what it closed is reopened. Nothing else is touched."""

from __future__ import annotations

from datetime import UTC, datetime

import anyio
import pytest

from reconciler.adapters.clock import SystemClock
from reconciler.adapters.store import StoreHistory, open_store
from reconciler.adapters.store.local_leases import LocalLeases
from reconciler.core.events import Event, ReopenFailed, RunFinished, RunStarted, ShopFinished, ShopReopened, ShopStarted
from reconciler.core.plan import Does
from reconciler.core.values import ShopKey
from reconciler.ports import RunInfo, Unfinished
from reconciler.workflows.resume import Found, Rescue, Resumed, resume
from tests.adapters.store.doubles import journal as store_journal
from tests.adapters.store.doubles import tell
from tests.examples import Memory, leaving, live
from tests.model_backend import Fault, ModelBackend, unreachable

A, B = ShopKey("a"), ShopKey("b")
RUN = RunInfo(
    run="run-1",
    actor="x",
    host="y",
    pid=1,
    command="apply",
    version="0",
    started=datetime(2026, 4, 1, tzinfo=UTC),
    fingerprint="",
)


def left(shop: ShopKey = A, *, closed: bool = True, intents: int = 1) -> Unfinished:
    return Unfinished(shop=shop, run=RUN, closed=closed, intents=tuple((n, f"key-{n}") for n in range(intents)))


def rescued(
    backend: ModelBackend, *shops: Unfinished, leases: LocalLeases | None = None
) -> tuple[tuple[Resumed, ...], list[Event]]:
    journal, held = Memory(), leases or LocalLeases(SystemClock())
    before = held.all()
    told = anyio.run(resume, shops, Rescue(backend=backend, journal=journal, leases=held, key="k"))
    assert held.all() == before, "a lease is left"
    return told, journal.events


def test_closed_by_us_and_closed_it_is_reopened() -> None:
    backend = ModelBackend([live(is_open=False)])
    (told,), events = rescued(backend, left())
    assert (told.shop, told.run, told.found, told.intents) == (A, "run-1", Found.REOPENED, 1)
    assert backend.state[A].is_open
    assert [write.kind for write in backend.done] == ["storefront_status"]
    assert events == [
        RunStarted(fingerprint="", shops=1),
        ShopStarted(shop=A),
        ShopReopened(shop=A),
        ShopFinished(shop=A),
        RunFinished(),
    ]


def test_closed_by_us_and_open_it_stands() -> None:
    backend = ModelBackend([live()])
    (told,), _ = rescued(backend, left())
    assert told.found is Found.STANDS
    assert backend.asked == []


def test_closed_by_somebody_else_it_is_left_alone() -> None:
    backend = ModelBackend([live(is_open=False)])
    (told,), _ = rescued(backend, left(closed=False))
    assert told.found is Found.STANDS
    assert backend.asked == []
    assert not backend.state[A].is_open


@pytest.mark.parametrize("kinds", [{"everything"}, {"storefront_status"}])
def test_where_the_backend_is_down_it_is_told_as_left_closed(kinds: set[str]) -> None:
    backend = ModelBackend([live(is_open=False)])
    backend.unreadable = lambda *_: kinds
    (told,), events = rescued(backend, left())
    assert told.found is Found.LEFT_CLOSED
    assert told.why is not None
    assert told.why.code.slug == "left-closed"
    assert "CLOSED" in str(told.why.summary)
    assert [event for event in events if isinstance(event, ReopenFailed)]
    assert not [event for event in events if isinstance(event, ShopFinished)]


def test_what_else_cannot_be_read_does_not_matter() -> None:
    backend = ModelBackend([live(is_open=False)])
    backend.unreadable = lambda *_: {"amazon_settings", "entitlements"}
    assert rescued(backend, left())[0][0].found is Found.REOPENED


@pytest.mark.parametrize(
    "fault", [{"refused": unreachable()}, {"lost": True}, {"edit": lambda shop: setattr(shop, "is_open", True)}]
)
@pytest.mark.parametrize("times", [1, 2])
def test_reopening_is_tried_again_after_looking(fault, times: int) -> None:
    backend = ModelBackend([live(is_open=False)])
    backend.faults.append(Fault(shop=A, at=0, times=times, **fault))
    (told,), _ = rescued(backend, left())
    assert told.found in (Found.REOPENED, Found.STANDS)
    assert backend.state[A].is_open


def test_held_by_another_it_is_left_to_that_one() -> None:
    backend, leases = ModelBackend([live(is_open=False), live("b", is_open=False)]), LocalLeases(SystemClock())
    anyio.run(leases.acquire, A)
    told, events = rescued(backend, left(), left(B), leases=leases)
    assert [one.found for one in told] == [Found.HELD, Found.REOPENED]
    assert backend.reads == {B: 1}
    assert not [event for event in events if isinstance(event, ShopStarted) and event.shop == A]


def test_left_by_two_runs_it_is_looked_at_once() -> None:
    backend = ModelBackend([live(is_open=False)])
    told, _ = rescued(backend, left(), left(closed=False))
    assert [one.found for one in told] == [Found.REOPENED]
    assert len(backend.asked) == 1


def test_one_that_fails_does_not_keep_the_next_from_being_reopened() -> None:
    backend = ModelBackend([live(is_open=False), live("b", is_open=False)])
    backend.unreadable = lambda shop, _: {"everything"} if shop == A else ()
    told, _ = rescued(backend, left(), left(B))
    assert [one.found for one in told] == [Found.LEFT_CLOSED, Found.REOPENED]


@pytest.mark.parametrize("down", [False, True])
def test_the_journal_knows_of_it_afterwards_and_a_second_resume_finds_nothing(down: bool, tmp_path) -> None:
    """Nothing but what could not be reopened."""
    world = leaving()
    plan = world.plan()
    close = next(index for index, step in enumerate(plan.shops[0].steps) if step.does is Does.CLOSE)
    from reconciler.core.events import StepDone, StepStarted  # noqa: PLC0415

    store = open_store(tmp_path / "journal.db")
    history = StoreHistory(store, SystemClock())
    tell(
        store_journal(store, "run-1", of=plan),
        [ShopStarted(shop=A), StepStarted(shop=A, step=close, key="k"), StepDone(shop=A, step=close)],
    )
    world.backend.state[A].is_open = False
    if down:
        world.backend.unreadable = lambda *_: {"everything"}
    unfinished = history.unfinished()
    assert [(one.shop, one.closed) for one in unfinished] == [(A, True)]

    rescue = Rescue(
        backend=world.backend,
        journal=store_journal(store, "run-2", of=plan),
        leases=LocalLeases(SystemClock()),
        key="k",
    )
    anyio.run(resume, unfinished, rescue)

    assert ([one.closed for one in history.unfinished()] != []) is down
    assert world.backend.state[A].is_open is not down
    store.close()
