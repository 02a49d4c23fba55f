"""What is missing before a shop can go live is reported and stops nothing."""

from __future__ import annotations

from dataclasses import replace

import pytest

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import Severity, diagnostic
from reconciler.core.diagnostics.messages import msg
from reconciler.core.importing.readiness import missing_prerequisites
from reconciler.core.model.kinds import AmazonPayPayment, AmazonSettings, Entitlements
from reconciler.core.model.state import Desired, Known, Observed
from reconciler.core.values import PRE_SET, CommerceCreator, Origin, SecretRef, ShopKey
from tests.support.fake_backend import ModelBackend, Shop

SHOP = ShopKey("a")
COMPLETE = AmazonSettings(
    seller_id="A1EXAMPLE234567",
    client_id="amzn1.application-oa2-client.0123456789abcdef0123456789abcdef",
    mws_auth_token=SecretRef("ref+env://NOT_THERE"),
    notification_email="pay@a.example",
)


def desired_with(settings: AmazonSettings = COMPLETE, payment: AmazonPayPayment | None = None) -> Desired:
    values = {"amazon_settings": settings, **({"amazon_pay_payment": payment} if payment else {})}
    return Desired(shop=SHOP, values=values, origin=Origin("new.csv", 2))


def world(**has: object) -> Observed:
    """An open shop that has not heard of Amazon."""
    observed = ModelBackend([Shop(key=SHOP)]).look(SHOP)
    entitled = {
        "pay_option": True,
        "amazon_contract": True,
        "commerce_creator": CommerceCreator.RUNNING,
        "subscription_applications": True,
    }
    return replace(observed, reads={**observed.reads, "entitlements": Known(Entitlements(**entitled | has), "1")})


def printed(desired: Desired, observed: Observed | None = None) -> list[str]:
    return [finding.subject or finding.code.slug for finding in missing_prerequisites(desired, observed)]


def test_a_complete_shop_has_nothing_missing() -> None:
    assert printed(desired_with()) == []
    assert printed(desired_with(), world()) == []


def test_each_item_of_the_screen() -> None:
    assert printed(desired_with(AmazonSettings(seller_id="A1EXAMPLE234567", mws_auth_token=PRE_SET))) == [
        "amazon.api.client_id",
        "amazon.notification.email",
    ]
    assert len(printed(Desired(shop=SHOP, values={}, origin=Origin("new.csv", 2)))) == 4


def test_what_the_merchant_entered_need_not_be_declared() -> None:
    observed = ModelBackend([Shop(key=SHOP, seller_id="A1EXAMPLE234567", mail="a@b.example")]).look(SHOP)
    left = printed(desired_with(AmazonSettings()), observed)
    assert left[:2] == ["amazon.api.client_id", "amazon.api.mws_auth_token"]


@pytest.mark.parametrize(
    ("has", "payment", "code"),
    [
        ({"pay_option": False}, None, codes.NEEDS_OPTION),
        ({"amazon_contract": False}, None, codes.NEEDS_CONTRACT),
        ({"commerce_creator": CommerceCreator.DISABLED}, {"pre_order": True}, codes.NEEDS_COMMERCE_CREATOR),
        ({"subscription_applications": False}, {"subscription": True}, codes.NEEDS_SUBSCRIPTION),
    ],
)
@pytest.mark.parametrize("enabled", [False, None])
def test_missing_applications_are_reported_before_the_shop_goes_live(has, payment, code, enabled) -> None:
    settings = COMPLETE if enabled is None else replace(COMPLETE, enabled=enabled)
    (finding,) = missing_prerequisites(
        desired_with(settings, AmazonPayPayment(**payment) if payment else None), world(**has)
    )
    assert (finding.code, finding.severity, finding.shop) == (code, Severity.WARNING, SHOP)


def test_what_is_not_wanted_is_not_missed() -> None:
    assert (
        printed(desired_with(), world(commerce_creator=CommerceCreator.DISABLED, subscription_applications=False)) == []
    )


def test_a_shop_that_is_not_there_is_an_error_and_a_read_that_failed_is_none() -> None:
    for code, severity in ((codes.SHOP_UNKNOWN, Severity.ERROR), (codes.UNREACHABLE, Severity.WARNING)):
        unread = Observed.unknown(SHOP, diagnostic(code, msg("for the test")))
        (finding,) = missing_prerequisites(desired_with(), unread)
        assert (finding.code, finding.severity) == (code, severity)
