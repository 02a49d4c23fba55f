"""A manifest's fields as flat places: what counts as one, how it is written, and how files are merged."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from reconciler.core.model.kinds import KINDS
from reconciler.core.model.layers import (
    field_ref_at,
    flatten,
    minimal_overlay,
    overlay,
    references,
    sort_paths,
    to_leaf,
)
from reconciler.core.model.policy import Owner
from reconciler.core.model.state import FieldRef
from reconciler.core.values import ABSENT, PRE_SET, Registration, SealedSecret, SecretRef
from tests.core.importing.test_factor_out import profiles


def test_every_field_of_ours_has_its_place() -> None:
    for kind in KINDS:
        for spec in kind.managed_fields(Owner.MANAGED):
            entry = "order_area.label" if spec.policy.entries else None
            ref = FieldRef(kind.name, spec.name, entry)
            assert field_ref_at(ref.manifest_path or "") == ref
    assert field_ref_at("maintenance.window") is None


def test_places_in_the_order_of_the_screens() -> None:
    places = ["storefront.status", "elsewhere", "amazon.messages.b.label", "amazon.messages.a.label", "amazon.enabled"]

    assert sort_paths(places) == [
        "amazon.enabled", "amazon.messages.a.label", "amazon.messages.b.label", "storefront.status", "elsewhere",
    ]  # fmt: skip


def test_values_as_manifests_write_them() -> None:
    written = [to_leaf(value) for value in (True, "x", PRE_SET, Registration.REGISTERED, SecretRef("ref+env://A"))]

    assert written == [True, "x", "pre-set", "registered", "ref+env://A"]
    assert [to_leaf(value) for value in (ABSENT, SealedSecret("00", "00"))] == [None, None]


def test_only_what_is_a_fields_is_read_off_a_manifest() -> None:
    data = {
        "apiVersion": "reconciler/v1",
        "shop": "kyoto-tea",
        "group": None,
        "labels": {"wave": "canary"},
        "amazon": {"enabled": True, "api": {"seller_id": "A1"}, "messages": {"order_area": None}},
        "payment": None,
        "storefront": {"status": 3},
        "maintenance": {"close_shop": "allow", "window": None},
    }

    assert flatten(data) == {
        "amazon.enabled": True,
        "amazon.api.seller_id": "A1",
        "amazon.messages.order_area": None,
        "payment": None,
    }


def test_a_null_takes_out_all_that_lies_below_it() -> None:
    lower = {"amazon.messages.a.label": "x", "amazon.messages.b.label": "y", "amazon.enabled": True}

    assert overlay({"amazon.messages.a": None, "amazon.enabled": False}, lower) == {
        "amazon.messages.b.label": "y",
        "amazon.enabled": False,
    }


@given(profiles, profiles)
def test_what_is_laid_over_something_makes_exactly_what_was_wanted(lower: dict, wanted: dict) -> None:
    layer = minimal_overlay(lower, wanted)

    assert overlay(layer, lower) == wanted
    assert minimal_overlay(wanted, wanted) == {}


@given(profiles, profiles, st.data())
def test_no_line_of_it_can_be_omitted(lower: dict, wanted: dict, data: st.DataObject) -> None:
    layer = minimal_overlay(lower, wanted)
    if layer:
        dropped = data.draw(st.sampled_from(sorted(layer)))
        assert overlay({place: value for place, value in layer.items() if place != dropped}, lower) != wanted


def test_what_refers_to_a_secret() -> None:
    text = {"amazon.messages.order_area.label": "ref+env://A", "elsewhere": "ref+env://B"}

    assert list(references(text | {"amazon.api.mws_auth_token": "ref+env://C"})) == ["ref+env://C"]
    assert list(references({"amazon.api.mws_auth_token": "pre-set"})) == []
