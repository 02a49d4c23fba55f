"""Which shop is looked at when: once for many hints, never forgotten, and not hammered while it cannot be read."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from reconciler.core.watch.shop_queue import FIRST_RETRY, TURNS, LookReason, ShopQueue, scheduled_look

PERIOD = 3600
SHOPS = ("kyoto-tea", "uji-cups", "nara-deer", "kobe-bread")


def queue_of(*shops: str, now: float = 0.0) -> ShopQueue:
    queue = ShopQueue(PERIOD)
    queue.declare(shops, now)
    return queue


def names(queue: ShopQueue, now: float, most: int = 100) -> list[str]:
    return [each.shop for each in queue.take(now, most)]


def test_many_hints_about_a_shop_are_one_look():
    queue = queue_of("kyoto-tea")
    for at, reason in ((5.0, LookReason.GIT), (3.0, LookReason.BACKEND), (4.0, LookReason.BACKEND)):
        queue.add("kyoto-tea", at, reason)
    assert queue.next_due() == 3.0
    (due,) = queue.take(3.0, 10)
    assert due.reasons == {LookReason.SCHEDULE, LookReason.GIT, LookReason.BACKEND}
    assert names(queue, 3.0) == []


def test_a_hint_during_a_look_leads_to_another_look():
    queue = queue_of("kyoto-tea")
    queue.add("kyoto-tea", 1.0, LookReason.BACKEND)
    assert names(queue, 1.0) == ["kyoto-tea"]
    queue.add("kyoto-tea", 1.5, LookReason.BACKEND)
    assert names(queue, 2.0) == []
    queue.done("kyoto-tea", 2.0)
    assert names(queue, 2.0) == ["kyoto-tea"]


def test_those_that_wait_longest_come_first_and_no_more_than_asked_for():
    queue = queue_of()
    for due, shop in ((3.0, "c"), (1.0, "b"), (1.0, "a"), (9.0, "d")):
        queue.add(shop, due, LookReason.BACKEND)
    assert names(queue, 5.0, most=2) == ["a", "b"]
    assert names(queue, 5.0) == ["c"]


def test_a_shop_that_cannot_be_read_is_tried_again_later_each_time_and_always():
    queue = queue_of("kyoto-tea")
    queue.add("kyoto-tea", 0.0, LookReason.BACKEND)
    now, waits = 0.0, []
    for _ in range(9):
        assert names(queue, now) == ["kyoto-tea"]
        queue.failed("kyoto-tea", now)
        due = queue.next_due()
        assert due is not None
        waits.append(due - now)
        now = due
    assert waits == [60, 120, 240, 480, 960, 1920, 3600, 3600, 3600]


def test_a_hint_does_not_end_the_wait_and_a_good_look_does():
    queue = queue_of("kyoto-tea")
    queue.add("kyoto-tea", 0.0, LookReason.BACKEND)
    names(queue, 0.0)
    queue.failed("kyoto-tea", 0.0)
    queue.add("kyoto-tea", 1.0, LookReason.GIT)
    assert names(queue, 1.0) == []
    assert names(queue, FIRST_RETRY) == ["kyoto-tea"]
    queue.done("kyoto-tea", FIRST_RETRY)
    queue.add("kyoto-tea", FIRST_RETRY, LookReason.BACKEND)
    names(queue, FIRST_RETRY)
    queue.failed("kyoto-tea", FIRST_RETRY)
    assert queue.next_due() == 2 * FIRST_RETRY


def test_a_shop_without_a_manifest_leaves_the_queue():
    queue = queue_of(*SHOPS)
    queue.declare(SHOPS[1:], 10.0)
    assert len(queue) == len(SHOPS) - 1
    assert "kyoto-tea" not in names(queue, 2 * PERIOD)


def test_the_regular_looks_are_spread_over_the_period():
    shops = [f"shop-{number}" for number in range(10_000)]
    twelfths = Counter(int(scheduled_look(shop, 0.0, PERIOD) % PERIOD * 12 // PERIOD) for shop in shops)
    assert set(twelfths) == set(range(12))
    assert max(twelfths.values()) < 1.15 * 10_000 / 12
    assert len({scheduled_look(shop, 0.0, PERIOD) for shop in shops}) == TURNS, "many shops are one look"


@given(st.sampled_from(SHOPS), st.floats(0, 1e9), st.integers(1, 10**5))
def test_a_shop_keeps_its_place_in_each_period(shop: str, now: float, period: int):
    first = scheduled_look(shop, now, period)
    assert now < first <= now + period
    assert scheduled_look(shop, first, period) == first + period


class Watching(RuleBasedStateMachine):
    """Whatever happens, each declared shop is waiting or active, exactly once, and is due within a period."""

    def __init__(self) -> None:
        super().__init__()
        self.queue = queue_of(*SHOPS)
        self.now = 0.0
        self.active: set[str] = set()

    @rule(seconds=st.floats(0, 2 * PERIOD))
    def wait(self, seconds: float) -> None:
        self.now += seconds

    @rule(shop=st.sampled_from(SHOPS), reason=st.sampled_from(list(LookReason)))
    def hint(self, shop: str, reason: LookReason) -> None:
        self.queue.add(shop, self.now, reason)

    @rule(most=st.integers(1, 4))
    def take(self, most: int) -> None:
        taken = names(self.queue, self.now, most)
        assert not self.active.intersection(taken)
        self.active |= set(taken)

    @precondition(lambda self: self.active)
    @rule(data=st.data(), good=st.booleans())
    def end(self, data: st.DataObject, good: bool) -> None:
        shop = data.draw(st.sampled_from(sorted(self.active)))
        self.active.discard(shop)
        (self.queue.done if good else self.queue.failed)(shop, self.now)

    @invariant()
    def nothing_is_forgotten(self) -> None:
        latest = names(self.queue, self.now + PERIOD + 1)
        assert sorted({*latest, *self.active}) == sorted(SHOPS)
        for shop in latest:
            self.queue.failed(shop, self.now)


TestWatching = Watching.TestCase


def test_shops_that_nobody_looked_at_wait_as_before():
    queue = ShopQueue(3600)
    queue.add("kyoto-tea", 10.0, LookReason.BACKEND)
    taken = queue.take(20.0, 5)
    queue.add("kyoto-tea", 15.0, LookReason.GIT)
    queue.put_back(taken)
    (again,) = queue.take(20.0, 5)
    assert (again.due, again.reasons) == (10.0, {LookReason.BACKEND, LookReason.GIT})


def test_all_shops_can_be_taken_also_those_that_are_not_due():
    queue = ShopQueue(3600)
    queue.declare(["kyoto-tea", "uji-cups"], 0.0)
    assert {each.shop for each in queue.take_all()} == {"kyoto-tea", "uji-cups"}
    assert (queue.due(1e9), len(queue)) == ((), 0)
