"""One story for every backend: apply, find what was predicted, plan again, find nothing. Then what a backend must refuse."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

import pytest

from reconciler.adapters.clock import SystemClock
from reconciler.core.diagnostics import codes
from reconciler.core.model.kinds import AmazonPayPayment, AmazonSettings, IpnEndpoint, StorefrontState, SystemParts
from reconciler.core.model.state import Desired, Known, MaintenancePolicy, Observed, Unknown
from reconciler.core.planning.fingerprint import build_plan
from reconciler.core.planning.plan import Plan, RequestPace
from reconciler.core.planning.shop_planning import plan_shop
from reconciler.core.runs.report import Report, ShopOutcome
from reconciler.core.values import (
    ABSENT,
    PRE_SET,
    Origin,
    Registration,
    SealedSecret,
    Secret,
    SecretRef,
    ShopKey,
    StorefrontStatus,
)
from reconciler.ports import Backend, Conflict, Locked, Rejected, ShopUnknown, WriteRequest
from reconciler.workflows.execution.run import ApplyContext, apply
from tests.support.local_leases import LocalLeases
from tests.support.null_journal import ForgetfulJournal

pytestmark = pytest.mark.anyio

NEW_TOKEN = Secret("amzn.mws.11234567-89ab-cdef-0123-456789abcdef", SecretRef("ref+env://NEW_TOKEN"))
TOKEN = Secret("amzn.mws.01234567-89ab-cdef-0123-456789abcdef", SecretRef("ref+env://TOKEN"))
SETTINGS = AmazonSettings(
    enabled=True,
    seller_id="A1CONTRACT9999",
    client_id="amzn1.application-oa2-client." + "a" * 32,
    mws_auth_token=TOKEN,
    notification_email="amazon-pay@new.example",
)


def desired_with(shop: str, **values: object) -> Desired:
    return Desired(
        shop=ShopKey(shop),
        values=values,
        origin=Origin(f"shops/{shop}.yaml"),
        maintenance=MaintenancePolicy(close_shop=True),
    )


LIVE = {
    "amazon_settings": SETTINGS,
    "amazon_pay_payment": AmazonPayPayment(pre_order=True, subscription=True, auto_link=False),
    "system_parts": SystemParts(
        messages={"order_area.label": "Amazon Payでお支払い", "order_area.message": "一行目\n二行目"}
    ),
    "ipn_endpoint": IpnEndpoint(registration=Registration.REGISTERED),
}


async def observed(backend: Backend, shop: str) -> Observed:
    (answer,) = [answer async for answer in backend.observe([ShopKey(shop)])]
    return answer


async def planned(backend: Backend, desired_states: Sequence[Desired]) -> Plan:
    worlds = {answer.shop: answer async for answer in backend.observe([w.shop for w in desired_states])}
    return build_plan([plan_shop(w, worlds[w.shop], RequestPace()) for w in desired_states])


async def applied(backend: Backend, *desired_states: Desired) -> Report:
    return await apply(
        await planned(backend, desired_states),
        ApplyContext(
            backend=backend,
            journal=ForgetfulJournal(),
            leases=LocalLeases(SystemClock()),
            clock=SystemClock(),
            new_key=lambda: str(uuid.uuid4()),
        ),
    )


@pytest.mark.parametrize("shop", ["new-shop", "closed-shop"])
async def test_a_shop_goes_live_as_predicted_and_the_next_plan_is_empty(backend, shop) -> None:
    before = await observed(backend, shop)

    report = await applied(backend, desired_with(shop, **LIVE))

    assert [(s.outcome, s.missed, s.findings) for s in report.shops] == [(ShopOutcome.APPLIED, (), ())]
    after = await observed(backend, shop)
    assert after.kind(StorefrontState) == before.kind(StorefrontState), "the shop is open or closed as it was"
    assert after.kind(AmazonPayPayment) == AmazonPayPayment(
        use=True, regular=True, pre_order=True, subscription=True, auto_link=False
    )
    assert after.kind(SystemParts).output is True
    assert after.kind(AmazonSettings).buttons_visible is True
    assert after.kind(IpnEndpoint).registration is Registration.REGISTERED
    assert (await planned(backend, [desired_with(shop, **LIVE)])).empty


async def test_applying_twice_changes_nothing(backend, world) -> None:
    await applied(backend, desired_with("new-shop", **LIVE))
    changes = len(world.changes("new-shop"))

    report = await applied(backend, desired_with("new-shop", **LIVE))

    assert [s.outcome for s in report.shops] == [ShopOutcome.UNCHANGED]
    assert len(world.changes("new-shop")) == changes


async def test_turning_off_makes_the_payment_row_follow_and_leaves_pre_orders_alone(backend) -> None:
    await applied(backend, desired_with("new-shop", **LIVE))

    await applied(backend, desired_with("new-shop", amazon_settings=AmazonSettings(enabled=False)))

    payment = (await observed(backend, "new-shop")).kind(AmazonPayPayment)
    assert payment == AmazonPayPayment(use=False, regular=False, pre_order=True, subscription=True, auto_link=False)


async def test_a_payment_row_that_does_not_follow_is_healed_by_writing_the_switch_again(backend) -> None:
    strayed = desired_with("strayed-shop", amazon_settings=AmazonSettings(enabled=True))
    assert (await observed(backend, "strayed-shop")).kind(AmazonPayPayment).use is False

    report = await applied(backend, strayed)

    assert [(s.outcome, s.findings) for s in report.shops] == [(ShopOutcome.APPLIED, ())]
    assert (await observed(backend, "strayed-shop")).kind(AmazonPayPayment).use is True
    assert (await planned(backend, [strayed])).empty


async def test_a_manifest_may_open_and_close_the_shop_permanently(backend) -> None:
    closed = desired_with("new-shop", **LIVE, storefront_status=StorefrontState(status=StorefrontStatus.CLOSED))
    opened = desired_with("new-shop", storefront_status=StorefrontState(status=StorefrontStatus.OPEN))

    await applied(backend, closed)
    assert (await observed(backend, "new-shop")).kind(StorefrontState).status is StorefrontStatus.CLOSED
    await applied(backend, opened)
    assert (await observed(backend, "new-shop")).kind(StorefrontState).status is StorefrontStatus.OPEN


async def test_another_seller_id_registers_the_endpoint_again(backend) -> None:
    await applied(backend, desired_with("new-shop", **LIVE))
    moved = {**LIVE, "amazon_settings": AmazonSettings(seller_id="A1CONTRACT8888", mws_auth_token=NEW_TOKEN)}

    report = await applied(backend, desired_with("new-shop", **moved))

    assert [shop.outcome for shop in report.shops] == [ShopOutcome.APPLIED]
    assert [found.code for found in report.shops[0].findings] == [codes.FORMER_ENDPOINT]
    endpoint = (await observed(backend, "new-shop")).kind(IpnEndpoint)
    assert (endpoint.seller_id, endpoint.registration) == ("A1CONTRACT8888", Registration.REGISTERED)


async def test_an_endpoint_is_withdrawn(backend) -> None:
    await applied(backend, desired_with("new-shop", **LIVE))

    await applied(backend, desired_with("new-shop", ipn_endpoint=IpnEndpoint(registration=Registration.ABSENT)))

    assert (await observed(backend, "new-shop")).kind(IpnEndpoint).registration is Registration.ABSENT


async def test_a_token_is_disclosed_as_a_seal_only(backend) -> None:
    await applied(backend, desired_with("new-shop", **LIVE))

    token = (await observed(backend, "new-shop")).kind(AmazonSettings).mws_auth_token

    assert isinstance(token, SealedSecret)
    assert token.matches(TOKEN)
    assert not token.matches(Secret("amzn.mws.00000000-0000-0000-0000-000000000000", TOKEN.source))


async def test_a_pre_set_token_is_never_replaced(backend) -> None:
    with pytest.raises(Rejected) as refused:
        await backend.execute(await write(backend, "live-shop", "amazon_settings", {"mws_auth_token": TOKEN}))

    assert refused.value.reason == "TOKEN_PRE_SET"
    assert (await observed(backend, "live-shop")).kind(AmazonSettings).mws_auth_token is PRE_SET


async def test_the_switch_is_locked_while_the_shop_is_open(backend) -> None:
    for value in (True, False):
        with pytest.raises(Locked):
            await backend.execute(await write(backend, "live-shop", "amazon_settings", {"enabled": value}))


async def test_a_write_under_an_old_version_is_refused_and_changes_nothing(backend) -> None:
    old = await write(backend, "live-shop", "amazon_settings", {"notification_email": "first@live.example"})
    await backend.execute(old)

    with pytest.raises(Conflict) as refused:
        await backend.execute(old)

    assert refused.value.happened is False


@pytest.mark.parametrize(
    ("shop", "kind", "values"),
    [
        ("plain-shop", "amazon_pay_payment", {"pre_order": True}),
        ("plain-shop", "amazon_pay_payment", {"subscription": True}),
    ],
)
async def test_what_was_not_applied_for_is_refused(backend, shop, kind, values) -> None:
    with pytest.raises(Rejected) as refused:
        await backend.execute(await write(backend, shop, kind, values))

    assert refused.value.reason == "NOT_ENTITLED"


async def test_the_plan_refuses_what_the_backend_would_refuse(backend) -> None:
    plan = await planned(
        backend,
        [
            desired_with("not-entitled", amazon_settings=AmazonSettings(enabled=True)),
            desired_with("plain-shop", amazon_pay_payment=AmazonPayPayment(pre_order=True, subscription=True)),
        ],
    )

    assert {finding.code.slug for finding in plan.all_findings if finding.blocking} == {
        "needs-option",
        "needs-commerce-creator",
        "needs-subscription",
    }


async def test_a_shop_the_backend_does_not_know_is_unknown_and_others_are_not(backend) -> None:
    answers = {a.shop: a async for a in backend.observe([ShopKey("live-shop"), ShopKey("nowhere")])}

    assert isinstance(answers["live-shop"].reads["amazon_settings"], Known)
    reason = answers["nowhere"].reads["amazon_settings"]
    assert isinstance(reason, Unknown)
    assert reason.reason.code == ShopUnknown.code


async def test_every_shop_is_listed_once(backend) -> None:
    listed = [shop async for shop in backend.shops()]

    assert listed == sorted(set(listed))
    assert set(listed) >= {"new-shop", "live-shop", "plain-shop"}


async def test_a_fresh_shop_has_nothing_and_an_issued_url(backend) -> None:
    settings = (await observed(backend, "new-shop")).kind(AmazonSettings)

    assert (settings.seller_id, settings.mws_auth_token, settings.enabled) == (ABSENT, ABSENT, False)
    assert isinstance(settings.merchant_site_url, str)


async def write(backend: Backend, shop: str, kind: str, values: dict[str, object]) -> WriteRequest:
    read = (await observed(backend, shop)).reads[kind]
    return WriteRequest(shop=ShopKey(shop), kind=kind, values=values, version=read.version, key="a-key")
