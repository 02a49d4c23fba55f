"""Values that match Git are recorded, and the next drift is compared with them.

What `canonical` wrote of a field, read back by the field.
"""

import json

import pytest
from hypothesis import given

from reconciler.core.drift.drift import drift_of
from reconciler.core.drift.label import DriftLabel
from reconciler.core.model.canonical import dumps, to_canonical
from reconciler.core.model.kinds import KINDS
from reconciler.core.model.state import FieldRef, Known, scalars
from reconciler.core.planning.plan import RequestPace
from reconciler.core.planning.shop_planning import plan_shop
from reconciler.core.runs.last_applied import LastApplied, from_canonical, in_sync_event, stored_value
from reconciler.core.values import (
    ABSENT,
    PRE_SET,
    ApiStatus,
    CommerceCreator,
    Registration,
    SealedSecret,
    Secret,
    SecretDigest,
    StorefrontStatus,
)
from tests.core.planning.test_field_diff import look
from tests.support.example_worlds import desired_with, live
from tests.support.plan_samples import ENABLED, ENDPOINT, KEY, LABEL, SELLER, TOKEN, USE
from tests.support.strategies import MAILS, TOKENS, observed, secret, shop_plans

MAIL = FieldRef("amazon_settings", "notification_email")
OTHER = "other@kyoto-tea.example"


def past(**applied):
    return LastApplied(applied={f"amazon_settings.{name}": value for name, value in applied.items()}, key=KEY)


@pytest.mark.parametrize("before", [past(), past(notification_email=OTHER)], ids=["never applied", "converged by hand"])
def test_a_matching_value_that_was_not_recorded_is_reported(before):
    seen = in_sync_event(desired_with(notification_email=MAILS[0]), look(live(mail=MAILS[0])), before)
    assert (seen.shop, seen.values, seen.seals) == ("a", ((MAIL, MAILS[0]),), ())


@pytest.mark.parametrize(
    ("wanted", "shop", "before"),
    [
        (desired_with(notification_email=MAILS[0]), live(mail=MAILS[0]), past(notification_email=MAILS[0])),
        (desired_with(notification_email=MAILS[0]), live(mail=MAILS[1]), past(notification_email=OTHER)),
        (desired_with(mws_auth_token=PRE_SET), live(token=PRE_SET), past()),
        (desired_with(messages={"no_such_area.label": "x"}), live(), past()),
    ],
    ids=["known", "differs", "pre-set", "the backend says nothing of it"],
)
def test_without_news_nothing_is_shown(wanted, shop, before):
    assert in_sync_event(wanted, look(shop), before) is None


def test_a_token_is_recorded_with_its_seal_also_where_only_its_digest_was_known():
    wanted, world = desired_with(mws_auth_token=secret(TOKENS[0])), look(live(token=TOKENS[0]))
    seen = in_sync_event(wanted, world, past(mws_auth_token=to_canonical(secret(TOKENS[0]), KEY)))
    assert seen.values == ((TOKEN, secret(TOKENS[0])),)
    assert seen.seals == ((TOKEN, world.value(TOKEN)),)
    again = past(mws_auth_token=stored_value(secret(TOKENS[0]), world.value(TOKEN), KEY))
    assert in_sync_event(wanted, world, again) is None


def test_after_a_convergence_that_was_remembered_the_next_move_is_one_sided():
    wanted, before = desired_with(notification_email=MAILS[0]), past(notification_email=OTHER)
    seen = in_sync_event(wanted, look(live(mail=MAILS[0])), before)
    after = past(**{ref.field: stored_value(value, None, KEY) for ref, value in seen.values})
    world = look(live(mail=MAILS[1]))
    labels = [
        drift_of(wanted, world, plan_shop(wanted, world, RequestPace()), known).entries for known in (before, after)
    ]
    assert [entries[0].label for entries in labels] == [DriftLabel.CONFLICT, DriftLabel.DRIFTED]


STATUS = FieldRef("storefront_status", "status")
CREATOR = FieldRef("entitlements", "commerce_creator")
API = FieldRef("amazon_settings", "api_status")
OTHERS = FieldRef("ipn_endpoint", "others")


def remembered(ref, value):
    """As it comes back from a journal."""
    return from_canonical(ref, json.loads(dumps(to_canonical(value, KEY))))


def as_kept(value):
    """A secret is kept as its digest."""
    if not isinstance(value, Secret | SealedSecret):
        return value
    marker = to_canonical(value, KEY)
    return SecretDigest(marker.get("source"), marker["digest"])


@given(observed)
def test_everything_a_shop_has_is_read_back(seen):
    for kind in KINDS:
        known = seen.reads[kind.name]
        assert isinstance(known, Known)
        for ref, value in scalars(kind, known.value):
            if not isinstance(value, tuple):
                assert remembered(ref, value) == as_kept(value)


@given(shop_plans)
def test_everything_a_plan_writes_is_read_back(plan):
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
        (TOKEN, {"sensitive": True}, SecretDigest()),
        (TOKEN, {"sensitive": True, "source": "ref+env://T", "digest": "00"}, SecretDigest("ref+env://T", "00")),
        (STATUS, "open", StorefrontStatus.OPEN),
        (ENDPOINT, "absent", Registration.ABSENT),
        (CREATOR, "running", CommerceCreator.RUNNING),
        (API, "error", ApiStatus.ERROR),
    ],
)
def test_the_field_has_the_type(ref, document, value):
    back = from_canonical(ref, document)
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
        from_canonical(ref, document)
    assert "in-clear" not in str(refused.value)
