"""Desired against observed: the one generic differ."""

from dataclasses import replace

import pytest
from hypothesis import given

from reconciler.core.model.kinds import KINDS, AmazonSettings
from reconciler.core.model.policy import Compare, Owner
from reconciler.core.model.state import FieldRef, Known, Observed, Unknown, value_at
from reconciler.core.planning.change import Change, ChangeAction, Reason
from reconciler.core.planning.field_diff import declared_values, diff, values_equal
from reconciler.core.values import ABSENT, PRE_SET, UNSET, Registration, SecretRef, StorefrontStatus, seal_secret
from tests.support.example_worlds import bare, desired_with, live
from tests.support.fake_backend import ModelBackend, Shop
from tests.support.strategies import SELLERS, TOKENS, as_wish, finding, observed, origin_at, pairs, secret


def look(shop: Shop) -> Observed:
    return ModelBackend([shop]).look(shop.key)


def shown(changes) -> dict[str, tuple]:
    return {str(change.ref): (change.before, change.after) for change in changes}


@given(observed)
def test_a_world_that_is_wished_for_as_it_is_has_no_differences(seen):
    assert diff(as_wish(seen), seen) == ()


@given(pairs)
def test_only_what_is_mentioned_and_may_be_declared_is_compared(pair):
    desired, seen = pair
    mentioned = {ref for ref, _ in declared_values(desired)}
    for change in diff(desired, seen):
        assert change.ref in mentioned
        assert change.ref.spec.policy.owner is Owner.MANAGED


@given(pairs)
def test_unset_never_appears_in_a_change(pair):
    assert all(UNSET not in (change.before, change.after) for change in diff(*pair))


@given(pairs)
def test_a_change_comes_from_the_line_that_declares_it(pair):
    desired, seen = pair
    for change in diff(desired, seen):
        assert change.origin == desired.origins.get(change.ref.manifest_path, desired.origin)


@given(pairs)
def test_a_kind_that_could_not_be_read_is_not_taken_for_an_empty_one(pair):
    desired, seen = pair
    blind = replace(seen, reads={**seen.reads, "amazon_settings": Unknown(finding())})
    assert all(change.ref.kind != "amazon_settings" for change in diff(desired, blind))
    assert [c for c in diff(desired, seen) if c.ref.kind != "amazon_settings"] == list(diff(desired, blind))


@given(observed)
def test_nothing_mentioned_nothing_differs(seen):
    assert diff(desired_with(), seen) == ()


def test_what_is_not_there_yet_is_added():
    changes = diff(desired_with(seller_id=SELLERS[0], registration=Registration.REGISTERED), look(bare()))
    assert {str(change.ref): change.action for change in changes} == {
        "amazon_settings.seller_id": ChangeAction.ADD,
        "ipn_endpoint.registration": ChangeAction.ADD,
    }
    assert all(change.reason is Reason.DECLARED and not change.derived for change in changes)


@pytest.mark.parametrize(
    ("before", "after", "action"),
    [
        (ABSENT, "x", ChangeAction.ADD),
        ("x", ABSENT, ChangeAction.REMOVE),
        (Registration.REGISTERED, Registration.ABSENT, ChangeAction.REMOVE),
        (Registration.ABSENT, Registration.REGISTERED, ChangeAction.ADD),
        ("x", "y", ChangeAction.CHANGE),
        (False, True, ChangeAction.CHANGE),
        (StorefrontStatus.OPEN, StorefrontStatus.CLOSED, ChangeAction.CHANGE),
        (ABSENT, ABSENT, ChangeAction.CHANGE),
    ],
)
def test_an_action_is_read_from_both_ends(before, after, action):
    ref = FieldRef("amazon_settings", "seller_id")
    change = Change(ref=ref, before=before, after=after, reason=Reason.DECLARED, origin=origin_at(1))
    assert change.action is action


def test_an_entry_the_backend_does_not_know_counts_as_absent():
    changes = diff(desired_with(messages={"new_part.label": "x"}), look(bare()))
    assert shown(changes) == {"system_parts.messages.new_part.label": (ABSENT, "x")}


def test_each_entry_of_a_map_is_managed_separately():
    shop = bare(texts={"order_area.label": "one", "order_area.message": "two"})
    changes = diff(desired_with(messages={"order_area.message": "other"}), look(shop))
    assert shown(changes) == {"system_parts.messages.order_area.message": ("two", "other")}


def test_line_ends_of_texts_do_not_matter_and_those_of_ids_do():
    assert (
        diff(
            desired_with(messages={"order_area.label": "one\ntwo"}),
            look(bare(texts={"order_area.label": "one\r\ntwo"})),
        )
        == ()
    )
    assert not values_equal(Compare.EXACT, "one\r\n", "one\n")


def test_a_token_is_held_against_its_seal():
    world = look(live())
    assert diff(desired_with(mws_auth_token=secret(TOKENS[0])), world) == ()
    assert list(shown(diff(desired_with(mws_auth_token=secret(TOKENS[1])), world))) == [
        "amazon_settings.mws_auth_token"
    ]


def test_a_token_differs_from_none():
    assert diff(desired_with(mws_auth_token=secret(TOKENS[0])), look(bare()))


@pytest.mark.parametrize("want", [PRE_SET, secret(TOKENS[0])], ids=repr)
def test_a_pre_set_token_is_never_in_a_change(want):
    assert diff(desired_with(mws_auth_token=want), look(live(token=PRE_SET))) == ()
    assert diff(desired_with(mws_auth_token=PRE_SET), look(live())) == ()


def test_a_reference_cannot_be_compared_before_it_is_resolved():
    reference = SecretRef("ref+env://TOKEN")
    assert diff(desired_with(mws_auth_token=reference), look(live())) == ()
    with pytest.raises(TypeError, match="ref\\+env://TOKEN was not resolved"):
        values_equal(Compare.SEALED, reference, seal_secret(secret(TOKENS[0]), "00"))


def test_a_reference_differs_from_nothing():
    (change,) = diff(desired_with(mws_auth_token=SecretRef("ref+env://TOKEN")), look(live(token=None)))
    assert (change.before, change.after) == (ABSENT, SecretRef("ref+env://TOKEN"))


def test_a_secret_is_the_same_as_nothing_but_its_seal():
    token = secret(TOKENS[0])
    assert values_equal(Compare.SEALED, token, seal_secret(token, "00"))
    assert not values_equal(Compare.SEALED, token, ABSENT)
    assert not values_equal(Compare.SEALED, token, token)


def test_changes_come_in_the_order_of_kinds_fields_and_entries():
    wanted = desired_with(
        status=StorefrontStatus.CLOSED,
        enabled=True,
        messages={"order_area.message": "b", "login_link_area.label": "a"},
        client_id="c",
        pre_order=True,
    )
    assert list(shown(diff(wanted, look(bare())))) == [
        "amazon_settings.enabled",
        "amazon_settings.client_id",
        "amazon_pay_payment.pre_order",
        "system_parts.messages.login_link_area.label",
        "system_parts.messages.order_area.message",
        "storefront_status.status",
    ]


@given(observed)
def test_a_failed_read_says_nothing_of_any_field(seen):
    blind = Observed.unknown(seen.shop, finding())
    assert blind.kind(AmazonSettings) is None
    assert blind.reads.keys() == {kind.name for kind in KINDS} == seen.reads.keys()
    assert all(blind.value(FieldRef(kind.name, spec.name)) is UNSET for kind in KINDS for spec in kind.fields)


def test_an_entry_of_a_map_that_was_not_read_is_unset():
    assert value_at(AmazonSettings(), FieldRef("amazon_settings", "seller_id", "entry")) is UNSET


def test_a_resolved_secret_takes_the_place_of_its_reference_and_of_nothing_else():
    before = desired_with(mws_auth_token=SecretRef("ref+env://TOKEN"), seller_id=SELLERS[0], pre_order=True)
    after = before.with_value(FieldRef("amazon_settings", "mws_auth_token"), secret(TOKENS[0]))
    assert after.kind(AmazonSettings) == AmazonSettings(mws_auth_token=secret(TOKENS[0]), seller_id=SELLERS[0])
    assert after.values["amazon_pay_payment"] is before.values["amazon_pay_payment"]


def test_a_field_is_written_as_its_path_and_knows_its_place_in_the_manifest():
    entry = FieldRef("system_parts", "messages", "order_area.label")
    assert (str(entry), entry.manifest_path) == (
        "system_parts.messages.order_area.label",
        "amazon.messages.order_area.label",
    )
    assert FieldRef("amazon_pay_payment", "regular").manifest_path is None


def test_a_field_is_called_as_on_its_screen_and_the_label_of_a_part_is_not_its_message():
    label, message = (FieldRef("system_parts", "messages", f"order_area.{word}") for word in ("label", "message"))
    assert (label.label, message.label) == ("ラベル", "メッセージ")
    assert (label.display_name, message.display_name) == ("ラベル order_area.label", "メッセージ order_area.message")
    assert FieldRef("amazon_pay_payment", "pre_order").display_name == "予約販売"


def test_a_place_that_is_not_known_falls_back_to_the_file():
    desired = replace(desired_with(enabled=True), origins={"amazon.enabled": origin_at(7)})
    assert desired.origin_of("amazon.enabled") == origin_at(7)
    assert desired.origin_of("amazon.api.seller_id") == desired.origin_of(None) == desired.origin


def test_a_desired_shop_may_be_queried_for_a_kind_it_does_not_mention():
    assert desired_with(pre_order=True).kind(AmazonSettings) == AmazonSettings()
    assert isinstance(look(bare()).reads["amazon_settings"], Known)
