"""What an apply does when things go wrong, at every write in turn."""

from contextlib import suppress
from dataclasses import replace
from typing import Any

import anyio
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.core.diagnostics.messages import msg
from reconciler.core.runs.events import Event, RunFinished, StepStarted
from reconciler.core.runs.report import ShopOutcome
from reconciler.core.values import Registration, ShopKey, StorefrontStatus
from reconciler.ports import Conflict, Locked, Rejected, Throttled, Unauthorised, Unexpected
from reconciler.workflows.execution.run import apply
from tests.support.example_worlds import (
    Memory,
    applied,
    apply_context,
    bare,
    closing,
    desired_with,
    going_live,
    leaving,
    live,
    opening,
    outcomes,
    site_url,
    together,
)
from tests.support.fake_backend import Fault, ModelBackend, Shop, unreachable
from tests.support.strategies import SELLERS, World, finding

A, B = ShopKey("a"), ShopKey("b")
STORIES = {"going_live": (going_live, 7), "leaving": (leaving, 6), "opening": (opening, 3), "closing": (closing, 2)}
EVERY_WRITE = [pytest.param(make, at, id=f"{name}-{at}") for name, (make, n) in STORIES.items() for at in range(n)]
BRACKETED = [param for param in EVERY_WRITE if param.id.startswith(("going_live", "leaving"))]
every_write = pytest.mark.parametrize(("make", "at"), EVERY_WRITE)
every_bracketed_write = pytest.mark.parametrize(("make", "at"), BRACKETED)

REFUSALS = [
    unreachable(happened=False),
    Rejected(msg("no"), reason="VALIDATION_ERROR"),
    Locked(msg("open")),
    Throttled(msg("slower")),
    Unauthorised(msg("who")),
    Unexpected(msg("what")),
]


def run(world: World, *faults: Fault, journal: Memory | None = None):
    world.backend.faults.extend(faults)
    return applied(world.plan(), world.backend, journal)


def state(world: World, key: str = A) -> Shop:
    return world.backend.state[ShopKey(key)]


def printed(report, key: str = A):
    return next(shop for shop in report.shops if shop.shop == key)


def codes_of(report, key: str = A) -> list[str]:
    return [finding.code.slug for finding in printed(report, key).findings]


@pytest.mark.parametrize(("make", "count"), STORIES.values(), ids=STORIES)
def test_the_stories_write_as_often_as_the_parameters_below_assume(make, count):
    world = make()
    assert outcomes(run(world)) == {"a": "applied"}
    assert len(world.backend.asked) == count


@every_write
@pytest.mark.parametrize("refusal", REFUSALS, ids=lambda error: type(error).__name__)
def test_a_refused_write_ends_that_shop_puts_it_back_and_leaves_the_other_alone(make, at, refusal):
    world = together(make("a"), make("b"))
    was_open = state(world).is_open
    report = run(world, Fault(shop=A, at=at, refused=refusal))
    assert outcomes(report) == {"a": "failed" if at == 0 else "partly", "b": "applied"}
    assert refusal.code.slug in codes_of(report)
    assert codes_of(report, B) == []
    assert state(world).is_open is was_open or make is closing


@every_write
def test_a_lost_answer_to_a_write_that_took_place_counts_as_done_and_is_not_repeated(make, at):
    world = make()
    report = run(world, Fault(shop=A, at=at, lost=True))
    assert outcomes(report) == {"a": "applied"}
    # A reopening alone is written again: only the backend's own word that it took place is believed.
    reopening = world.backend.asked[at].values.get("status") is StorefrontStatus.OPEN and make in (going_live, leaving)
    assert len(world.backend.done) == len(world.backend.asked) == printed(report).writes + reopening
    assert world.plan().empty


@every_write
def test_a_write_that_was_lost_on_its_way_is_written_again_after_looking(make, at):
    world = make()
    report = run(world, Fault(shop=A, at=at, refused=unreachable(happened=None)))
    assert outcomes(report) == {"a": "applied"}
    assert len(world.backend.done) == printed(report).writes
    again = world.backend.asked[at : at + 2]
    assert again[0].key == again[1].key


@every_write
def test_missing_responses_are_reported_as_unknown_and_never_as_stale(make, at):
    world = make()
    report = run(world, Fault(shop=A, at=at, times=3, refused=unreachable(happened=None)))
    assert outcomes(report) == {"a": "unknown"}
    assert "unreachable" in codes_of(report)
    assert "stale" not in codes_of(report)


@every_write
def test_if_the_read_after_a_lost_response_fails_too_the_outcome_is_unknown(make, at):
    world = make()
    world.backend.unreadable = lambda _shop, _number: {"everything"} if len(world.backend.asked) > at else ()
    report = run(world, Fault(shop=A, at=at, lost=True))
    assert printed(report).outcome in (ShopOutcome.UNKNOWN, ShopOutcome.LEFT_CLOSED)


def foreign_edits(kind: str) -> tuple:
    """An edit of something of `kind` that the story `leaving` does not touch, and how to see it afterwards."""
    return {
        "amazon_settings": (lambda shop: setattr(shop, "mail", "new@shop.example"), lambda shop: shop.mail),
        "amazon_pay_payment": (lambda shop: setattr(shop, "subscription", False), lambda shop: shop.subscription),
        "system_parts": (
            lambda shop: shop.texts.update({"login_link_area.label": "theirs"}),
            lambda shop: shop.texts["login_link_area.label"],
        ),
    }[kind]


@pytest.mark.parametrize("kind", ["amazon_settings", "amazon_pay_payment", "system_parts"])
@pytest.mark.parametrize("at", range(6))
def test_a_merchants_edit_of_something_else_is_kept_and_does_not_stop_the_shop(kind, at):
    world = leaving()
    edit, look = foreign_edits(kind)
    report = run(world, Fault(shop=A, at=at, edit=edit))
    theirs = bare()
    edit(theirs)
    assert outcomes(report) == {"a": "applied"}
    assert look(state(world)) == look(theirs)


def test_an_endpoint_that_someone_adds_at_the_seller_is_kept():
    world = leaving()
    report = run(world, Fault(shop=A, at=5, edit=lambda _: world.backend.urls[SELLERS[0]].add("https://new.example")))
    assert outcomes(report) == {"a": "applied"}
    assert world.backend.urls[SELLERS[0]] == {"https://new.example"}


MOVES = {
    "seller_id": (0, lambda shop: setattr(shop, "seller_id", SELLERS[2]), lambda shop: shop.seller_id == SELLERS[2]),
    "mail": (0, lambda shop: setattr(shop, "mail", "theirs@shop.example"), lambda shop: shop.mail.startswith("theirs")),
    "token": (0, lambda shop: setattr(shop, "token", "amzn.mws.x"), lambda shop: shop.token == "amzn.mws.x"),
    "label": (
        6,
        lambda shop: shop.texts.update({"order_area.label": "theirs"}),
        lambda shop: shop.texts["order_area.label"] == "theirs",
    ),
}


@pytest.mark.parametrize(
    ("name", "at"), [(name, at) for name, (until, _, _) in MOVES.items() for at in range(until + 1)]
)
def test_a_touched_field_that_moved_before_its_turn_is_stale_and_is_not_overwritten(name, at):
    _, edit, holds = MOVES[name]
    world = together(going_live("a"), going_live("b"))
    report = run(world, Fault(shop=A, at=at, edit=edit))
    assert "stale" in codes_of(report)
    assert holds(state(world))
    assert state(world).is_open
    assert printed(report, B).outcome is ShopOutcome.APPLIED


def test_a_shop_whose_first_write_is_stale_is_refused_and_not_half_done():
    _, edit, _ = MOVES["mail"]
    world = going_live()
    assert outcomes(run(world, Fault(shop=A, at=0, edit=edit))) == {"a": "refused"}
    assert world.backend.done == []


def test_an_edit_to_the_very_value_that_is_wanted_counts_as_done():
    world = World(ModelBackend([live()]), (desired_with(notification_email="new@shop.example"),))
    report = run(world, Fault(shop=A, at=0, edit=lambda shop: setattr(shop, "mail", "new@shop.example")))
    assert outcomes(report) == {"a": "applied"}
    assert world.backend.done == []


@pytest.mark.parametrize("at", range(3))
def test_a_shop_that_the_merchant_closed_since_the_plan_is_stale_and_stays_closed(at):
    world = going_live()
    report = run(world, Fault(shop=A, at=at, edit=lambda shop: setattr(shop, "is_open", False)))
    assert "stale" in codes_of(report)
    assert not state(world).is_open


def test_a_shop_that_the_merchant_closed_while_the_closing_was_refused_is_not_opened_by_us():
    world = going_live()

    def close(shop: Shop) -> None:
        shop.is_open = False

    run(world, Fault(shop=A, at=2, edit=close, refused=Rejected(msg("no"), reason="NO")))
    assert not state(world).is_open


def test_a_shop_that_the_merchant_opens_within_the_closure_is_reported_as_locked_and_stays_open():
    world = going_live()
    report = run(world, Fault(shop=A, at=3, edit=lambda shop: setattr(shop, "is_open", True)))
    assert outcomes(report) == {"a": "partly"}
    assert codes_of(report) == ["locked"]
    assert printed(report).reopened
    assert state(world).is_open


def test_a_field_that_will_not_hold_still_is_stale():
    world = leaving()
    names = iter(range(100))

    def edit(shop: Shop) -> None:
        shop.mail = f"{next(names)}@shop.example"

    report = run(world, Fault(shop=A, at=1, times=3, edit=edit))
    assert outcomes(report) == {"a": "partly"}
    assert codes_of(report) == ["stale"]
    assert state(world).is_open


@pytest.mark.parametrize(("make", "at"), [(going_live, 4), (leaving, 2)])
def test_a_shop_that_cannot_be_reopened_is_reported_as_left_closed(make, at):
    world = together(make("a"), make("b"))
    report = run(world, Fault(shop=A, at=at, times=99, refused=Rejected(msg("no"), reason="NO")))
    assert outcomes(report) == {"a": "left-closed", "b": "applied"}
    assert "left-closed" in codes_of(report)
    assert not state(world).is_open


@pytest.mark.parametrize(("make", "at"), [(going_live, 4), (leaving, 2)])
@pytest.mark.parametrize("times", [1, 2, 3])
def test_reopening_is_tried_again(make, at, times):
    world = make()
    report = run(world, Fault(shop=A, at=at, times=times, refused=Rejected(msg("no"), reason="NO")))
    assert outcomes(report) == {"a": "partly"}
    assert printed(report).reopened
    assert state(world).is_open


@pytest.mark.parametrize("kind", ["amazon_settings", "system_parts", "entitlements", "storefront_status", "everything"])
@pytest.mark.parametrize("look", range(4))
@pytest.mark.parametrize("lasting", [True, False])
def test_reads_that_fail_leave_no_shop_closed(kind, look, lasting):
    world = going_live()
    world.backend.unreadable = lambda _shop, number: {kind} if number == look or (lasting and number > look) else ()
    report = run(world)
    assert state(world).is_open
    assert printed(report).outcome in (ShopOutcome.PARTLY, ShopOutcome.APPLIED)
    assert printed(report).outcome is ShopOutcome.APPLIED or codes_of(report) == ["unreachable"]


def test_a_closing_that_was_lost_is_undone_even_where_nothing_can_be_read():
    world = going_live()
    world.backend.unreadable = lambda _shop, number: {"everything"} if number == 0 else {"storefront_status"}
    report = run(world, Fault(shop=A, at=2, lost=True))
    assert printed(report).outcome is ShopOutcome.LEFT_CLOSED or state(world).is_open


@every_bracketed_write
def test_a_cancelled_run_reopens_what_it_closed_and_reports_the_interruption(make, at):
    world = make()
    plan, journal = world.plan(), Memory()

    async def main() -> bool:
        with anyio.CancelScope() as scope:
            world.backend.faults.append(Fault(shop=A, at=at, then=scope.cancel))
            await apply(plan, apply_context(world.backend, journal))
        return scope.cancelled_caught

    assert anyio.run(main)
    assert state(world).is_open
    assert journal.events[-1] == RunFinished(interrupted=True)


class Full(Memory):
    """A journal whose disk is full from the `limit`-th event on."""

    def __init__(self, limit: int) -> None:
        super().__init__()
        self.limit = limit

    async def record(self, event: Event) -> None:
        if len(self.events) >= self.limit:
            raise OSError("no space left on device")
        await super().record(event)


@pytest.mark.parametrize("make", [going_live, leaving])
@pytest.mark.parametrize("limit", range(18))
def test_a_journal_that_fails_stops_the_writing_and_leaves_no_shop_closed(make, limit):
    world = make()
    plan, journal = world.plan(), Full(limit)
    with suppress(OSError, ExceptionGroup):
        anyio.run(apply, plan, apply_context(world.backend, journal))
    assert state(world).is_open
    started = {event.key for event in journal.events if isinstance(event, StepStarted)}
    reopening = [write for write in world.backend.asked if write.key not in started]
    assert [write.kind for write in reopening] in ([], ["storefront_status"])


def test_a_progress_bar_that_fails_does_not_fail_the_run():
    class Torn:
        def on_event(self, event: Event) -> None:
            raise BrokenPipeError

    world = going_live()
    report = anyio.run(apply, world.plan(), apply_context(world.backend, watchers=(Torn(),)))
    assert outcomes(report) == {"a": "applied"}


def test_shops_that_share_a_seller_do_not_push_each_other_into_conflicts():
    names = [f"shop-{number}" for number in range(12)]
    backend = ModelBackend([live(name) for name in names])
    world = World(backend, tuple(desired_with(name, registration=Registration.REGISTERED) for name in names))
    assert outcomes(run(world)) == dict.fromkeys(sorted(names), "applied")
    assert backend.urls[SELLERS[0]] == {site_url(name) for name in names}


def test_a_backend_that_says_nothing_of_the_shop_is_not_taken_for_an_empty_one():
    world = going_live()

    async def silent(_shops):
        for nothing in tuple[Any, ...]():
            yield nothing

    plan = world.plan()
    world.backend.observe = silent  # type: ignore[method-assign]  # of this backend alone
    report = applied(plan, world.backend)
    assert state(world).is_open
    assert codes_of(report) == ["unexpected"]


def test_what_reads_back_differently_is_reported_and_the_shop_is_reopened():
    world = going_live()
    plan = world.plan()
    world.backend.faults.append(Fault(shop=A, at=4, edit=lambda shop: setattr(shop, "pay_regular", False)))
    report = applied(plan, world.backend)
    assert outcomes(report) == {"a": "missed"}
    assert [str(miss.ref) for miss in printed(report).missed] == ["amazon_pay_payment.regular"]
    assert state(world).is_open


def test_an_endpoint_that_the_new_seller_already_had_is_reported_as_a_miss_and_fixed_by_the_next_plan():
    backend = ModelBackend([live(token=None)], [(SELLERS[1], site_url("a"))])
    world = World(backend, (desired_with(seller_id=SELLERS[1], registration=Registration.ABSENT),))
    assert outcomes(run(world)) == {"a": "missed"}
    assert outcomes(run(world)) == {"a": "applied"}
    assert world.plan().empty


@pytest.mark.parametrize(
    "fault",
    [
        None,
        Fault(shop=A, at=1, lost=True),
        Fault(shop=A, at=1, refused=unreachable(happened=None)),
        Fault(shop=A, at=1, refused=Conflict(msg("somebody adds theirs"))),
    ],
    ids=["well", "lost answer", "lost request", "conflict"],
)
def test_an_endpoint_is_taken_away_from_the_seller_it_was_found_with_also_where_the_seller_changes(fault):
    theirs = "https://elsewhere.example/ipn"
    backend = ModelBackend([live(token=None)], [(SELLERS[0], site_url("a")), (SELLERS[0], theirs)])
    world = World(backend, (desired_with(seller_id=SELLERS[1], registration=Registration.ABSENT),))
    assert outcomes(run(world, *([fault] if fault else []))) == {"a": "applied"}
    assert backend.urls[SELLERS[0]] == {theirs}


def test_an_endpoint_is_registered_with_the_new_seller_though_the_old_one_is_read_first():
    backend = ModelBackend([live(token=None)], [(SELLERS[0], site_url("a"))])
    world = World(backend, (desired_with(seller_id=SELLERS[1], registration=Registration.REGISTERED),))
    report = run(world, Fault(shop=A, at=0, edit=lambda shop: setattr(shop, "mail", "theirs@shop.example")))
    assert outcomes(report) == {"a": "applied"}
    assert site_url("a") in backend.urls[SELLERS[1]]


def test_the_switch_is_written_again_where_something_does_not_follow_it_also_when_the_answer_is_lost():
    world = World(ModelBackend([live(pay_regular=False)]), (desired_with(enabled=True),))
    report = run(world, Fault(shop=A, at=1, refused=unreachable(happened=None)))
    assert outcomes(report) == {"a": "applied"}
    assert state(world).pay_regular


def test_a_held_run_writes_nothing_and_says_of_each_shop_that_it_was_held():
    world = together(going_live("a"), leaving("b"))
    plan = replace(world.plan(), findings=(finding(),))
    report = applied(plan, world.backend)
    assert outcomes(report) == {"a": "refused", "b": "refused"}
    assert world.backend.asked == []


def toggle(shop: Shop) -> None:
    shop.is_open = not shop.is_open


@st.composite
def faults(draw: st.DrawFn) -> Fault:
    refused = draw(st.none() | st.sampled_from(REFUSALS) | st.just(unreachable(happened=None)))
    edits = [toggle, *(edit for _, edit, _ in MOVES.values())]
    return Fault(
        shop=A,
        at=draw(st.integers(0, 7)),
        times=draw(st.integers(1, 4)),
        refused=refused,
        lost=refused is None and draw(st.booleans()),
        edit=draw(st.none() | st.sampled_from(edits)),
    )


@settings(max_examples=settings().max_examples * 2)
@given(st.sampled_from([going_live, leaving]), st.lists(faults(), max_size=2))
def test_a_failing_shop_is_never_left_closed_silently_and_does_not_affect_the_other(make, wrong):
    world = together(make("a"), make("b"))
    report = run(world, *wrong)
    merchant_closed = any(fault.edit is toggle for fault in wrong)
    assert state(world).is_open or printed(report).outcome is ShopOutcome.LEFT_CLOSED or merchant_closed
    assert outcomes(report)["b"] == "applied"
    assert codes_of(report, B) == []


@settings(max_examples=settings().max_examples * 2)
@given(st.sampled_from([going_live, leaving]), st.lists(faults(), max_size=2))
def test_no_acknowledged_write_is_ever_sent_again(make, wrong):
    world = make()
    run(world, *wrong)
    for sent, write in world.backend.answered:
        assert write.key not in {later.key for later in world.backend.asked[sent:]}


@settings(max_examples=settings().max_examples * 2)
@given(st.sampled_from([going_live, leaving]), st.lists(faults(), max_size=2))
def test_applied_always_means_that_everything_matches(make, wrong):
    world = make()
    report = run(world, *wrong)
    assert printed(report).outcome is not ShopOutcome.APPLIED or world.plan().empty


class Broken(ModelBackend):
    """A backend whose adapter has a fault of its own in the second write of shop `a`."""

    async def execute(self, write):
        if write.shop == A and any(asked.shop == A for asked in self.asked):
            raise ZeroDivisionError("a message that may hold anything")
        return await super().execute(write)


def test_a_fault_of_the_adapter_is_that_shops_alone_and_says_nothing_of_its_message():
    backend = Broken([bare("a"), bare("b")])
    world = World(backend, (*going_live("a").desired, desired_with("b", notification_email="new@b.example")))

    report = applied(world.plan(), backend)

    assert outcomes(report) == {"a": "unknown", "b": "applied"}
    assert "fault" in codes_of(report, A)
    assert all("may hold anything" not in str(finding) for finding in printed(report, A).findings)


CLOSING = {going_live: 2, leaving: 0}
bracketed = pytest.mark.parametrize("make", CLOSING)


class LateClosing(ModelBackend):
    """The first closing gets no answer in time and is on its way for as long as the run lasts. `land` lets it arrive."""

    late = None

    async def execute(self, write):
        closing = write.values.get("status") is StorefrontStatus.CLOSED
        if closing and self.late is None:
            self.late = write
        if closing:
            raise unreachable(happened=None)
        return await super().execute(write)

    async def land(self):
        await super().execute(self.late)


@bracketed
def test_a_closing_that_arrives_after_the_run_is_refused(make):
    world = make()
    late = LateClosing(world.backend.state.values())
    late.urls = world.backend.urls
    slow = World(late, world.desired)

    report = applied(slow.plan(), late)

    assert outcomes(report) == {"a": "unknown"}
    with pytest.raises(Conflict):
        anyio.run(late.land)
    assert late.state[A].is_open


class LateReads(ModelBackend):
    """A replica that lags: every read shows the shop as it was before the run."""

    first: Any = None

    def look(self, key, failing=frozenset()):
        self.first = self.first or super().look(key)
        return self.first


@bracketed
@pytest.mark.parametrize("lost", [False, True])
def test_reads_that_lag_behind_never_make_a_closed_shop_look_reopened(make, lost):
    world = make()
    lagging = LateReads(world.backend.state.values())
    lagging.urls = world.backend.urls
    plan = World(lagging, world.desired).plan()
    faults = [Fault(shop=A, at=CLOSING[make] + 2, refused=unreachable(happened=None))] if lost else []
    lagging.faults.extend(faults)

    report = applied(plan, lagging)

    assert printed(report).outcome is not ShopOutcome.APPLIED, "nothing was read back as predicted"
    assert lagging.state[A].is_open or printed(report).outcome is ShopOutcome.LEFT_CLOSED


class FaultyReopening(ModelBackend):
    """An adapter with a fault of its own, met only when shop `a` is reopened."""

    async def execute(self, write):
        if write.shop == A and write.values.get("status") is StorefrontStatus.OPEN:
            raise RuntimeError("a message that may hold anything")
        return await super().execute(write)


@bracketed
def test_a_fault_of_the_adapter_while_reopening_is_reported_and_stops_no_other_shop(make):
    world = together(make("a"), make("b"))
    faulty = FaultyReopening(world.backend.state.values())
    faulty.urls = world.backend.urls

    report = applied(World(faulty, world.desired).plan(), faulty)

    assert outcomes(report) == {"a": "left-closed", "b": "applied"}
    assert all("may hold anything" not in str(finding) for finding in printed(report, A).findings)
