"""Reviews in the store: what one CI job writes, the next one reads; the same over SQLite and PostgreSQL."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from reconciler.adapters.store.db.database import open_store
from reconciler.adapters.store.reviews.review_store import KEPT_PLANS, StoreReviews
from reconciler.core.planning.leaves import ShopLeaf, leaf_digest, merkle_root
from reconciler.core.values import ShopKey
from reconciler.ports.ci.reviews import DeferredApply, PullRequestKey, ReviewedPlan

NOW = datetime(2026, 4, 1, 3, 0, tzinfo=UTC)
REQUEST = PullRequestKey(fleet="production-kyoto", place="github:kyoto/shops", number=12)
LEAVES = tuple(
    ShopLeaf(shop=ShopKey(shop), digest=leaf_digest({"shop": shop})) for shop in ("kyoto-tea", "nara-ink", "uji-cups")
)
PLAN = ReviewedPlan(
    request=REQUEST, head="a" * 40, base="b" * 40, fingerprint=merkle_root(LEAVES), leaves=LEAVES, created=NOW
)
APPLY = DeferredApply(
    request=REQUEST,
    shop=ShopKey("kyoto-tea"),
    head=PLAN.head,
    leaf=LEAVES[0].digest,
    approved=NOW,
    expires=NOW + timedelta(days=7),
    since=NOW + timedelta(hours=1),
)


@pytest.fixture
def reviews(store):
    return StoreReviews(store)


def test_a_plan_is_read_back_by_another_job(location):
    store = open_store(location)
    StoreReviews(store).save_plan(PLAN)
    store.close()
    again = open_store(location)
    assert StoreReviews(again).plan_of(REQUEST) == PLAN
    again.close()


def test_plans_of_several_heads_are_known_by_their_head(reviews):
    later = replace(PLAN, head="c" * 40, created=NOW + timedelta(minutes=5))
    reviews.save_plan(later)
    reviews.save_plan(PLAN)
    assert reviews.plan_of(REQUEST) == later
    assert reviews.plan_of(REQUEST, PLAN.head) == PLAN
    assert reviews.plan_of(REQUEST, "d" * 40) is None


def test_the_same_head_planned_again_replaces_its_plan(reviews):
    reviews.save_plan(PLAN)
    again = replace(PLAN, leaves=LEAVES[:1], fingerprint=merkle_root(LEAVES[:1]), created=NOW + timedelta(hours=1))
    reviews.save_plan(again)
    assert reviews.plan_of(REQUEST, PLAN.head) == again


def test_of_each_pull_request_the_latest_plans_are_kept(reviews):
    plans = [
        replace(PLAN, head=f"{number:040}", created=NOW + timedelta(minutes=number)) for number in range(KEPT_PLANS + 2)
    ]
    other = replace(PLAN, request=replace(REQUEST, number=13))
    for plan in (other, *plans):
        reviews.save_plan(plan)
    kept = [plan for plan in plans if reviews.plan_of(REQUEST, plan.head) is not None]
    assert kept == plans[2:]
    assert reviews.plan_of(other.request) == other


@pytest.mark.parametrize("changed", [{"fleet": "sandbox"}, {"place": "gitlab:kyoto/shops"}, {"number": 13}])
def test_another_fleet_repository_or_pull_request_has_plans_of_its_own(reviews, changed):
    reviews.save_plan(PLAN)
    assert reviews.plan_of(replace(REQUEST, **changed)) is None


def test_a_deferred_apply_is_listed_until_it_is_settled(reviews):
    other = replace(APPLY, shop=ShopKey("uji-cups"), leaf=LEAVES[2].digest)
    reviews.defer([other, APPLY])
    assert reviews.deferred(REQUEST.fleet) == [APPLY, other]
    assert reviews.deferred("sandbox") == []
    reviews.settle(REQUEST.fleet, [APPLY.shop])
    assert reviews.deferred(REQUEST.fleet) == [other]


def test_the_same_approval_keeps_the_time_and_stays_dropped(reviews):
    reviews.defer([APPLY])
    dropped = NOW + timedelta(hours=2)
    assert reviews.drop(REQUEST.fleet, [APPLY.shop, ShopKey("nara-ink")], dropped, "tanaka") == [APPLY.shop]
    assert reviews.drop(REQUEST.fleet, [APPLY.shop], NOW, "sato") == []
    reviews.defer([replace(APPLY, since=NOW + timedelta(hours=5))])
    assert reviews.deferred(REQUEST.fleet) == [replace(APPLY, dropped=dropped, dropped_by="tanaka")]


@pytest.mark.parametrize("changed", [{"leaf": LEAVES[1].digest}, {"head": "c" * 40}])
def test_another_approval_replaces_a_dropped_one(reviews, changed):
    reviews.defer([APPLY])
    reviews.drop(REQUEST.fleet, [APPLY.shop], NOW, "tanaka")
    newer = replace(APPLY, **changed, since=NOW + timedelta(hours=5))
    reviews.defer([newer])
    assert reviews.deferred(REQUEST.fleet) == [newer]


def test_what_was_reported_is_known(reviews):
    assert reviews.last_report(REQUEST) is None
    for digest in (LEAVES[0].digest, LEAVES[1].digest):
        reviews.set_report(REQUEST, digest)
        assert reviews.last_report(REQUEST) == digest
    assert reviews.last_report(replace(REQUEST, number=13)) is None
