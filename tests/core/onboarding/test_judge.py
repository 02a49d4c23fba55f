"""How each item of a shop stands, who acts next, and in which state that leaves the shop."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import diagnostic
from reconciler.core.diagnostics.messages import msg
from reconciler.core.model.kinds import (
    KINDS,
    AmazonPayPayment,
    AmazonSettings,
    Entitlements,
    IpnEndpoint,
    StorefrontState,
    SystemParts,
)
from reconciler.core.model.state import Desired, Known, Observed
from reconciler.core.onboarding.guides import merchant_tasks
from reconciler.core.onboarding.items import (
    ActingParty,
    ItemReason,
    ItemState,
    OnboardingItem,
    OnboardingState,
    loudest_first,
)
from reconciler.core.onboarding.judge import (
    AttestedState,
    ManifestState,
    OnboardingEvidence,
    TokenSource,
    judge_shop,
)
from reconciler.core.values import (
    ABSENT,
    PRE_SET,
    UNSET,
    ApiStatus,
    Origin,
    Registration,
    SecretRef,
    ShopKey,
    StorefrontStatus,
)

SHOP = ShopKey("kyoto-tea")
SELLER, CLIENT = "A1KYOTOTEA0001", "amzn1.application-oa2-client.0123456789abcdef0123456789abcdef"
LIVE = {
    "settings": AmazonSettings(
        enabled=True, seller_id=SELLER, client_id=CLIENT, mws_auth_token=PRE_SET, notification_email="a@b.example",
        merchant_site_url="https://ipn.example/kyoto-tea", api_status=ApiStatus.VALID, buttons_visible=True,
    ),
    "payment": AmazonPayPayment(use=True, regular=True, auto_link=True),
    "rights": Entitlements(pay_option=True, amazon_contract=True),
    "endpoint": IpnEndpoint(registration=Registration.REGISTERED, seller_id=SELLER),
    "shop": StorefrontState(status=StorefrontStatus.OPEN),
}  # fmt: skip
ITEM, STATE, US, MERCHANT = OnboardingItem, ItemState, ActingParty.US, ActingParty.MERCHANT


def observed(**changes: Any) -> Observed:
    """A live shop, with other values: of a kind by its name above, or of its settings."""
    kinds = LIVE | {name: value for name, value in changes.items() if name in LIVE}
    settings = {name: value for name, value in changes.items() if name not in LIVE}
    kinds["settings"] = replace(kinds["settings"], **settings)
    values = {type(value): value for value in kinds.values()} | {SystemParts: SystemParts()}
    return Observed(shop=SHOP, reads={kind.name: Known(values[kind.model], '"1"') for kind in KINDS})


def desired(*kinds: object) -> Desired:
    names = {kind.model: kind.name for kind in KINDS}
    return Desired(shop=SHOP, values={names[type(kind)]: kind for kind in kinds}, origin=Origin("shops/kyoto-tea.yaml"))


def evidence(**words: Any) -> OnboardingEvidence:
    usual = {"shop": SHOP, "manifest": ManifestState.VALID, "desired": desired(), "observed": observed(), "paid": True}
    return OnboardingEvidence(**usual | words)


def item(of: OnboardingEvidence, which: OnboardingItem):
    return next(each for each in judge_shop(of).items if each.item is which)


def test_a_live_shop_with_a_paid_order_is_complete():
    shop = judge_shop(evidence())
    assert shop.state is OnboardingState.COMPLETE
    assert (shop.open_items, shop.acts_first, shop.since) == ((), None, None)
    assert [each.item for each in shop.items] == list(OnboardingItem)


@pytest.mark.parametrize(
    ("which", "of", "party", "reason"),
    [
        (ITEM.MANIFEST, {"manifest": ManifestState.NONE, "desired": None}, US, None),
        (ITEM.MANIFEST, {"manifest": ManifestState.INVALID, "desired": None}, US, ItemReason.INVALID),
        (ITEM.SELLER_ID, {"observed": observed(seller_id=ABSENT)}, MERCHANT, None),
        (
            ITEM.CLIENT_ID,
            {"observed": observed(client_id=ABSENT), "desired": desired(AmazonSettings(client_id=CLIENT))},
            US,
            ItemReason.NOT_APPLIED,
        ),
        (ITEM.MAIL, {"observed": observed(notification_email=ABSENT)}, MERCHANT, None),
        (ITEM.SELLER_ID, {"observed": observed(api_status=ApiStatus.ERROR)}, MERCHANT, ItemReason.REFUSED),
        (ITEM.ENDPOINT, {"observed": observed(endpoint=IpnEndpoint(registration=Registration.ABSENT))}, MERCHANT, None),
        (
            ITEM.ENDPOINT,
            {"observed": observed(merchant_site_url=ABSENT, endpoint=IpnEndpoint(registration=Registration.ABSENT))},
            ActingParty.PLATFORM,
            ItemReason.NOT_ISSUED,
        ),
        (ITEM.AUTO_LINK, {"observed": observed(payment=AmazonPayPayment(auto_link=False))}, US, None),
        (ITEM.LIVE, {"observed": observed(enabled=False, buttons_visible=False)}, US, ItemReason.SWITCHED_OFF),
        (ITEM.LIVE, {"observed": observed(buttons_visible=False)}, ActingParty.PLATFORM, ItemReason.HIDDEN),
        (
            ITEM.LIVE,
            {"observed": observed(shop=StorefrontState(status=StorefrontStatus.CLOSED))},
            MERCHANT,
            ItemReason.CLOSED,
        ),
        (ITEM.TEST_ORDER, {"paid": None}, US, None),
        (ITEM.TEST_ORDER, {"paid": False}, US, None),
    ],
)
def test_who_acts_where_an_item_is_missing(which, of, party, reason):
    found = item(evidence(**of), which)
    assert (found.state, found.party, found.reason) == (STATE.MISSING, party, reason)


@pytest.mark.parametrize(
    ("source", "state", "party"),
    [
        (TokenSource.NOT_DECLARED, STATE.MISSING, MERCHANT),
        (TokenSource.NOT_FOUND, STATE.MISSING, MERCHANT),
        (TokenSource.AVAILABLE, STATE.MISSING, US),
        (TokenSource.UNREAD, STATE.UNKNOWN, US),
    ],
)
def test_a_token_that_the_backend_does_not_have_is_where_the_manifest_says(source, state, party):
    declared = desired(AmazonSettings(mws_auth_token=SecretRef("ref+env://TOKEN")))
    found = item(evidence(observed=observed(mws_auth_token=ABSENT), desired=declared, token=source), ITEM.TOKEN)
    assert (found.state, found.party) == (state, party)


@pytest.mark.parametrize("rights", [{"pay_option": False}, {"amazon_contract": False}])
def test_a_right_that_a_live_shop_lost_is_not_the_merchants_to_get(rights):
    gone = Entitlements(**{"pay_option": True, "amazon_contract": True} | rights)
    shop = judge_shop(evidence(observed=observed(rights=gone)))
    assert shop.state is OnboardingState.REVOKED
    assert shop.acts_first in (ActingParty.PLATFORM, ActingParty.AMAZON)
    off = observed(rights=gone, enabled=False, buttons_visible=False)
    new = judge_shop(evidence(observed=off))
    assert (new.state, new.acts_first) == (OnboardingState.INCOMPLETE, MERCHANT)
    assert judge_shop(evidence(observed=off, earlier_live=True)).state is OnboardingState.REVOKED
    leaving = desired(AmazonSettings(enabled=False))
    assert judge_shop(evidence(observed=off, earlier_live=True, desired=leaving)).state is OnboardingState.INCOMPLETE


def test_an_attestation_counts_only_where_no_api_says_it():
    unread = observed(endpoint=IpnEndpoint())
    valid = {ITEM.ENDPOINT: AttestedState(expired=False, until="2027-01-01")}
    expired = {ITEM.ENDPOINT: AttestedState(expired=True, until="2026-01-01")}
    assert item(evidence(observed=unread), ITEM.ENDPOINT).state is STATE.UNKNOWN
    assert item(evidence(observed=unread, attested=valid), ITEM.ENDPOINT).state is STATE.DONE
    late = item(evidence(observed=unread, attested=expired), ITEM.ENDPOINT)
    assert (late.state, late.party, late.until) == (STATE.EXPIRED, MERCHANT, "2026-01-01")
    absent = observed(endpoint=IpnEndpoint(registration=Registration.ABSENT))
    assert item(evidence(observed=absent, attested=valid), ITEM.ENDPOINT).state is STATE.MISSING
    order = {ITEM.TEST_ORDER: AttestedState(expired=False)}
    assert item(evidence(paid=None, attested=order), ITEM.TEST_ORDER).reason is ItemReason.ATTESTED


def test_what_is_off_on_purpose_or_not_offered_is_not_needed():
    off = desired(AmazonPayPayment(auto_link=False), IpnEndpoint(registration=Registration.ABSENT))
    assert {item(evidence(desired=off), which).state for which in (ITEM.AUTO_LINK, ITEM.ENDPOINT)} == {STATE.NOT_NEEDED}
    assert item(evidence(observed=observed(payment=AmazonPayPayment())), ITEM.AUTO_LINK).state is STATE.NOT_NEEDED


def test_a_shop_that_the_backend_does_not_know_or_could_not_read_is_in_a_state_of_its_own():
    strange = Observed.unknown(SHOP, diagnostic(codes.SHOP_UNKNOWN, msg("Unknown shop key")))
    silent = Observed.unknown(SHOP, diagnostic(codes.UNREACHABLE, msg("no answer")))
    assert judge_shop(evidence(observed=strange)).state is OnboardingState.SHOP_UNKNOWN
    assert judge_shop(evidence(observed=silent)).state is OnboardingState.UNREAD
    assert judge_shop(evidence(observed=None)).state is OnboardingState.UNREAD
    assert judge_shop(evidence(inbox_failed=True, paid=None)).state is OnboardingState.UNREAD


VALUES = {
    "seller_id": st.sampled_from([SELLER, ABSENT]),
    "client_id": st.sampled_from([CLIENT, ABSENT]),
    "mws_auth_token": st.sampled_from([PRE_SET, ABSENT]),
    "notification_email": st.sampled_from(["a@b.example", ABSENT]),
    "merchant_site_url": st.sampled_from(["https://ipn.example/kyoto-tea", ABSENT, UNSET]),
    "enabled": st.booleans(),
    "buttons_visible": st.booleans(),
    "api_status": st.sampled_from(ApiStatus),
}
RIGHTS = st.builds(Entitlements, pay_option=st.booleans(), amazon_contract=st.booleans())
ENDPOINTS = st.builds(IpnEndpoint, registration=st.sampled_from([*Registration, UNSET]))
READS = st.fixed_dictionaries({name: st.just(None) | one for name, one in VALUES.items()})


@st.composite
def evidences(draw) -> OnboardingEvidence:
    changes = {name: value for name, value in draw(READS).items() if value is not None}
    seen = draw(
        st.none()
        | st.builds(observed, rights=RIGHTS, endpoint=ENDPOINTS, **{k: st.just(v) for k, v in changes.items()})
    )
    settings = draw(st.sampled_from([(), (AmazonSettings(seller_id=SELLER, enabled=True),)]))
    return evidence(
        observed=seen, desired=desired(*settings), token=draw(st.sampled_from(TokenSource)),
        paid=draw(st.sampled_from([None, True, False])), earlier_live=draw(st.booleans()),
        inbox_failed=draw(st.booleans()),
    )  # fmt: skip


@given(evidences())
def test_every_open_item_has_a_party_and_every_merchant_item_a_task(of):
    shop = judge_shop(of)
    assert all((each.party is not None) is each.is_open for each in shop.items)
    assert (shop.state is OnboardingState.COMPLETE) is (not shop.open_items)
    named = {which for task in merchant_tasks(shop) for which in task.items}
    assert {each.item for each in shop.of_party(MERCHANT)} <= named
    if of.observed is None:
        assert not any(each.is_missing and each.item is not ITEM.TEST_ORDER for each in shop.items[1:])
    assert loudest_first([shop, judge_shop(evidence())])[0] == shop or shop.state is OnboardingState.COMPLETE
