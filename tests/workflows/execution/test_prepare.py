"""An approved plan compared with the present state: planned fields that changed are refused, other changes do not matter."""

from __future__ import annotations

from dataclasses import replace

import anyio
import pytest

from reconciler.core.planning.plan import Plan, RequestPace
from reconciler.core.values import ShopKey
from reconciler.workflows.execution.prepare import PreparedPlan, prepare
from tests.support.example_worlds import (
    applied,
    bare,
    closing,
    desired_with,
    going_live,
    leaving,
    live,
    opening,
    outcomes,
    together,
)
from tests.support.fake_backend import ModelBackend, Shop
from tests.support.strategies import MAILS, World, finding

A = ShopKey("a")


def prepared(plan: Plan, backend: ModelBackend) -> PreparedPlan:
    asked = len(backend.asked)
    ready = anyio.run(prepare, plan, backend, RequestPace())
    assert len(backend.asked) == asked, "preparing wrote"
    return ready


def new_mail(*keys: str) -> World:
    return World(
        ModelBackend([live(key) for key in keys]), tuple(desired_with(key, notification_email=MAILS[1]) for key in keys)
    )


def content(backend: ModelBackend) -> object:
    return {key: shop.seen(backend._urls_of(shop.seller_id)) for key, shop in backend.state.items()}


def test_a_touched_field_that_moved_refuses_its_shop_and_the_others_go_on() -> None:
    world = new_mail("a", "b")
    plan = world.plan()
    world.backend.state[A].mail = "theirs@shop.example"

    ready = prepared(plan, world.backend)

    (why,) = ready.plan.shops[0].findings
    assert why.code.slug == "stale"
    for value in (MAILS[0], "theirs@shop.example", MAILS[1]):
        assert value in str(why.summary)
    assert why.subject == "amazon.notification.email"
    assert outcomes(applied(ready.plan, world.backend)) == {"a": "refused", "b": "applied"}
    assert world.backend.state[A].mail == "theirs@shop.example"
    assert [shop.shop for shop in ready.undo.shops] == ["b"]


def test_each_changed_field_is_reported() -> None:
    world = World(ModelBackend([live()]), (desired_with(notification_email=MAILS[1], pre_order=False),))
    plan = world.plan()
    world.backend.state[A].mail = "theirs@shop.example"
    world.backend.state[A].pre_order = False  # to the desired value: no problem
    assert [why.subject for why in prepared(plan, world.backend).plan.shops[0].findings] == [
        "amazon.notification.email"
    ]


@pytest.mark.parametrize(
    "edit",
    [
        lambda shop: setattr(shop, "subscription", False),
        lambda shop: shop.texts.update({"order_area.label": "theirs"}),
        lambda shop: setattr(shop, "is_open", False),
        lambda shop: setattr(shop, "token", "amzn.mws.theirs"),
    ],
    ids=["payment", "text", "storefront", "token"],
)
def test_what_moved_elsewhere_does_not_matter(edit) -> None:
    world = new_mail("a")
    plan = world.plan()
    edit(world.backend.state[A])
    ready = prepared(plan, world.backend)
    assert outcomes(applied(ready.plan, world.backend)) == {"a": "applied"}
    assert world.backend.state[A].mail == MAILS[1]


@pytest.mark.parametrize(("make", "closed"), [(going_live, True), (leaving, True), (opening, False)])
def test_a_shop_that_was_opened_or_closed_since_then_is_refused(make, closed: bool) -> None:
    world = make()
    plan = world.plan()
    world.backend.state[A].is_open = not closed
    ready = prepared(plan, world.backend)
    assert "stale" in [why.code.slug for why in ready.plan.shops[0].findings]
    assert outcomes(applied(ready.plan, world.backend)) == {"a": "refused"}
    assert world.backend.asked == []


@pytest.mark.parametrize("kind", ["amazon_settings", "entitlements"])
def test_a_shop_that_cannot_be_read_whole_is_refused_with_the_reason(kind: str) -> None:
    world = new_mail("a", "b")
    plan = world.plan()
    world.backend.unreadable = lambda shop, _: {kind} if shop == A else ()
    ready = prepared(plan, world.backend)
    assert [why.code.slug for why in ready.plan.shops[0].findings] == ["unreachable"]
    world.backend.unreadable = lambda *_: ()
    assert outcomes(applied(ready.plan, world.backend)) == {"a": "refused", "b": "applied"}


def test_what_already_matches_is_not_written_again() -> None:
    world = going_live()
    plan = world.plan()
    world.backend.state[A].mail = MAILS[0]
    ready = prepared(plan, world.backend)
    assert "notification_email" not in {ref.field for step in ready.plan.shops[0].steps for ref in step.refs}
    assert outcomes(applied(ready.plan, world.backend)) == {"a": "applied"}
    assert world.plan().empty


def test_a_plan_that_was_applied_by_hand_has_nothing_left() -> None:
    world = new_mail("a")
    plan = world.plan()
    world.backend.state[A].mail = MAILS[1]
    ready = prepared(plan, world.backend)
    assert ready.plan.shops[0].steps == ()
    assert ready.undo.empty
    applied(ready.plan, world.backend)
    assert world.backend.asked == []


def test_shops_that_are_held_or_have_nothing_to_do_are_not_read() -> None:
    world = together(new_mail("a"), World(ModelBackend([live("b")]), (desired_with("b", notification_email=MAILS[0]),)))
    plan = world.plan()
    held = replace(plan, shops=(replace(plan.shops[0], findings=(finding(),)), plan.shops[1]))
    ready = prepared(held, world.backend)
    assert world.backend.reads == {}
    assert ready.plan == held
    assert ready.undo.shops == ()


@pytest.mark.parametrize("make", [opening, closing])
def test_the_undo_plan_brings_back_what_was(make) -> None:
    world = make()
    if make is opening:  # with everything off as the switch is
        shop = world.backend.state[A]
        shop.pay_use = shop.pay_regular = shop.output = False
    before = content(world.backend)
    ready = prepared(world.plan(), world.backend)
    assert outcomes(applied(ready.plan, world.backend)) == {"a": "applied"}
    assert content(world.backend) != before

    back = prepared(ready.undo, world.backend)

    assert outcomes(applied(back.plan, world.backend)) == {"a": "applied"}
    assert content(world.backend) == before


def test_the_undo_plan_brings_back_a_shop_with_its_bracket_and_its_endpoint() -> None:
    world = leaving()
    world.backend.state[A].texts["order_area.label"] = "the one before"
    before = content(world.backend)
    ready = prepared(world.plan(), world.backend)
    applied(ready.plan, world.backend)
    back = prepared(ready.undo, world.backend)
    assert back.plan.shops[0].bracket is not None
    assert outcomes(applied(back.plan, world.backend)) == {"a": "applied"}
    assert content(world.backend) == before


def test_the_undo_plan_names_what_cannot_be_brought_back() -> None:
    ready = prepared(going_live().plan(), going_live().backend)
    printed = {why.subject for why in ready.undo.shops[0].findings if why.code.slug == "not-invertible"}
    assert "amazon.api.mws_auth_token" in printed


def test_the_undo_plan_is_refused_where_its_field_moved_since() -> None:
    world = new_mail("a")
    ready = prepared(world.plan(), world.backend)
    applied(ready.plan, world.backend)
    world.backend.state[A].mail = "theirs@shop.example"
    assert [why.code.slug for why in prepared(ready.undo, world.backend).plan.shops[0].findings] == ["stale"]


def test_an_empty_plan_asks_nothing() -> None:
    backend = ModelBackend([bare()])
    ready = prepared(World(backend, ()).plan(), backend)
    assert (ready.plan.shops, ready.undo.shops, backend.reads) == ((), (), {})


def test_a_shop_that_is_gone_is_refused() -> None:
    world = new_mail("a")
    plan = world.plan()
    shop: Shop = world.backend.state.pop(A)
    assert [why.code.slug for why in prepared(plan, world.backend).plan.shops[0].findings] == ["shop-unknown"]
    assert shop.mail == MAILS[0]
