"""Guards: each on both sides of its limit, and how it is allowed.

Allowances that match no shop: which are reported, and with what suggestion.
"""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.core.diagnostics import codes
from reconciler.core.model.state import MaintenancePolicy
from reconciler.core.planning.fingerprint import build_plan
from reconciler.core.planning.guards import (
    AllowList,
    GuardContext,
    Limits,
    apply_guards,
    format_minutes,
    in_window,
    unused_allowances,
)
from reconciler.core.planning.plan import Plan, RequestPace
from reconciler.core.planning.shop_planning import plan_shop
from reconciler.core.planning.undo import undo_plan
from reconciler.core.values import Origin, Registration, ShopKey, StorefrontStatus
from tests.core.planning.test_field_diff import look
from tests.support.example_worlds import desired_with, live
from tests.support.fake_backend import ModelBackend
from tests.support.strategies import CLIENTS, SELLERS, plans

NOON = {"Asia/Tokyo": 12 * 60}
MINUTE = st.integers(0, 24 * 60 - 1)


def planned(*pairs) -> Plan:
    return build_plan(plan_shop(desired, look(shop), RequestPace()) for desired, shop in pairs)


def fleet(size: int, changed: int) -> Plan:
    keys = [f"shop-{number:03d}" for number in range(size)]
    return planned(*((desired_with(key, pre_order=number >= changed), live(key)) for number, key in enumerate(keys)))


def slugs(plan: Plan) -> list[str]:
    return [finding.code.slug for finding in plan.all_findings]


def watch(*grants: tuple[str, str], minutes=NOON, **limits) -> GuardContext:
    return GuardContext(limits=Limits(**limits), allowed=AllowList(entries=grants), minutes=minutes)


@pytest.mark.parametrize(
    ("size", "changed", "held"), [(10, 3, False), (10, 4, True), (9, 9, False), (100, 30, False), (100, 31, True)]
)
def test_at_most_three_in_ten_shops_of_a_fleet_change_at_once(size, changed, held):
    plan = apply_guards(fleet(size, changed), watch())
    assert slugs(plan) == (["fleet-share"] if held else [])
    assert not any(shop.blocked for shop in plan.shops)


@pytest.mark.parametrize(("unchanged", "held"), [(0, True), (89, True), (90, False)])
def test_shops_that_were_not_read_count_as_part_of_the_fleet(unchanged, held):
    plan = replace(fleet(10, 10), unchanged_shops=unchanged)
    assert slugs(apply_guards(plan, watch(fleet_share=10))) == (["fleet-share"] if held else [])


def closing_fleet(size: int) -> Plan:
    keys = [f"shop-{number}" for number in range(size)]
    return planned(*((desired_with(key, enabled=True), live(key, use_amazon=False)) for key in keys))


@pytest.mark.parametrize(("size", "held"), [(3, False), (4, True)])
def test_no_more_shops_than_the_limit_are_closed_in_one_run(size, held):
    plan = apply_guards(closing_fleet(size), watch(closed_at_once=3))
    assert slugs(plan) == (["closed-at-once"] if held else [])


def test_shops_that_the_manifests_themselves_close_count_as_well():
    closed = StorefrontStatus.CLOSED
    plan = planned(*((desired_with(key, status=closed), live(key)) for key in ("a", "b")))
    assert slugs(apply_guards(plan, watch(closed_at_once=1))) == ["closed-at-once"]


@pytest.mark.parametrize("allowed", [True, False])
def test_a_shop_is_closed_only_where_its_manifest_allows_it(allowed):
    desired = desired_with(enabled=True, maintenance=MaintenancePolicy(close_shop=allowed))
    plan = apply_guards(planned((desired, live(use_amazon=False))), watch())
    assert slugs(plan) == ([] if allowed else ["closing-denied"])
    assert plan.shops[0].blocked is not allowed


def test_a_shop_that_is_closed_already_needs_no_leave_to_be_closed():
    desired = desired_with(enabled=True, maintenance=MaintenancePolicy(window=(60, 120)))
    assert slugs(apply_guards(planned((desired, live(use_amazon=False, is_open=False))), watch())) == []


@pytest.mark.parametrize(("now", "held"), [(59, True), (60, False), (299, False), (300, True)])
def test_a_shop_is_closed_only_within_its_window(now, held):
    desired = desired_with(enabled=True, maintenance=MaintenancePolicy(close_shop=True, window=(60, 300)))
    plan = apply_guards(planned((desired, live(use_amazon=False))), watch(minutes={"Asia/Tokyo": now}))
    assert slugs(plan) == (["outside-window"] if held else [])


@pytest.mark.parametrize("place", ["maintenance.close_shop", "maintenance.window"])
@pytest.mark.parametrize("declared", [True, False])
def test_a_held_closing_points_to_where_its_reason_is_declared(place, declared):
    allowed = place == "maintenance.window"
    desired = desired_with(enabled=True, maintenance=MaintenancePolicy(close_shop=allowed, window=(60, 300)))
    origins = {place: Origin("shops/_defaults.yaml", 9, 3)} if declared else {}
    plan = planned((replace(desired, origins=origins), live(use_amazon=False)))
    (found,) = apply_guards(plan, watch(minutes={"Asia/Tokyo": 300 if allowed else 60})).all_findings
    assert found.subject == place
    assert found.origin == origins.get(place, desired.origin)


def closed_by_manifest(maintenance: MaintenancePolicy, **state) -> Plan:
    return planned((desired_with(status=StorefrontStatus.CLOSED, maintenance=maintenance), live(**state)))


@pytest.mark.parametrize(
    ("maintenance", "held"),
    [
        (MaintenancePolicy(), ["closing-denied"]),
        (MaintenancePolicy(close_shop=True), []),
        (MaintenancePolicy(close_shop=True, window=(60, 300)), ["outside-window"]),
        (MaintenancePolicy(close_shop=True, window=(660, 780)), []),
    ],
    ids=["denied", "allowed", "outside the window", "inside the window"],
)
def test_a_shop_that_its_manifest_declares_closed_is_held_like_one_that_is_closed_for_its_changes(maintenance, held):
    plan = apply_guards(closed_by_manifest(maintenance), watch())
    assert slugs(plan) == held
    assert plan.shops[0].blocked is bool(held)


def test_a_contradiction_of_the_manifest_is_named():
    (found,) = apply_guards(closed_by_manifest(MaintenancePolicy()), watch()).all_findings
    assert str(found.summary) == "The manifest declares the shop closed but does not allow closing it"


def test_a_shop_that_is_closed_and_stays_closed_is_not_held():
    assert slugs(apply_guards(closed_by_manifest(MaintenancePolicy(window=(60, 300)), is_open=False), watch())) == []


def undo_of_opening(maintenance: MaintenancePolicy) -> Plan:
    desired, shop = desired_with(status=StorefrontStatus.OPEN, maintenance=maintenance), live(is_open=False)
    return build_plan([undo_plan(plan_shop(desired, look(shop), RequestPace()), look(shop), RequestPace())])


@pytest.mark.parametrize(
    ("maintenance", "grants", "held"),
    [
        (MaintenancePolicy(), (), []),
        (MaintenancePolicy(window=(60, 300)), (), ["outside-window"]),
        (MaintenancePolicy(window=(60, 300)), (("outside-window", "a"),), []),
    ],
    ids=["denied", "outside the window", "outside the window, allowed"],
)
def test_an_undo_plan_that_closes_a_shop_is_held_to_the_window_only(maintenance, grants, held):
    plan = undo_of_opening(maintenance)
    assert plan.shops[0].closes_shop
    assert slugs(apply_guards(plan, watch(*grants))) == held


def test_a_window_is_shown_in_the_shops_own_time():
    maintenance = MaintenancePolicy(close_shop=True, window=(60, 300), time_zone="Asia/Seoul")
    plan = planned((desired_with(enabled=True, maintenance=maintenance), live(use_amazon=False)))
    held = apply_guards(plan, watch(minutes={"Asia/Tokyo": 100, "Asia/Seoul": 725}))
    assert "It is 12:05 in Asia/Seoul" in str(held.all_findings[0].summary)
    assert "from 01:00 to 05:00" in str(held.all_findings[0].summary)


@pytest.mark.parametrize(
    ("now", "inside"), [(22 * 60 - 1, False), (22 * 60, True), (1439, True), (0, True), (119, True), (120, False)]
)
def test_a_window_may_include_midnight(now, inside):
    assert in_window((22 * 60, 120), now) is inside


def test_a_window_that_ends_at_its_start_is_empty():
    assert not any(in_window((60, 60), now) for now in (59, 60, 61))


@given(MINUTE, MINUTE, MINUTE)
def test_a_window_and_the_one_from_its_end_to_its_start_make_a_day(opens, closes, now):
    assert in_window((opens, closes), now) is not in_window((closes, opens), now) or opens == closes


@given(MINUTE)
def test_a_time_of_day_is_written_as_clocks_do(minute):
    hours, minutes = format_minutes(minute).split(":")
    assert int(hours) * 60 + int(minutes) == minute
    assert len(hours) == len(minutes) == 2


@pytest.mark.parametrize(
    ("desired", "shop", "held"),
    [
        (desired_with(enabled=False), live(), True),
        (desired_with(enabled=False, status=StorefrontStatus.CLOSED), live(), True),
        (desired_with(enabled=False), live(is_open=False), False),
        (desired_with(enabled=True), live(use_amazon=False), False),
        (desired_with(enabled=False), live(use_amazon=False), False),
    ],
    ids=["live", "live and closing", "closed", "turning on", "off already"],
)
def test_live_payment_is_not_turned_off_unasked(desired, shop, held):
    assert ("turning-off" in slugs(apply_guards(planned((desired, shop)), watch()))) is held


@pytest.mark.parametrize(
    ("desired", "shop", "held"),
    [
        (desired_with(seller_id=SELLERS[1]), live(), True),
        (desired_with(seller_id=SELLERS[1]), live(is_open=False), True),
        (desired_with(seller_id=SELLERS[1], enabled=False), live(), True),
        (desired_with(seller_id=SELLERS[1]), live(use_amazon=False), False),
        (desired_with(seller_id=SELLERS[1], enabled=True), live(use_amazon=False), False),
        (desired_with(seller_id=SELLERS[1]), live(seller_id=None), False),
        (desired_with(seller_id=SELLERS[0]), live(), False),
        (desired_with(client_id=CLIENTS[1]), live(), False),
    ],
    ids=["live", "closed", "turning off", "off", "turning on", "first seller", "same seller", "other field"],
)
def test_the_seller_of_an_enabled_shop_changes_only_where_it_is_allowed(desired, shop, held):
    plan = planned((desired, shop))
    assert ("seller-changes" in slugs(apply_guards(plan, watch()))) is held
    assert "seller-changes" not in slugs(apply_guards(plan, watch(("seller-changes", "a"))))


@pytest.mark.parametrize(
    ("desired", "shop", "held"),
    [
        (desired_with(registration=Registration.ABSENT), live(), True),
        (desired_with(registration=Registration.ABSENT), live(is_open=False), True),
        (desired_with(registration=Registration.ABSENT), live(use_amazon=False), False),
        (desired_with(registration=Registration.ABSENT, enabled=False), live(), False),
        (desired_with(registration=Registration.REGISTERED), live(), False),
    ],
    ids=["live", "closed", "off", "turning off", "stays"],
)
def test_the_endpoint_of_an_enabled_shop_is_unregistered_only_where_it_is_allowed(desired, shop, held):
    backend = ModelBackend([shop], [(SELLERS[0], shop.site_url)])
    plan = build_plan([plan_shop(desired, backend.look(shop.key), RequestPace())])
    assert ("unregistering" in slugs(apply_guards(plan, watch()))) is held
    assert "unregistering" not in slugs(apply_guards(plan, watch(("unregistering", "a"))))


@pytest.mark.parametrize(
    ("grant", "blocked"),
    [
        (("turning-off", "kyoto-*"), {"nara-tea"}),
        (("turning-off", "*"), set()),
        (("turning-off", "kyoto-tea"), {"kyoto-sake", "nara-tea"}),
        (("closing-denied", "*"), {"kyoto-tea", "kyoto-sake", "nara-tea"}),
    ],
)
def test_a_guard_on_a_shop_is_allowed_by_name_for_the_shops_that_match(grant, blocked):
    keys = ("kyoto-tea", "kyoto-sake", "nara-tea")
    plan = apply_guards(planned(*((desired_with(key, enabled=False), live(key)) for key in keys)), watch(grant))
    assert {shop.shop for shop in plan.shops if shop.blocked} == blocked


def test_a_guard_on_the_fleet_is_allowed_by_its_name():
    assert slugs(apply_guards(fleet(10, 10), watch(("fleet-share", "*")))) == []
    assert slugs(apply_guards(fleet(10, 10), watch(("closed-at-once", "*")))) == ["fleet-share"]


def test_a_grant_is_for_a_code_and_a_glob_over_shops():
    allowed = AllowList(entries=(("turning-off", "kyoto-*"),))
    assert allowed.allows(codes.TURNING_OFF, ShopKey("kyoto-tea"))
    assert not allowed.allows(codes.TURNING_OFF, ShopKey("nara-tea"))
    assert not allowed.allows(codes.CLOSING_DENIED, ShopKey("kyoto-tea"))


@given(plans)
def test_guards_add_findings_and_change_nothing_else(plan):
    held = apply_guards(plan, watch())
    bare = [replace(shop, findings=()) for shop in held.shops]
    assert bare == [replace(shop, findings=()) for shop in plan.shops]
    assert held.fingerprint == plan.fingerprint
    assert set(plan.all_findings) <= set(held.all_findings)


@given(plans)
def test_each_guard_has_a_hint(plan):
    for finding in apply_guards(plan, watch(fleet_share=0, fleet_from=0, closed_at_once=0)).all_findings:
        assert finding.hint is not None


KYOTO, NARA, UJI = (ShopKey(name) for name in ("kyoto-tea", "nara-ink", "uji-cups"))
NAMES = (KYOTO, NARA, UJI)


def turning_off_plan(*turned_off: ShopKey) -> Plan:
    """Three shops in sync, except those in which Amazon Pay is to be turned off."""
    pairs = ((desired_with(key, enabled=key not in turned_off), live(key)) for key in NAMES)
    return apply_guards(planned(*pairs), watch())


def printed(*globs: str, plan: Plan | None = None, names=NAMES, slug: str = "turning-off") -> list[tuple[str, str]]:
    """The summaries and their hints."""
    found = unused_allowances(
        AllowList(entries=tuple((slug, glob) for glob in globs)), plan or turning_off_plan(UJI), names
    )
    assert {finding.code for finding in found} <= {codes.ALLOWED_FOR_NONE}
    assert not any(finding.blocking for finding in found)
    return [(str(finding.summary), str(finding.hint)) for finding in found]


@pytest.mark.parametrize("glob", ["*", "uji-cups", "uji-*", "kyoto-tea"])
def test_one_that_a_selected_shop_matches_is_none_whether_or_not_its_guard_holds_it(glob):
    assert printed(glob) == []


def test_each_is_reported_once_in_the_given_order():
    found = [summary for summary, _ in printed("zzz", "uji-cups", "aaa", "zzz")]
    assert found == [
        "--allow turning-off:'zzz' matches no selected shop",
        "--allow turning-off:'aaa' matches no selected shop",
    ]


@pytest.mark.parametrize(
    ("glob", "plan", "hint"),
    [
        ("uji-cup", turning_off_plan(UJI), "Did you mean uji-cups?"),
        ("nara-inc", turning_off_plan(UJI), "Did you mean nara-ink?"),
        ("osaka-*", turning_off_plan(UJI, KYOTO), "turning-off holds shops: kyoto-tea, uji-cups"),
        (
            "osaka-*",
            turning_off_plan(),
            "turning-off holds no shop; selected shops: kyoto-tea, nara-ink, uji-cups",
        ),
    ],
)
def test_what_was_meant_is_looked_for_among_what_the_guard_holds_first(glob, plan, hint):
    assert [way for _, way in printed(glob, plan=plan)] == [hint]


def test_one_that_the_guard_holds_is_nearer_than_one_that_it_does_not():
    names = (ShopKey("uji-cupa"), *NAMES)
    assert [way for _, way in printed("uji-cupz", names=names)] == ["Did you mean uji-cups?"]


def test_what_another_guard_holds_is_not_listed():
    [(_, hint)] = printed("osaka", slug="closing-denied")
    assert hint.startswith("closing-denied holds no shop")


def test_not_the_whole_of_a_large_fleet_is_listed():
    names = [ShopKey(f"shop-{number:02d}") for number in range(20)]
    [(_, hint)] = printed("osaka", plan=turning_off_plan(), names=names)
    assert hint.endswith("shop-08, shop-09, ...")


@pytest.mark.parametrize(("count", "cut"), [(9, False), (10, False), (11, True)])
def test_ten_shops_are_listed_whole(count, cut):
    names = [ShopKey(f"shop-{number:02d}") for number in range(count)]
    [(_, hint)] = printed("osaka", plan=turning_off_plan(), names=names)
    assert hint.endswith(", ...") is cut
    assert hint.count("shop-") == min(count, 10)


def test_of_a_selection_without_shops_there_is_nothing_to_say():
    assert printed("osaka", names=()) == []
