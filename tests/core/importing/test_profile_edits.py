"""An existing manifest matches the backend afterwards, with as few changes as possible."""

from __future__ import annotations

from hypothesis import given

from reconciler.core.importing.profile_edits import profile_edits
from reconciler.core.model.layers import overlay
from reconciler.core.values import UNSET
from tests.core.importing.test_factor_out import profiles

MAIL = "amazon.notification.email"
TOKEN = "amazon.api.mws_auth_token"
TEXT = "amazon.messages.order_area.message"


def edited(own: dict, edits: dict) -> dict:
    gone = {place for place, value in edits.items() if value is UNSET}
    return {place: value for place, value in (own | edits).items() if place not in gone}


def is_reference(value: object) -> bool:
    return isinstance(value, str) and value.startswith("ref+")


@given(profiles, profiles, profiles)
def test_afterwards_it_manages_the_same_fields_and_matches_the_backend(own: dict, lower: dict, wanted: dict) -> None:
    edits = profile_edits(own, lower, wanted)
    before, after = overlay(own, lower), overlay(edited(own, edits), lower)

    assert set(after) == set(before) & set(wanted)
    assert all(after[place] == wanted[place] or is_reference(after[place]) for place in after)


@given(profiles, profiles, profiles)
def test_with_complete_it_declares_everything(own: dict, lower: dict, wanted: dict) -> None:
    after = overlay(edited(own, profile_edits(own, lower, wanted, complete=True)), lower)

    assert set(after) == set(wanted)


@given(profiles, profiles, profiles)
def test_a_second_time_there_is_nothing_to_change(own: dict, lower: dict, wanted: dict) -> None:
    once = edited(own, profile_edits(own, lower, wanted))

    assert profile_edits(once, lower, wanted) == {}


def test_what_already_matches_is_not_touched() -> None:
    own = {MAIL: "a@b.example", TEXT: "one\r\ntwo", TOKEN: "ref+file:///run/token"}

    assert profile_edits(own, {}, {MAIL: "a@b.example", TEXT: "one\ntwo", TOKEN: "ref+env://KYOTO_TEA"}) == {}


def test_what_is_inherited_is_overridden_and_what_is_gone_taken_out() -> None:
    assert profile_edits({}, {MAIL: "a@b.example"}, {MAIL: "c@d.example"}) == {MAIL: "c@d.example"}
    assert profile_edits({}, {MAIL: "a@b.example"}, {}) == {MAIL: None}
    assert profile_edits({MAIL: "a@b.example"}, {}, {}) == {MAIL: UNSET}


def test_a_token_that_amazon_has_pre_set_since_and_one_that_it_has_not() -> None:
    assert profile_edits({TOKEN: "ref+env://A"}, {}, {TOKEN: "pre-set"}) == {TOKEN: "pre-set"}
    assert profile_edits({TOKEN: "pre-set"}, {}, {TOKEN: "ref+env://A"}) == {TOKEN: "ref+env://A"}


def test_what_the_file_takes_out_of_management_stays_out() -> None:
    own = {"amazon.messages": None, MAIL: None}

    assert profile_edits(own, {TEXT: "x", MAIL: "a@b.example"}, {TEXT: "y", MAIL: "c@d.example"}, complete=True) == {}
