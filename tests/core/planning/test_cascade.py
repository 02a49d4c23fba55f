"""What the backend derives when Amazon設定 changes."""

from dataclasses import replace

import pytest
from hypothesis import given

from reconciler.core.model.kinds import AmazonSettings, SystemParts
from reconciler.core.model.policy import Owner
from reconciler.core.model.state import FieldRef, Known, Unknown
from reconciler.core.planning.cascade import (
    ENABLED_FIELD,
    REQUIRED_SETTINGS,
    apply_changes,
    buttons_visible,
    derived_changes,
    inconsistent_fields,
    reregister_endpoint,
    rewrite_switch,
)
from reconciler.core.planning.change import Reason
from reconciler.core.planning.field_diff import diff
from reconciler.core.values import ABSENT, PRE_SET, UNSET, Registration
from tests.core.planning.test_field_diff import look, shown
from tests.support.example_worlds import bare, desired_with, live
from tests.support.fake_backend import ModelBackend
from tests.support.strategies import CLIENTS, MAILS, SELLERS, finding, origin_at, pairs

HERE = origin_at(9)


def derived(desired, seen):
    written = diff(desired, seen)
    return derived_changes(apply_changes(seen, written), written)


def followed(desired, seen):
    return shown(derived(desired, seen))


def test_turning_the_switch_takes_the_payment_row_and_the_parts_along_both_ways():
    on = {"amazon_pay_payment.use", "amazon_pay_payment.regular", "system_parts.output"}
    assert followed(desired_with(enabled=True), look(bare())) == dict.fromkeys(on, (False, True))
    off = followed(desired_with(enabled=False), look(live()))
    assert off == dict.fromkeys({*on, "amazon_settings.buttons_visible"}, (True, False))


@given(pairs)
def test_pre_order_and_subscription_never_follow(pair):
    desired, seen = pair
    for change in derived(desired, seen):
        assert change.ref.spec.policy.owner is Owner.DERIVED
        assert change.reason is Reason.DERIVED
        assert UNSET not in (change.before, change.after)


@pytest.mark.parametrize("missing", ["seller_id", "client_id", "token", "mail"])
def test_buttons_show_only_when_every_item_of_the_screen_is_set(missing):
    shop = live(**{missing: None})
    names = {"token": "mws_auth_token", "mail": "notification_email"}
    wanted = desired_with(**{names.get(missing, missing): PRE_SET if missing == "token" else "given"})
    assert look(shop).kind(AmazonSettings).buttons_visible is False
    changes = derived(wanted, look(shop))
    assert shown(changes) == ({} if missing == "token" else {"amazon_settings.buttons_visible": (False, True)})


def test_buttons_do_not_ask_for_the_url_that_the_platform_issues():
    shop = live(site_url=None, mail=None)
    assert followed(desired_with(notification_email=MAILS[0]), look(shop)) == {
        "amazon_settings.buttons_visible": (False, True)
    }


@pytest.mark.parametrize("field", ["enabled", *REQUIRED_SETTINGS])
def test_a_missing_value_of_the_backend_does_not_count_as_set(field):
    settings = look(live()).kind(AmazonSettings)
    assert buttons_visible(settings)
    assert not buttons_visible(replace(settings, **{field: UNSET}))


def test_a_derived_change_names_what_it_follows_and_its_line():
    desired = replace(desired_with(enabled=True, client_id=CLIENTS[0]), origins={"amazon.enabled": HERE})
    changes = derived(desired, look(bare()))
    assert {(change.caused_by, change.origin) for change in changes} == {(ENABLED_FIELD, HERE)}


def test_writing_something_else_of_the_screen_moves_nothing_but_the_buttons():
    shop = live(pay_use=False, mail=None)
    assert followed(desired_with(notification_email=MAILS[0]), look(shop)) == {
        "amazon_settings.buttons_visible": (False, True)
    }


def test_changes_of_other_kinds_move_nothing():
    assert followed(desired_with(pre_order=False), look(live(pay_use=False))) == {}


def test_an_unread_kind_or_a_missing_field_is_not_predicted():
    seen = look(bare())
    blind = replace(seen, reads={**seen.reads, "amazon_pay_payment": Unknown(finding())})
    assert followed(desired_with(enabled=True), blind).keys() == {"system_parts.output"}
    silent = replace(seen, reads={**seen.reads, "system_parts": Known(SystemParts(), "v1")})
    assert "system_parts.output" not in followed(desired_with(enabled=True), silent)


def test_what_should_follow_and_does_not_is_found():
    assert inconsistent_fields(look(live(pay_regular=False, output=False))) == (
        FieldRef("amazon_pay_payment", "regular"),
        FieldRef("system_parts", "output"),
    )
    assert inconsistent_fields(look(live())) == ()
    assert inconsistent_fields(look(bare(pay_use=True))) == (FieldRef("amazon_pay_payment", "use"),)


def test_where_the_switch_itself_is_not_known_nothing_is_said_to_follow():
    seen = look(live(pay_use=False))
    blind = replace(seen, reads={**seen.reads, "amazon_settings": Unknown(finding())})
    silent = replace(seen, reads={**seen.reads, "amazon_settings": Known(AmazonSettings(), "v1")})
    for world in (blind, silent):
        assert inconsistent_fields(world) == ()
        assert rewrite_switch(world, True, HERE) is None


def test_the_switch_is_written_again_where_something_does_not_follow():
    again = rewrite_switch(look(live(pay_use=False)), True, HERE)
    assert again is not None
    assert (again.ref, again.before, again.after, again.reason) == (ENABLED_FIELD, True, True, Reason.REWRITTEN)


@pytest.mark.parametrize(
    ("shop", "enabled"),
    [(live(), True), (live(pay_use=False), UNSET), (live(pay_use=False), False)],
    ids=["all follows", "not managed", "the switch differs itself"],
)
def test_the_switch_is_not_written_again_without_need(shop, enabled):
    assert rewrite_switch(look(shop), enabled, HERE) is None


def test_buttons_that_do_not_show_are_no_reason_to_write_the_switch_again():
    """Writing it would not bring them back: a shop would be closed for nothing, at every apply."""
    seen = look(live())
    hidden = Known(replace(seen.kind(AmazonSettings), buttons_visible=False), "v1")
    stray = replace(seen, reads={**seen.reads, "amazon_settings": hidden})
    assert inconsistent_fields(stray) == ()
    assert rewrite_switch(stray, True, HERE) is None


def registered(shop):
    return ModelBackend([shop], [(shop.seller_id, shop.site_url)]).look(shop.key)


def test_a_registered_endpoint_moves_with_the_seller_id():
    seen = registered(live())
    changes = diff(desired_with(seller_id=SELLERS[1], registration=Registration.REGISTERED), seen)
    registration = reregister_endpoint(seen, changes, Registration.REGISTERED, HERE)
    assert registration is not None
    assert (registration.before, registration.after, registration.reason) == (
        Registration.ABSENT,
        Registration.REGISTERED,
        Reason.SELLER_CHANGED,
    )
    assert registration.caused_by == FieldRef("amazon_settings", "seller_id")


@pytest.mark.parametrize(
    ("shop", "wanted", "wish_of_endpoint"),
    [
        (registered(live()), {"seller_id": SELLERS[0]}, Registration.REGISTERED),
        (registered(live()), {"seller_id": SELLERS[1]}, UNSET),
        (registered(live()), {"seller_id": SELLERS[1]}, Registration.ABSENT),
        (look(live()), {"seller_id": SELLERS[1], "registration": Registration.REGISTERED}, Registration.REGISTERED),
        (look(live()), {"seller_id": SELLERS[1]}, Registration.REGISTERED),
    ],
    ids=["same seller", "not managed", "not wanted", "registered anyway", "was not registered"],
)
def test_an_endpoint_is_not_registered_again_without_need(shop, wanted, wish_of_endpoint):
    assert reregister_endpoint(shop, diff(desired_with(**wanted), shop), wish_of_endpoint, HERE) is None


@given(pairs)
def test_changes_applied_to_observed_values_are_in_them_and_versions_stay(pair):
    desired, seen = pair
    changes = diff(desired, seen)
    after = apply_changes(seen, changes)
    for change in changes:
        assert after.value(change.ref) == change.after
    assert {kind: read.version for kind, read in after.reads.items()} == {
        kind: read.version for kind, read in seen.reads.items()
    }


def test_what_was_not_read_is_not_changed_and_an_unread_map_starts_empty():
    seen = look(bare())
    changes = diff(desired_with(messages={"order_area.label": "x"}), seen)
    blind = replace(seen, reads={**seen.reads, "system_parts": Unknown(finding())})
    assert apply_changes(blind, changes) == blind
    silent = replace(seen, reads={**seen.reads, "system_parts": Known(SystemParts(), "v1")})
    assert apply_changes(silent, changes).kind(SystemParts).messages == {"order_area.label": "x"}
    assert seen.value(changes[0].ref) is ABSENT
