"""Rules across fields: what must hold before a shop's changes may be written."""

from dataclasses import replace

import pytest

from reconciler.core.model.kinds import AmazonSettings, Entitlements, SystemParts
from reconciler.core.model.state import Known, Observed, Unknown
from reconciler.core.planning.plan import RequestPace
from reconciler.core.planning.rules import check_rules
from reconciler.core.planning.rules.rule_context import RuleContext
from reconciler.core.planning.shop_planning import plan_shop
from reconciler.core.values import PRE_SET, UNSET, ApiStatus, CommerceCreator, Registration
from tests.core.planning.test_field_diff import look
from tests.support.example_worlds import bare, desired_with, live
from tests.support.fake_backend import ModelBackend
from tests.support.strategies import CLIENTS, MAILS, SELLERS, TOKENS, finding, secret


def slugs(desired, shop) -> list[str]:
    return [found.code.slug for found in plan_shop(desired, look(shop), RequestPace()).findings]


COMPLETE = {
    "seller_id": SELLERS[0],
    "client_id": CLIENTS[0],
    "mws_auth_token": secret(TOKENS[0]),
    "notification_email": MAILS[0],
}
ON = desired_with(enabled=True, **COMPLETE)
DISABLED, ENABLED, RUNNING = CommerceCreator


@pytest.mark.parametrize(
    ("desired", "shop", "reported"),
    [
        (ON, bare(), []),
        (ON, bare(option=False), ["needs-option"]),
        (ON, bare(contract=False), ["needs-contract"]),
        (ON, bare(option=False, contract=False), ["needs-option", "needs-contract"]),
        (desired_with(enabled=True), live(option=False, contract=False), []),
        (desired_with(enabled=False), live(option=False, contract=False), []),
        (desired_with(pre_order=True), bare(creator=DISABLED), ["needs-commerce-creator"]),
        (desired_with(pre_order=True), bare(creator=ENABLED), []),
        (desired_with(pre_order=True), live(creator=DISABLED), []),
        (desired_with(pre_order=False), live(creator=DISABLED), []),
        (desired_with(subscription=True), bare(creator=ENABLED), ["needs-subscription"]),
        (desired_with(subscription=True), bare(creator=RUNNING, applications=False), ["needs-subscription"]),
        (desired_with(subscription=True), bare(creator=RUNNING), []),
        (desired_with(subscription=True), live(creator=DISABLED), []),
    ],
)
def test_a_switch_is_turned_on_only_with_what_it_needs_and_what_is_on_is_not_questioned(desired, shop, reported):
    assert slugs(desired, shop) == reported


@pytest.mark.parametrize(
    ("creator", "applications", "why"),
    [(ENABLED, True, "コマースクリエイター is not 運用中"), (RUNNING, False, "applications for 定期・頒布会販売")],
)
def test_what_is_missing_for_subscriptions_is_named(creator, applications, why):
    plan = plan_shop(
        desired_with(subscription=True), look(bare(creator=creator, applications=applications)), RequestPace()
    )
    assert why in str(plan.findings[0].summary)


def judged(desired, shop, **reads) -> list[str]:
    """As `slugs`, with some parts unread or different."""
    seen = look(shop)
    plan = plan_shop(desired, seen, RequestPace())
    reported = Observed(shop=seen.shop, reads={**seen.reads, **reads})
    case = RuleContext(desired=desired, observed=reported, after=reported, changes=plan.changes)
    return [found.code.slug for found in check_rules(case)]


def test_what_was_not_read_is_not_judged():
    unread = Unknown(finding())
    everything = desired_with(enabled=True, pre_order=True, subscription=True, registration=Registration.REGISTERED)
    assert judged(everything, bare(option=False), entitlements=unread, amazon_settings=unread) == []
    silent = Known(Entitlements(commerce_creator=RUNNING), "v1")
    assert judged(desired_with(enabled=True, subscription=True), bare(), entitlements=silent) == []


@pytest.mark.parametrize("is_on", [True, False])
def test_empty_items_are_named_together_in_the_tense_of_the_switch(is_on):
    desired = desired_with(enabled=True)
    plan = plan_shop(desired, look(live(client_id=None, mail=None, use_amazon=is_on)), RequestPace())
    (found,) = (found for found in plan.findings if found.code.slug == "incomplete")
    assert ("but shoppers will see no button because these" in str(found.summary)) is not is_on
    assert "ClientId" in str(found.summary)
    assert "Notification email" in str(found.summary)
    assert "amazon.api.client_id, amazon.notification.email" in str(found.hint)


@pytest.mark.parametrize(
    ("creator", "hint"),
    [(ENABLED, "Set コマースクリエイター to 運用中, or set payment"), (RUNNING, "Complete the applications")],
)
def test_what_to_do_for_subscriptions_follows_what_is_missing(creator, hint):
    plan = plan_shop(desired_with(subscription=True), look(bare(creator=creator, applications=False)), RequestPace())
    assert str(plan.findings[0].hint).startswith(hint)


@pytest.mark.parametrize("missing", COMPLETE)
def test_on_without_an_item_of_the_screen_is_allowed_and_pointed_at(missing):
    desired = desired_with(enabled=True, **{name: value for name, value in COMPLETE.items() if name != missing})
    plan = plan_shop(desired, look(bare()), RequestPace())
    assert [found.code.slug for found in plan.findings] == ["incomplete"]
    assert plan.findings[0].subject in str(plan.findings[0].hint)
    assert not plan.blocked


def test_a_screen_is_not_checked_if_the_switch_is_off_or_unmanaged():
    assert slugs(desired_with(enabled=False), live(mail=None)) == []
    assert slugs(desired_with(pre_order=False), live(mail=None)) == []


@pytest.mark.parametrize(
    ("desired", "shop", "ways"),
    [
        (desired_with(registration=Registration.REGISTERED), bare(), ["Set amazon.api.seller_id"]),
        (desired_with(registration=Registration.REGISTERED), live(site_url=None), ["Ask the platform"]),
        (desired_with(registration=Registration.REGISTERED, seller_id=SELLERS[0]), bare(), []),
        (desired_with(registration=Registration.ABSENT), bare(), []),
    ],
)
def test_an_endpoint_belongs_to_a_seller_and_is_the_url_that_was_issued(desired, shop, ways):
    findings = plan_shop(desired, look(shop), RequestPace()).findings
    assert [found.code.slug for found in findings] == ["no-seller"] * len(ways)
    assert all(way in str(found.hint) for way, found in zip(ways, findings, strict=True))


def test_an_endpoint_without_a_url_of_the_backend_cannot_be_written_either():
    seen = look(live())
    settings = replace(seen.kind(AmazonSettings), merchant_site_url=UNSET)
    seen = replace(seen, reads={**seen.reads, "amazon_settings": Known(settings, "v1")})
    plan = plan_shop(desired_with(registration=Registration.REGISTERED), seen, RequestPace())
    assert plan.blocked
    assert plan.endpoint_target is None


@pytest.mark.parametrize(
    ("token", "held", "reported"),
    [
        (secret(TOKENS[0]), PRE_SET, ["token-pre-set"]),
        (PRE_SET, PRE_SET, []),
        (UNSET, PRE_SET, []),
        (PRE_SET, TOKENS[0], ["token-not-pre-set"]),
        (PRE_SET, None, ["token-not-pre-set"]),
        (secret(TOKENS[0]), TOKENS[1], []),
    ],
)
def test_a_pre_set_token_is_neither_replaced_nor_made_up(token, held, reported):
    assert slugs(desired_with(mws_auth_token=token), live(token=held)) == reported


NEW_SELLER = {"seller_id": SELLERS[1]}


@pytest.mark.parametrize(
    ("desired", "shop", "reported"),
    [
        (desired_with(**NEW_SELLER), live(), ["seller-without-token"]),
        (
            desired_with(**NEW_SELLER),
            live(use_amazon=False, pay_use=False, pay_regular=False, output=False),
            ["seller-without-token"],
        ),
        (desired_with(**NEW_SELLER, mws_auth_token=secret(TOKENS[0])), live(), ["seller-without-token"]),
        (desired_with(**NEW_SELLER, mws_auth_token=secret(TOKENS[1])), live(), []),
        (desired_with(**NEW_SELLER), live(token=None), []),
        (desired_with(**NEW_SELLER), live(token=PRE_SET), ["seller-of-pre-set-token"]),
        (desired_with(**NEW_SELLER, mws_auth_token=PRE_SET), live(token=PRE_SET), ["seller-of-pre-set-token"]),
        (desired_with(**NEW_SELLER), live(seller_id=None, token=PRE_SET), []),
        (desired_with(**NEW_SELLER), live(seller_id=None), []),
        (desired_with(seller_id=SELLERS[0]), live(), []),
    ],
)
def test_a_token_belongs_to_one_seller_and_changes_with_it(desired, shop, reported):
    assert slugs(desired, shop) == reported
    assert plan_shop(desired, look(shop), RequestPace()).blocked is bool(reported)


@pytest.mark.parametrize(
    ("desired", "status", "reported"),
    [
        (desired_with(pre_order=False), ApiStatus.ERROR, ["api-error"]),
        (desired_with(client_id=CLIENTS[1]), ApiStatus.ERROR, []),
        (desired_with(pre_order=False), ApiStatus.VALID, []),
    ],
)
def test_api_values_that_amazon_refuses_are_pointed_at_unless_they_are_replaced(desired, status, reported):
    assert slugs(desired, live(api_status=status)) == reported


@pytest.mark.parametrize(
    ("desired", "reported"), [(desired_with(pre_order=True), ["not-followed"]), (desired_with(enabled=True), [])]
)
def test_a_derived_field_is_reported_where_the_manifest_cannot_fix_it(desired, reported):
    assert slugs(desired, live(output=False)) == reported


def test_a_system_part_that_the_backend_does_not_have_is_refused_before_anything_is_written():
    plan = plan_shop(desired_with(messages={"no_such_part.label": "text"}), look(bare()), RequestPace())

    assert [finding.code.slug for finding in plan.findings] == ["unknown-part"]
    assert plan.blocked
    assert "no_such_part" in str(plan.findings[0].summary)


def test_unread_parts_are_not_checked():
    observed = look(bare())
    silent = replace(
        observed, reads={**observed.reads, "system_parts": Known(SystemParts(output=False, messages=UNSET), "1")}
    )

    assert slugs_of(desired_with(messages={"no_such_part.label": "text"}), silent) == []


def slugs_of(desired, observed) -> list[str]:
    return [finding.code.slug for finding in plan_shop(desired, observed, RequestPace()).findings]


NO_LINK = {"auto_link": False}


@pytest.mark.parametrize(
    ("desired", "shop", "registered", "reported"),
    [
        (desired_with(enabled=True), live(**NO_LINK), False, True),
        (desired_with(enabled=True), live(**NO_LINK), True, False),
        (desired_with(enabled=True), live(), False, False),
        (desired_with(enabled=True), live(auto_link=UNSET), False, False),
        (desired_with(auto_link=False), live(), False, True),
        (desired_with(auto_link=True), live(**NO_LINK), False, False),
        (desired_with(registration=Registration.ABSENT), live(**NO_LINK), True, True),
        (desired_with(registration=Registration.REGISTERED), live(**NO_LINK), False, False),
        (desired_with(enabled=False), live(**NO_LINK), False, False),
        (desired_with(seller_id=SELLERS[1]), live(**NO_LINK, token=None), True, True),
        (
            desired_with(seller_id=SELLERS[1], registration=Registration.REGISTERED),
            live(**NO_LINK, token=None),
            True,
            False,
        ),
    ],
)
def test_an_enabled_shop_needs_a_path_to_paid(desired, shop, registered, reported):
    backend = ModelBackend([shop], [(SELLERS[0], shop.site_url)] if registered else [])
    plan = plan_shop(desired, backend.look(shop.key), RequestPace())
    assert ("no-path-to-paid" in {found.code.slug for found in plan.findings}) is reported
    assert not plan.blocked


def test_what_a_backend_does_not_offer_is_no_change_and_is_pointed_at():
    plan = plan_shop(desired_with(auto_link=False, pre_order=True), look(live(auto_link=UNSET)), RequestPace())
    assert plan.changes == ()
    assert [found.code.slug for found in plan.findings] == ["not-offered"]
    assert not plan.blocked


def test_what_a_backend_offers_is_planned():
    plan = plan_shop(desired_with(auto_link=False), look(live()), RequestPace())
    assert [(str(change.ref), change.before, change.after) for change in plan.changes] == [
        ("amazon_pay_payment.auto_link", True, False)
    ]
