"""What is left of an approved plan against what the manifests want by now."""

from __future__ import annotations

from dataclasses import replace

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import found
from reconciler.core.diagnostics.messages import say
from reconciler.core.model.canonical import DigestKey
from reconciler.core.planning.change import Reason
from reconciler.core.planning.plan import Plan, ShopPlan
from reconciler.core.planning.rebase import wanted_otherwise
from tests.examples import going_live, together

KEY = DigestKey(b"a key of sixteen")


def plan() -> Plan:
    return together(going_live("a"), going_live("b")).plan()


def but(shop: ShopPlan, **change: object) -> ShopPlan:
    """With another first change."""
    return replace(shop, changes=(replace(shop.changes[0], **change), *shop.changes[1:]))


def test_the_same_plan_made_again_is_wanted_still() -> None:
    assert wanted_otherwise(plan(), plan(), KEY) == ()


def test_another_value_one_more_or_one_less_is_not() -> None:
    left = plan()
    one, other = left.shops
    for shop in (but(one, after="elsewhere"), replace(one, changes=one.changes[1:]), replace(one, changes=())):
        assert wanted_otherwise(left, replace(left, shops=(shop, other)), KEY) == ("a",)
        assert wanted_otherwise(replace(left, shops=(replace(shop, steps=one.steps), other)), left, KEY) == ("a",)


def test_a_shop_that_is_not_wanted_at_all_any_more() -> None:
    left = plan()
    assert wanted_otherwise(left, replace(left, shops=left.shops[1:]), KEY) == ("a",)


def test_where_nothing_is_left_or_it_is_held_back_nobody_is_asked() -> None:
    left = plan()
    one, other = left.shops
    nothing = replace(left, shops=())
    held = replace(other, findings=(found(codes.STALE, say("it moved"), shop=other.shop),))
    assert wanted_otherwise(replace(left, shops=(replace(one, steps=()), held)), nothing, KEY) == ()


def test_why_and_where_from_do_not_matter() -> None:
    left = plan()
    one, other = left.shops
    assert wanted_otherwise(left, replace(left, shops=(but(one, reason=Reason.REASSERTED), other)), KEY) == ()
