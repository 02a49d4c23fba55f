"""What `canonical` wrote of a field, read back by the field."""

import json

import pytest
from hypothesis import given

from reconciler.core.model.canonical import dumps, write
from reconciler.core.model.kinds import KINDS
from reconciler.core.model.state import FieldRef, Known, scalars
from reconciler.core.runs.last_applied import read
from reconciler.core.values import (
    ABSENT,
    PRE_SET,
    ApiStatus,
    CommerceCreator,
    Digested,
    Registration,
    SealedSecret,
    Secret,
    StorefrontStatus,
)
from tests.generators import observed, shop_plans
from tests.saved_plans import ENABLED, ENDPOINT, KEY, LABEL, SELLER, TOKEN, USE

STATUS = FieldRef("storefront_status", "status")
CREATOR = FieldRef("entitlements", "commerce_creator")
API = FieldRef("amazon_settings", "api_status")
OTHERS = FieldRef("ipn_endpoint", "others")


def remembered(ref, value):
    """As it comes back from a journal."""
    return read(ref, json.loads(dumps(write(value, KEY))))


def as_kept(value):
    """A secret is kept as its digest."""
    if not isinstance(value, Secret | SealedSecret):
        return value
    marker = write(value, KEY)
    return Digested(marker.get("source"), marker["digest"])


@given(observed)
def test_whatever_a_shop_has_is_read_back(seen):
    for kind in KINDS:
        known = seen.reads[kind.name]
        assert isinstance(known, Known)
        for ref, value in scalars(kind, known.value):
            if not isinstance(value, tuple):
                assert remembered(ref, value) == as_kept(value)


@given(shop_plans)
def test_whatever_a_plan_writes_is_read_back(plan):
    for change in plan.changes:
        assert remembered(change.ref, change.after) == as_kept(change.after)
        assert type(remembered(change.ref, change.before)) is type(as_kept(change.before))


@pytest.mark.parametrize(
    ("ref", "document", "value"),
    [
        (ENABLED, True, True),
        (USE, False, False),
        (SELLER, "A1EXAMPLE234567", "A1EXAMPLE234567"),
        (SELLER, None, ABSENT),
        (LABEL, "", ""),
        (LABEL, "pre-set", "pre-set"),
        (TOKEN, "pre-set", PRE_SET),
        (TOKEN, {"sensitive": True}, Digested()),
        (TOKEN, {"sensitive": True, "source": "ref+env://T", "digest": "00"}, Digested("ref+env://T", "00")),
        (STATUS, "open", StorefrontStatus.OPEN),
        (ENDPOINT, "absent", Registration.ABSENT),
        (CREATOR, "running", CommerceCreator.RUNNING),
        (API, "error", ApiStatus.ERROR),
    ],
)
def test_the_field_tells_the_type(ref, document, value):
    back = read(ref, document)
    assert (type(back), back) == (type(value), value)


@pytest.mark.parametrize(
    ("ref", "document"),
    [
        (ENABLED, "true"),
        (ENABLED, 1),
        (ENABLED, {"sensitive": True}),
        (SELLER, True),
        (SELLER, ["A1EXAMPLE234567"]),
        (STATUS, "ajar"),
        (TOKEN, "amzn.mws.in-clear"),
        (TOKEN, {"sensitive": False}),
        (TOKEN, {"source": "ref+env://T"}),
        (TOKEN, {"sensitive": True, "digest": 1}),
        (TOKEN, {"sensitive": True, "value": "amzn.mws.in-clear"}),
        (OTHERS, ["https://elsewhere.example/ipn"]),
        (OTHERS, "https://elsewhere.example/ipn"),
    ],
)
def test_what_the_field_cannot_be_is_refused_without_being_quoted(ref, document):
    with pytest.raises(ValueError) as refused:
        read(ref, document)
    assert "in-clear" not in str(refused.value)
