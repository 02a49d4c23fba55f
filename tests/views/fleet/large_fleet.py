"""A fleet of which 5,000 shops change: 12 different changes, 9 shops with one of their own, 40 closures and 3 guards; and what
a drift check and a run of it come to.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from typing import Any, Final

from reconciler.core.drift.drift import Drift, drift_of
from reconciler.core.model.kinds import AmazonPayPayment, AmazonSettings, Entitlements, IpnEndpoint, SystemParts
from reconciler.core.model.state import Desired, MaintenancePolicy, Observed
from reconciler.core.planning.fingerprint import build_plan
from reconciler.core.planning.guards import GuardContext, Limits, apply_guards
from reconciler.core.planning.plan import Plan, RequestPace, ShopPlan
from reconciler.core.planning.shop_planning import plan_shop
from reconciler.core.values import ABSENT, PRE_SET, ApiStatus, CommerceCreator, Origin, Registration, ShopKey
from tests.views import samples

SCOPE: Final = 5_400
CHANGED: Final = 5_000
UNIQUE: Final = tuple(f"shop-{number:05}" for number in range(100, 1_000, 100))
CLOSED: Final = tuple(f"shop-{number:05}" for number in range(2_000, 2_040))
UNREGISTERED: Final = ("shop-03000", "shop-03001")
DEFAULTS: Final = "shops/_defaults.yaml"
_SELLER: Final = "A1EXAMPLE234567"
_TEXTS: Final = tuple(
    f"{part}.{kind}" for part in ("order_area", "login_area", "cart_area") for kind in ("label", "message")
)
SHARED: Final[dict[str, tuple[str, Any, Origin]]] = {
    "payment.amazon_pay.pre_order": ("payment", {"pre_order": True}, Origin(DEFAULTS, 12, 5)),
    "payment.amazon_pay.auto_link": ("payment", {"auto_link": True}, Origin(DEFAULTS, 13, 5)),
    "payment.amazon_pay.subscription": ("payment", {"subscription": True}, Origin("shops/_groups/monthly.yaml", 4, 5)),
    "amazon.messages.order_area.label": ("parts", "Amazon Payでお支払い", Origin(DEFAULTS, 6, 14)),
    "amazon.messages.order_area.message": ("parts", "Amazonの住所でご注文いただけます。", Origin(DEFAULTS, 7, 16)),
    "amazon.messages.login_area.label": ("parts", "Amazonでログイン", Origin(DEFAULTS, 9, 14)),
    "amazon.messages.login_area.message": ("parts", "Amazonアカウントでログイン", Origin(DEFAULTS, 10, 16)),
    "amazon.messages.cart_area.label": ("parts", "カートから", Origin("shops/_groups/gift.yaml", 6, 14)),
    "seller_central.ipn_endpoint": ("endpoint", Registration.REGISTERED, Origin(DEFAULTS, 16, 17)),
    "amazon.notification.email": ("email", "pay@platform.example", Origin("shops/_groups/gift.yaml", 3, 12)),
}
"""Ten changes that a shared file declares; the other two are the closures' and the one of `UNREGISTERED`."""


@cache
def large_plan() -> Plan:
    plans = [_planned(ShopKey(f"shop-{number:05}"), number) for number in range(SCOPE)]
    guards = GuardContext(limits=Limits(fleet_share=30, closed_at_once=50))
    return apply_guards(build_plan(plans), guards)


def _planned(shop: ShopKey, number: int) -> ShopPlan:
    desired, observed = desired_with(shop, number), world(shop, number)
    return plan_shop(desired, observed, RequestPace())


def desired_with(shop: ShopKey, number: int) -> Desired:
    """What Git declares of it: nothing at all of the last 400."""
    names = set(_declared(shop, number))
    parts = {name.removeprefix("amazon.messages."): SHARED[name][1] for name in names & _of("parts")}
    payment = {key: value for name in names & _of("payment") for key, value in SHARED[name][1].items()}
    settings: dict[str, Any] = {}
    if "amazon.notification.email" in names:
        settings["notification_email"] = SHARED["amazon.notification.email"][1]
    if shop in UNIQUE:
        settings["notification_email"] = f"pay@{shop}.example"
    if shop in CLOSED:
        settings["enabled"] = True
    endpoint = (
        IpnEndpoint(registration=Registration.REGISTERED) if "seller_central.ipn_endpoint" in names else IpnEndpoint()
    )
    if shop in UNREGISTERED:
        endpoint = IpnEndpoint(registration=Registration.ABSENT)
    base = samples.desired(
        shop,
        maintenance=MaintenancePolicy(close_shop=True),
        amazon_settings=AmazonSettings(**settings),
        amazon_pay_payment=AmazonPayPayment(**payment),
        system_parts=SystemParts(messages=parts),
        ipn_endpoint=endpoint,
    )
    own = {"amazon.enabled": Origin(f"shops/{shop}.yaml", 7, 12)}
    if shop in UNIQUE:
        own["amazon.notification.email"] = Origin(f"shops/{shop}.yaml", 13, 12)
    if shop in UNREGISTERED:
        own["seller_central.ipn_endpoint"] = Origin("shops/_groups/leaving.yaml", 5, 17)
    return replace(base, origins={**{name: SHARED[name][2] for name in SHARED}, **own})


def world(shop: ShopKey, number: int) -> Observed:
    return samples.observed(
        shop,
        amazon_settings=AmazonSettings(
            enabled=shop not in CLOSED,
            seller_id=_SELLER,
            client_id=samples.CLIENT,
            mws_auth_token=PRE_SET,
            notification_email="old@platform.example",
            merchant_site_url=f"https://ipn.platform.example/{shop}",
            api_status=ApiStatus.VALID,
            buttons_visible=shop not in CLOSED,
        ),
        amazon_pay_payment=AmazonPayPayment(
            use=shop not in CLOSED,
            regular=shop not in CLOSED,
            pre_order=False,
            subscription=False,
            auto_link=False,
        ),
        system_parts=SystemParts(
            output=shop not in CLOSED,
            messages=dict.fromkeys(_TEXTS, ABSENT),
        ),
        ipn_endpoint=IpnEndpoint(
            registration=Registration.REGISTERED if shop in UNREGISTERED or number >= CHANGED else Registration.ABSENT,
            seller_id=_SELLER,
            others=(),
        ),
        entitlements=Entitlements(
            pay_option=True,
            amazon_contract=True,
            commerce_creator=CommerceCreator.RUNNING,
            subscription_applications=True,
        ),
    )


def _of(kind: str) -> set[str]:
    return {name for name, (group, *_) in SHARED.items() if group == kind}


def _declared(shop: ShopKey, number: int) -> Iterator[str]:
    """Which shared changes a shop has. A shop with a change of its own has no other."""
    if number >= CHANGED or shop in UNIQUE or shop in CLOSED or shop in UNREGISTERED:
        return
    yield "payment.amazon_pay.pre_order"
    for nth, name in enumerate(list(SHARED)[1:], start=2):
        if number % (nth * 3) == 1:
            yield name


@cache
def large_drift() -> Drift:
    """What a check of the same fleet finds before the plan is applied."""
    keys = [(ShopKey(f"shop-{number:05}"), number) for number in range(SCOPE)]
    pairs = [(desired_with(shop, number), world(shop, number)) for shop, number in keys]
    return Drift(shops=tuple(drift_of(wanted, seen, plan_shop(wanted, seen, RequestPace())) for wanted, seen in pairs))
