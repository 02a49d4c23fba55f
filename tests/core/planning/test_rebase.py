"""An approved plan compared with the present state: it continues, drops what already matches, or reports what changed.

What remains of an approved plan, compared with the present manifests.
"""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import diagnostic
from reconciler.core.diagnostics.messages import msg
from reconciler.core.documents.saved_plan import decode_plan, encode_plan
from reconciler.core.model.state import FieldRef
from reconciler.core.planning.change import Reason
from reconciler.core.planning.field_diff import values_equal
from reconciler.core.planning.fingerprint import build_plan
from reconciler.core.planning.plan import Plan, RequestPace, ShopPlan, StepKind
from reconciler.core.planning.plan_secrets import attach_secrets, secret_refs
from reconciler.core.planning.rebase import STATUS, StaleChange, rebase, shops_with_changed_intent
from reconciler.core.runs.report import ShopOutcome
from reconciler.core.values import (
    ABSENT,
    PRE_SET,
    Registration,
    SealedSecret,
    SecretDigest,
    SecretRef,
    ShopKey,
    StorefrontStatus,
)
from tests.support.example_worlds import (
    applied,
    bare,
    closing,
    desired_with,
    going_live,
    leaving,
    live,
    opening,
    outcomes,
    site_url,
    together,
)
from tests.support.fake_backend import Fault, ModelBackend, unreachable
from tests.support.plan_samples import ENABLED, ENDPOINT, KEY, LABEL, OTHER_KEY, SELLER, TOKEN, digested, of, unhindered
from tests.support.strategies import CLIENTS, MAILS, SELLERS, TOKENS, World, backends, secret, worlds

PACE = RequestPace()
A = ShopKey("a")
MAIL = FieldRef("amazon_settings", "notification_email")
SITE = FieldRef("amazon_settings", "merchant_site_url")
ONE = worlds(keys=("a",)).map(unhindered)
PLACES = {
    MAIL: ("mail", MAILS),
    SELLER: ("seller_id", SELLERS),
    FieldRef("amazon_settings", "client_id"): ("client_id", CLIENTS),
    TOKEN: ("token", TOKENS),
    FieldRef("amazon_pay_payment", "pre_order"): ("pre_order", (True, False)),
    FieldRef("amazon_pay_payment", "subscription"): ("subscription", (True, False)),
    STATUS: ("is_open", (True, False)),
    ENABLED: ("use_amazon", (True, False)),
}


def world_of(wanted, *shops, registered=()) -> World:
    return World(ModelBackend(shops, registered), (wanted,))


def plan_of(world: World) -> ShopPlan:
    return world.plan().shops[0]


def now(world: World, plan: ShopPlan, key=None):
    return rebase(plan, world.backend.look(A), PACE, key)


def shop_of(world: World):
    return world.backend.state[A]


def refs(plan: ShopPlan) -> set[FieldRef]:
    return {change.ref for change in plan.written_changes}


def read_back(plan: ShopPlan, key=KEY) -> ShopPlan:
    """The plan as its file has it."""
    return decode_plan(json.loads(encode_plan(of(build_plan([plan])), key))).plan.shops[0]


# Laws.


@given(ONE)
def test_in_the_same_world_the_plan_is_the_same(world):
    plan = plan_of(world)
    assert not plan.blocked
    assert now(world, plan) == plan
    assert now(world, replace(plan, planned_from=None)) == plan


@given(ONE)
def test_a_plan_that_was_applied_writes_nothing_more(world):
    plan = plan_of(world)
    applied(world.plan(), world.backend)
    left = now(world, plan)
    assert isinstance(left, ShopPlan)
    # The endpoints of a seller that the shop has left cannot be read with the shop: the backend looks before it writes.
    former = plan.endpoint_target is not None and world.backend.look(A).value(SELLER) != plan.endpoint_target[0]
    assert refs(left) <= ({ENDPOINT} if former else set())
    done = len(world.backend.done)
    applied(build_plan([left]), world.backend)
    assert len(world.backend.done) == done


@given(ONE)
def test_one_that_was_read_from_its_file_is_as_good(world):
    plan = plan_of(world)
    assert not plan.blocked
    saved = read_back(plan)
    found = {ref: secret(TOKENS[0]) for ref in secret_refs(saved)}
    found |= {c.after.source: c.after for c in plan.written_changes if c.ref == TOKEN}
    back = attach_secrets(saved, found, KEY)
    one, other = now(world, back, KEY), now(world, plan)
    assert isinstance(one, ShopPlan)
    assert isinstance(other, ShopPlan)
    # For a token that the plan does not write, the file holds what the backend shows.
    assert replace(one, predicted=()) == replace(other, predicted=())
    assert [ref for ref, _ in one.predicted] == [ref for ref, _ in other.predicted]
    assert not any(isinstance(value, SecretDigest) for _, value in one.predicted)


@given(ONE, st.sampled_from(sorted(PLACES)), st.data())
def test_an_edit_of_what_the_plan_does_not_touch_does_not_matter(world, ref, data):
    plan = plan_of(world)
    assert not plan.blocked
    closes_for_it = ref == STATUS and ENABLED in refs(plan)
    assume(ref not in refs(plan) and not closes_for_it and not (ref == SELLER and ENDPOINT in refs(plan)))
    name, values = PLACES[ref]
    setattr(shop_of(world), name, data.draw(st.sampled_from(values)))
    left = now(world, plan)
    assert isinstance(left, ShopPlan)
    assert refs(left) <= refs(plan)
    report = applied(build_plan([left]), world.backend)
    assert not any(shop.missed for shop in report.shops)


@given(ONE, st.data())
def test_an_edit_of_a_touched_field_is_reported_or_matches(world, data):
    plan = plan_of(world)
    touched = sorted(refs(plan) & set(PLACES))
    assert not plan.blocked
    if not touched:
        return
    ref = data.draw(st.sampled_from(touched))
    name, values = PLACES[ref]
    before = world.backend.look(A).value(ref)
    setattr(shop_of(world), name, data.draw(st.sampled_from([v for v in values if v != getattr(shop_of(world), name)])))
    today, change = world.backend.look(A).value(ref), plan.change_at(ref)
    left = now(world, plan)
    if not values_equal(ref.spec.policy.compare, change.after, today):
        assert StaleChange(ref=ref, planned=before, now=today, wanted=change.after) in left
    elif isinstance(left, ShopPlan):
        assert ref not in refs(left)
    else:
        assert [moved.ref for moved in left] == [STATUS]  # it was opened before the switch was written


@given(ONE, backends(("a",)))
def test_in_any_other_world_it_does_no_more_than_was_approved(world, later):
    plan = plan_of(world)
    assert not plan.blocked
    seen = later.look(A)
    left = rebase(plan, seen, PACE)
    if isinstance(left, tuple):
        assert left
        assert len({moved.ref for moved in left}) == len(left)
        assert all(moved.now != moved.planned for moved in left)
        return
    assert refs(left) <= refs(plan)
    assert plan.bracket or not left.bracket
    assert ENDPOINT not in refs(left) or left.endpoint_target == plan.endpoint_target
    assert {step.action for step in left.steps} <= {step.action for step in plan.steps}


@given(ONE, backends(("a",)))
def test_its_values_are_observed_once_it_is_applied(world, later):
    plan = plan_of(world)
    assert not plan.blocked
    left = rebase(plan, later.look(A), PACE)
    assume(isinstance(left, ShopPlan))
    report = applied(build_plan([left]), later)
    assume(
        report.shops[0].outcome in (ShopOutcome.APPLIED, ShopOutcome.UNCHANGED)
    )  # it may not have what the plan relied on
    after = later.look(A)
    for change in plan.written_changes:
        if change.ref == ENDPOINT:
            seller, url = plan.endpoint_target
            assert (url in later.urls.get(seller, ())) is (change.after is Registration.REGISTERED)
        else:
            assert values_equal(change.ref.spec.policy.compare, change.after, after.value(change.ref))


# The storefront.


@pytest.mark.parametrize(
    ("make", "planned", "wanted"),
    [
        (going_live, StorefrontStatus.OPEN, StorefrontStatus.OPEN),
        (
            lambda: world_of(desired_with(enabled=True), bare(is_open=False)),
            StorefrontStatus.CLOSED,
            StorefrontStatus.CLOSED,
        ),
        (opening, StorefrontStatus.CLOSED, StorefrontStatus.OPEN),
    ],
    ids=["bracket", "closed to begin with", "to be opened at the end"],
)
def test_a_shop_that_was_opened_or_closed_since_then_has_changed(make, planned, wanted):
    world = make()
    plan = plan_of(world)
    shop_of(world).is_open = not shop_of(world).is_open
    (moved,) = now(world, plan)
    today = world.backend.look(A).value(STATUS)
    assert moved == StaleChange(ref=STATUS, planned=planned, now=today, wanted=wanted)


def test_a_shop_that_the_plan_closes_may_be_closed_already():
    world = closing()
    shop_of(world).is_open = False
    left = now(world, plan_of(closing()))
    assert isinstance(left, ShopPlan)
    assert refs(left) == {ENABLED}
    assert left.bracket is None


def test_a_shop_may_open_or_close_if_nothing_needs_it_closed():
    world = world_of(desired_with(pre_order=True), bare())
    plan = plan_of(world)
    shop_of(world).is_open = False
    left = now(world, plan)
    assert isinstance(left, ShopPlan)
    assert left.steps == plan.steps


def test_once_the_switch_matches_it_does_not_matter_either():
    world = world_of(desired_with(enabled=True, notification_email=MAILS[0]), bare())
    plan = plan_of(world)
    applied(world.plan(), world.backend)
    shop_of(world).mail = None
    shop_of(world).is_open = False
    left = now(world, plan)
    assert isinstance(left, ShopPlan)
    assert refs(left) == {MAIL}


# What already matches.


def test_the_present_value_is_not_written_again():
    world = going_live()
    plan = plan_of(world)
    shop_of(world).mail = MAILS[0]
    left = now(world, plan)
    assert refs(left) == refs(plan) - {MAIL}
    assert applied(build_plan([left]), world.backend).shops[0].outcome is ShopOutcome.APPLIED


def test_a_text_that_differs_in_its_line_ends_alone_has_not_moved():
    message = FieldRef("system_parts", "messages", "order_area.message")
    shop = bare()
    shop.texts["order_area.message"] = "one\ntwo"
    world = world_of(desired_with(messages={"order_area.message": "three"}), shop)
    plan = plan_of(world)
    shop.texts["order_area.message"] = "one\r\ntwo"
    left = now(world, plan)
    assert left.change_at(message).before == "one\r\ntwo"


def test_a_missing_part_is_reported_as_absent():
    shop = live()
    shop.texts["order_area.label"] = "old"
    world = world_of(desired_with(messages={"order_area.label": "new"}), shop)
    plan = plan_of(world)
    del shop.texts["order_area.label"]
    assert now(world, plan) == (StaleChange(ref=LABEL, planned="old", now=ABSENT, wanted="new"),)


def test_a_part_that_is_gone_and_was_not_touched_is_no_longer_predicted():
    shop = live()
    shop.texts["order_area.label"] = "as it is"
    world = world_of(desired_with(pre_order=False, messages={"order_area.label": "as it is"}), shop)
    plan = plan_of(world)
    del shop.texts["order_area.label"]
    left = now(world, plan)
    assert {ref for ref, _ in plan.predicted} - {ref for ref, _ in left.predicted} == {LABEL}


def straying() -> World:
    """利用設定 is on, and the row of the payment methods does not follow: it is to be written again."""
    return world_of(desired_with(enabled=True), live(pay_use=False))


def test_a_switch_that_is_written_again_is_left_until_what_follows_it_does():
    world = straying()
    plan = plan_of(world)
    assert [change.reason for change in plan.written_changes] == [Reason.REWRITTEN]
    assert now(world, plan) == plan
    shop_of(world).pay_use = True
    left = now(world, plan)
    assert left.steps == ()


def test_one_that_was_turned_off_since_then_has_changed():
    world = straying()
    plan = plan_of(world)
    shop_of(world).use_amazon = False
    assert now(world, plan) == (StaleChange(ref=ENABLED, planned=True, now=False, wanted=True),)


def test_what_should_have_followed_the_switch_and_does_not_is_a_miss():
    world = world_of(desired_with(enabled=True, notification_email=MAILS[1]), live(use_amazon=False, pay_use=False))
    plan = plan_of(world)
    shop_of(world).use_amazon = True
    left = now(world, plan)
    assert refs(left) == {MAIL}
    assert outcomes(applied(build_plan([left]), world.backend)) == {"a": "missed"}


# The endpoint and its seller.


def another_seller(registration=Registration.REGISTERED) -> World:
    """The shop goes from one seller to another, with its endpoint registered for the first."""
    wanted = desired_with(seller_id=SELLERS[1], registration=registration)
    return world_of(wanted, live(token=None), registered=[(SELLERS[0], site_url("a"))])


def test_the_endpoint_of_the_seller_that_was_does_not_stand_for_the_one_that_will_be():
    world = another_seller()
    plan = plan_of(world)
    left = now(world, plan)
    assert ENDPOINT in refs(left)
    applied(build_plan([left]), world.backend)
    assert site_url("a") in world.backend.urls[SELLERS[1]]


def test_nor_does_one_that_was_registered_for_the_old_seller_since_then():
    world = world_of(desired_with(seller_id=SELLERS[1], registration=Registration.REGISTERED), live())
    plan = plan_of(world)
    world.backend.urls[SELLERS[0]] = {site_url("a")}
    assert ENDPOINT in refs(now(world, plan))


@pytest.mark.parametrize("there", [True, False])
def test_with_the_new_seller_already_set_its_endpoint_is_checked(there):
    world = another_seller()
    plan = plan_of(world)
    shop_of(world).seller_id = SELLERS[1]
    world.backend.urls[SELLERS[1]] = {site_url("a")} if there else set()
    left = now(world, plan)
    assert refs(left) == (set() if there else {ENDPOINT})


def test_an_endpoint_that_goes_goes_from_the_approved_seller():
    world = another_seller(Registration.ABSENT)
    plan = plan_of(world)
    assert plan.endpoint_target == (SELLERS[0], site_url("a"))
    shop_of(world).seller_id = SELLERS[1]
    left = now(world, plan)
    assert refs(left) == {ENDPOINT}
    assert left.endpoint_target == plan.endpoint_target
    assert "ipn_endpoint" not in dict(left.versions)
    applied(build_plan([left]), world.backend)
    assert world.backend.urls[SELLERS[0]] == set()


@pytest.mark.parametrize(
    ("ref", "name", "value"), [(SELLER, "seller_id", SELLERS[2]), (SITE, "site_url", "https://moved.example/ipn")]
)
def test_an_endpoint_of_another_seller_or_url_than_approved_is_not_written(ref, name, value):
    world = world_of(desired_with(registration=Registration.REGISTERED), live())
    plan = plan_of(world)
    was = world.backend.look(A).value(ref)
    setattr(shop_of(world), name, value)
    assert now(world, plan) == (StaleChange(ref=ref, planned=was, now=value, wanted=was),)


def test_a_shop_without_an_endpoint_has_no_seller_to_move():
    plan = plan_of(world_of(desired_with(registration=Registration.REGISTERED), live(site_url=None)))
    assert plan.blocked
    assert plan.endpoint_target is None
    assert isinstance(rebase(plan, ModelBackend([live(site_url=None)]).look(A), PACE), ShopPlan)


# Secrets.


def rotating() -> World:
    return world_of(desired_with(mws_auth_token=secret(TOKENS[1])), live())


def test_a_file_knows_a_token_by_its_digest():
    saved = read_back(plan_of(rotating()))
    assert saved == digested(rotating().plan()).shops[0]
    assert secret_refs(saved) == (SecretRef("ref+env://TOKEN"),)


def test_with_another_key_a_token_cannot_be_distinguished_from_a_changed_one():
    world = rotating()
    plan = read_back(plan_of(world))
    for key in (OTHER_KEY, None):
        (moved,) = now(world, plan, key)
        assert (moved.ref, moved.planned) == (TOKEN, plan.changes[0].before)
        assert isinstance(moved.now, SealedSecret)


@pytest.mark.parametrize("value", [TOKENS[0][:-1] + "7", PRE_SET, None], ids=["another", "pre-set", "none"])
def test_a_changed_token_is_reported(value):
    world = rotating()
    plan = attach_secrets(read_back(plan_of(world)), {SecretRef("ref+env://TOKEN"): secret(TOKENS[1])}, KEY)
    shop_of(world).token = value
    assert [moved.ref for moved in now(world, plan, KEY)] == [TOKEN]


def test_a_token_that_already_matches_is_not_written_again():
    world = rotating()
    plan = attach_secrets(read_back(plan_of(world)), {SecretRef("ref+env://TOKEN"): secret(TOKENS[1])}, KEY)
    shop_of(world).token = TOKENS[1]
    assert now(world, plan, KEY).steps == ()


def test_a_rebased_file_is_applied_like_any_plan_also_where_an_answer_is_lost():
    world = rotating()
    plan = attach_secrets(read_back(plan_of(world)), {SecretRef("ref+env://TOKEN"): secret(TOKENS[1])}, KEY)
    world.backend.faults = [Fault(shop=A, at=0, refused=unreachable(happened=None))]
    report = applied(build_plan([now(world, plan, KEY)]), world.backend)
    assert outcomes(report) == {"a": "applied"}
    assert shop_of(world).token == TOKENS[1]


def test_a_plan_that_has_its_secrets_is_left_as_it_is():
    plan = plan_of(going_live())
    assert secret_refs(plan) == ()
    assert attach_secrets(plan, {}, KEY) == plan


@pytest.mark.parametrize(
    ("secrets", "key", "code"),
    [
        ({}, KEY, codes.SECRET_MISSING),
        ({SecretRef("ref+env://TOKEN"): secret(TOKENS[0])}, KEY, codes.STALE),
        ({SecretRef("ref+env://TOKEN"): secret(TOKENS[1])}, OTHER_KEY, codes.STALE),
    ],
    ids=["missing", "another secret", "another key"],
)
def test_a_secret_that_is_not_the_approved_one_holds_the_shop(secrets, key, code):
    saved = read_back(plan_of(rotating()))
    held = attach_secrets(saved, secrets, key)
    assert held.changes == saved.changes
    assert held.blocked
    (finding,) = held.findings
    assert (finding.code, finding.shop, finding.subject) == (code, A, "amazon.api.mws_auth_token")
    assert "ref+env://TOKEN" in str(finding.summary)
    assert finding.hint is not None


def test_a_digest_without_a_source_cannot_be_put_back():
    saved = read_back(plan_of(rotating()))
    (change,) = saved.changes
    sourceless = replace(saved, changes=(replace(change, after=SecretDigest(None, change.after.digest)),))
    assert secret_refs(sourceless) == ()
    assert [finding.code for finding in attach_secrets(sourceless, {}, KEY).findings] == [codes.SECRET_MISSING]


def test_a_bracket_that_is_left_is_the_approved_one():
    world = leaving()
    plan = plan_of(world)
    shop_of(world).pre_order = False
    left = now(world, plan)
    assert [step.action for step in left.steps[:4]] == [
        StepKind.CLOSE,
        StepKind.WRITE,
        StepKind.VERIFY,
        StepKind.REOPEN,
    ]


def plan() -> Plan:
    return together(going_live("a"), going_live("b")).plan()


def but(shop: ShopPlan, **change: object) -> ShopPlan:
    """With another first change."""
    return replace(shop, changes=(replace(shop.changes[0], **change), *shop.changes[1:]))


def test_the_same_plan_made_again_is_wanted_still() -> None:
    assert shops_with_changed_intent(plan(), plan(), KEY) == ()


def test_another_value_one_more_or_one_less_is_not() -> None:
    left = plan()
    one, other = left.shops
    for shop in (but(one, after="elsewhere"), replace(one, changes=one.changes[1:]), replace(one, changes=())):
        assert shops_with_changed_intent(left, replace(left, shops=(shop, other)), KEY) == ("a",)
        assert shops_with_changed_intent(replace(left, shops=(replace(shop, steps=one.steps), other)), left, KEY) == (
            "a",
        )


def test_a_shop_that_is_not_wanted_at_all_any_more() -> None:
    left = plan()
    assert shops_with_changed_intent(left, replace(left, shops=left.shops[1:]), KEY) == ("a",)


def test_there_is_no_prompt_if_nothing_is_left_or_it_is_held() -> None:
    left = plan()
    one, other = left.shops
    nothing = replace(left, shops=())
    held = replace(other, findings=(diagnostic(codes.STALE, msg("it moved"), shop=other.shop),))
    assert shops_with_changed_intent(replace(left, shops=(replace(one, steps=()), held)), nothing, KEY) == ()


def test_why_and_where_from_do_not_matter() -> None:
    left = plan()
    one, other = left.shops
    assert shops_with_changed_intent(left, replace(left, shops=(but(one, reason=Reason.REWRITTEN), other)), KEY) == ()


def test_a_shop_is_not_asked_about_for_a_secret_that_is_the_same() -> None:
    left = going_live().plan()
    assert shops_with_changed_intent(left, digested(left), KEY) == ()
    assert shops_with_changed_intent(left, digested(left, OTHER_KEY), KEY) == ("a",)


def test_a_field_that_the_plan_does_not_write_is_expected_as_it_is_now() -> None:
    """An edit of it is no miss; a text whose line ends alone differ stays as it was planned."""
    texts = {"order_area.message": "one\ntwo"}
    shop = live(pre_order=False, texts=texts | {"order_area.label": None})
    backend = ModelBackend([shop])
    plan = plan_of(World(backend, (desired_with(pre_order=True, notification_email=MAILS[0], messages=texts),)))
    shop.mail, shop.texts["order_area.message"] = MAILS[1], "one\r\ntwo"
    left = rebase(plan, backend.look(A), PACE)
    assert isinstance(left, ShopPlan)
    predicted = {str(ref): value for ref, value in left.predicted}
    assert predicted["amazon_settings.notification_email"] == MAILS[1]
    assert predicted["system_parts.messages.order_area.message"] == "one\ntwo"


@pytest.mark.parametrize(("seller", "known"), [(SELLERS[0], True), (SELLERS[1], False)])
def test_the_version_of_an_endpoint_list_is_kept_for_the_same_seller_alone(seller, known) -> None:
    world = world_of(desired_with(seller_id=seller, registration=Registration.REGISTERED), live())
    left = now(world, plan_of(world))
    assert isinstance(left, ShopPlan)
    assert ENDPOINT in refs(left)
    assert ("ipn_endpoint" in dict(left.versions)) is known
