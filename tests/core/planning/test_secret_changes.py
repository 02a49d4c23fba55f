"""What a plan says of secrets: with them, without them, with another reference, with a rotated one."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import diagnostic
from reconciler.core.diagnostics.messages import msg
from reconciler.core.model.state import Desired, FieldRef, Observed, UnresolvedSecret
from reconciler.core.planning.change import Reason
from reconciler.core.planning.fingerprint import build_plan, shop_leaf
from reconciler.core.planning.guards import AllowList, GuardContext, apply_guards
from reconciler.core.planning.plan import RequestPace, ShopPlan
from reconciler.core.planning.plan_secrets import attach_secrets, refuse_unresolved, secret_refs
from reconciler.core.planning.shop_planning import plan_shop
from reconciler.core.values import PRE_SET, Secret, SecretRef, ShopKey
from tests.support.example_worlds import desired_with, live
from tests.support.fake_backend import ModelBackend, Shop
from tests.support.plan_samples import KEY
from tests.support.strategies import MAILS, TOKENS, pairs, secret

PACE = RequestPace()
TOKEN = FieldRef("amazon_settings", "mws_auth_token")
WANTED = secret(TOKENS[0], "WANTED")
OTHER = SecretRef("ref+env://OTHER")


def look(shop: Shop) -> Observed:
    return ModelBackend([shop]).look(shop.key)


def without_secrets(desired: Desired, code=codes.SECRET_MISSING) -> Desired:
    """The same manifest, read where no secret is available."""
    want = getattr(desired.values.get("amazon_settings"), "mws_auth_token", None)
    if not isinstance(want, Secret):
        return desired
    why = diagnostic(code, msg("It is not set"), shop=desired.shop, subject=TOKEN.manifest_path)
    bare = desired.with_value(TOKEN, want.source)
    return replace(bare, unresolved=(UnresolvedSecret(TOKEN, why),))


def token_change(plan: ShopPlan):
    return next((change for change in plan.changes if change.ref == TOKEN), None)


def slugs(plan: ShopPlan) -> list[str]:
    return [finding.code.slug for finding in plan.findings]


@given(pairs, st.sampled_from([{}, {TOKEN: OTHER}, {TOKEN: SecretRef("ref+env://TOKEN")}]))
def test_a_leaf_is_the_same_with_and_without_secrets(pair, applied):
    desired, observed = pair
    full = plan_shop(desired, observed, PACE, applied)
    bare = plan_shop(without_secrets(desired), observed, PACE, applied)
    assert shop_leaf(full) == shop_leaf(bare)
    assert build_plan([full]).fingerprint == build_plan([bare]).fingerprint


def test_a_missing_secret_omits_only_its_own_field():
    desired = without_secrets(desired_with(mws_auth_token=WANTED, notification_email=MAILS[1]))
    plan = plan_shop(desired, look(live(mail=MAILS[0], token=TOKENS[1])), PACE)
    assert [str(change.ref) for change in plan.changes] == ["amazon_settings.notification_email"]
    assert (plan.uncompared, slugs(plan), plan.blocked) == (("amazon.api.mws_auth_token",), ["not-compared"], False)
    assert TOKEN not in dict(plan.predicted)


def test_a_secret_of_the_wrong_form_holds_the_shop_and_hides_nothing():
    desired = without_secrets(desired_with(mws_auth_token=WANTED, notification_email=MAILS[1]), codes.SECRET_FORM)
    plan = plan_shop(desired, look(live(mail=MAILS[0], token=TOKENS[1])), PACE)
    assert (len(plan.changes), slugs(plan), plan.blocked) == (1, ["secret-form"], True)


def test_of_a_pre_set_token_no_secret_is_missed():
    plan = plan_shop(without_secrets(desired_with(mws_auth_token=WANTED)), look(live(token=PRE_SET)), PACE)
    assert slugs(plan) == ["token-pre-set"]


def test_a_token_is_planned_without_its_secret_where_the_shop_has_none():
    plan = plan_shop(without_secrets(desired_with(mws_auth_token=WANTED)), look(live(token=None)), PACE)
    assert token_change(plan).after == WANTED.source
    assert plan.uncompared == ()


@pytest.mark.parametrize("held", [TOKENS[0], TOKENS[1]])
def test_a_changed_reference_is_a_change_with_any_value_behind_it(held):
    plan = plan_shop(desired_with(mws_auth_token=WANTED), look(live(token=held)), PACE, {TOKEN: OTHER})
    assert token_change(plan).reason is Reason.REFERENCE_CHANGED
    assert slugs(plan) == ["reference-changed"]
    assert [str(finding.summary) for finding in plan.findings] == [
        "MWSAuthToken (`amazon.api.mws_auth_token`) was last applied from ref+env://OTHER, and the manifest refers to ref+env://WANTED"
    ]


@pytest.mark.parametrize("applied", [{}, {TOKEN: WANTED.source}])
def test_a_rotation_waits_for_its_allowance_and_is_outside_the_leaf(applied):
    shop = plan_shop(desired_with(mws_auth_token=WANTED), look(live(token=TOKENS[1])), PACE, applied)
    plan = build_plan([shop])
    assert token_change(shop).reason is Reason.ROTATED
    assert shop_leaf(shop) is None
    assert slugs(apply_guards(plan, GuardContext()).shops[0]) == ["secret-rotation"]
    allowed = AllowList(entries=(("secret-rotation", "a"),))
    assert not apply_guards(plan, GuardContext(allowed=allowed)).shops[0].blocked


def test_a_secret_that_has_to_be_written_is_missed_by_an_apply():
    desired = without_secrets(desired_with(mws_auth_token=WANTED))
    plan = plan_shop(desired, look(live(token=None)), PACE)
    assert not plan.blocked
    assert slugs(refuse_unresolved(plan, desired)) == ["secret-missing"]
    assert refuse_unresolved(plan, replace(desired, unresolved=())) == plan


def test_a_plan_made_without_secrets_gets_them_when_it_is_applied():
    plan = plan_shop(without_secrets(desired_with(mws_auth_token=WANTED)), look(live(token=None)), PACE)
    assert secret_refs(plan) == (WANTED.source,)
    ready = attach_secrets(plan, {WANTED.source: WANTED}, KEY)
    assert ready == plan_shop(desired_with(mws_auth_token=WANTED), look(live(token=None)), PACE)
    assert slugs(attach_secrets(plan, {}, KEY)) == ["secret-missing"]
    assert plan.shop == ShopKey("a")
