"""The wire's form of each kind, read and written."""

from typing import Any

import pytest

from reconciler.adapters.backend.decode import decode_observed
from reconciler.adapters.backend.http.config import WireEnvironment
from reconciler.adapters.backend.wire import CODECS
from reconciler.core.diagnostics import codes
from reconciler.core.model.kinds import (
    KIND_NAMES,
    KINDS,
    AmazonPayPayment,
    AmazonSettings,
    Entitlements,
    IpnEndpoint,
    StorefrontState,
    SystemParts,
)
from reconciler.core.model.policy import Owner
from reconciler.core.model.state import FieldRef, Known, Observed, Unknown
from reconciler.core.values import (
    ABSENT,
    PRE_SET,
    UNSET,
    ApiStatus,
    CommerceCreator,
    Registration,
    SealedSecret,
    ShopKey,
    StorefrontStatus,
)
from tests.adapters.backend.fakes import MWS_TOKEN, SELLER, SHOP, SITE_URL, integration, secret, write

PRODUCTION = WireEnvironment.PRODUCTION


def seen(**changed: Any) -> Observed:
    return decode_observed(integration(**changed), SHOP, PRODUCTION)


def unknown(of: Observed) -> set[str]:
    return {kind for kind, read in of.reads.items() if isinstance(read, Unknown)}


def reported(of: Observed, kind: str) -> str:
    read = of.reads[kind]
    assert isinstance(read, Unknown)
    assert read.reason.code == codes.UNEXPECTED
    assert read.reason.shop == SHOP
    return str(read.reason.summary)


def test_each_kind_has_a_codec_in_the_order_of_the_kinds() -> None:
    assert tuple(CODECS) == KIND_NAMES
    assert tuple(seen().reads) == KIND_NAMES


def test_a_shop_that_is_set_up() -> None:
    shop = seen()
    assert shop.kind(AmazonSettings) == AmazonSettings(
        enabled=True,
        seller_id=SELLER,
        client_id="amzn1.application-oa2-client." + "0" * 32,
        mws_auth_token=SealedSecret("00ff", "ab" * 32),
        notification_email="pay@kyoto-tea.example",
        merchant_site_url=SITE_URL,
        api_status=ApiStatus.VALID,
        buttons_visible=True,
    )
    assert shop.kind(AmazonPayPayment) == AmazonPayPayment(
        use=True, regular=True, pre_order=False, subscription=False, auto_link=True
    )
    assert shop.kind(StorefrontState) == StorefrontState(status=StorefrontStatus.OPEN)
    assert shop.kind(SystemParts) == SystemParts(
        output=True,
        messages={
            "order_area.label": ABSENT,
            "order_area.message": "ようこそ",
            "login_link_area.label": "x",
            "login_link_area.message": ABSENT,
        },
    )
    assert shop.kind(Entitlements) == Entitlements(
        pay_option=True,
        amazon_contract=True,
        commerce_creator=CommerceCreator.RUNNING,
        subscription_applications=False,
    )
    assert shop.kind(IpnEndpoint) == IpnEndpoint(
        registration=Registration.REGISTERED, seller_id=SELLER, others=("https://other.example/ipn",)
    )
    assert shop.reads["amazon_settings"].version == "v-amazonSettings"


def test_every_field_of_every_kind_is_read() -> None:
    for kind in KINDS:
        read = seen().reads[kind.name]
        assert isinstance(read, Known)
        assert [f.name for f in kind.fields if getattr(read.value, f.name) is UNSET] == []


@pytest.mark.parametrize(
    ("token", "expected"),
    [
        ({"state": "UNSET"}, ABSENT),
        ({"state": "PRE_SET"}, PRE_SET),
        ({"state": "SET", "salt": "0A", "digest": "AB" * 32}, SealedSecret("0a", "ab" * 32)),
    ],
)
def test_a_token_comes_as_a_state_or_a_seal(token: dict[str, str], expected: object) -> None:
    assert seen(amazonSettings__mwsAuthToken=token).kind(AmazonSettings).mws_auth_token == expected


def test_what_was_never_entered_is_absent() -> None:
    shop = seen(
        amazonSettings__sellerId=None,
        amazonSettings__clientId=None,
        amazonSettings__notificationEmail=None,
        amazonSettings__merchantSiteUrl=None,
        ipnEndpoints__sellerId=None,
        ipnEndpoints__endpoints=[],
    )
    settings = shop.kind(AmazonSettings)
    assert {settings.seller_id, settings.client_id, settings.notification_email, settings.merchant_site_url} == {ABSENT}
    assert shop.kind(IpnEndpoint) == IpnEndpoint(registration=Registration.ABSENT, seller_id=ABSENT, others=())


def test_without_a_url_of_its_own_nothing_of_the_shop_is_registered() -> None:
    endpoint = seen(amazonSettings__merchantSiteUrl=None).kind(IpnEndpoint)
    assert endpoint.registration is Registration.ABSENT
    assert SITE_URL in endpoint.others


@pytest.mark.parametrize(
    ("changed", "kind", "words"),
    [
        ({"amazonPay__use": None}, "amazon_pay_payment", "amazonPay.value.use: expected true or false, found null"),
        ({"amazonPay__use": 1}, "amazon_pay_payment", "found a number"),
        ({"storefront__status": True}, "storefront_status", "expected a string, found true or false"),
        ({"entitlements__commerceCreator": "PAUSED"}, "entitlements", "unknown value “PAUSED”"),
        ({"entitlements__commerceCreator": "running"}, "entitlements", "unknown value"),
        ({"entitlements__commerceCreator": []}, "entitlements", "expected a string, found a list"),
        ({"storefront__status": "DISABLED"}, "storefront_status", "unknown value"),
        ({"systemParts__parts": {}}, "system_parts", "expected a list, found an object"),
        ({"systemParts__parts": ["x"]}, "system_parts", "parts[0]: expected an object, found a string"),
        ({"systemParts__parts": [{"part": "A b"}]}, "system_parts", "parts[0].part is not the name of a part"),
        ({"systemParts__parts": [{"part": "A", "label": ""}]}, "system_parts", "parts[0].message is missing"),
        (
            {"systemParts__parts": [{"part": "A", "label": "", "message": ""}] * 2},
            "system_parts",
            "parts[1]: duplicate part",
        ),
        (
            {"systemParts__parts": [{"part": "A", "label": "\ud800", "message": ""}]},
            "system_parts",
            "half of a surrogate pair",
        ),
        ({"ipnEndpoints__environment": "SANDBOX"}, "ipn_endpoint", "environment is not the requested one"),
        ({"ipnEndpoints__sellerId": "A2OTHER1234567"}, "ipn_endpoint", "sellerId is not the shop's SellerId"),
        ({"ipnEndpoints__endpoints": [{}]}, "ipn_endpoint", "endpoints[0].url is missing"),
    ],
)
def test_a_part_that_cannot_be_understood_poisons_that_kind_alone(changed: Any, kind: str, words: str) -> None:
    shop = seen(**changed)
    assert unknown(shop) == {kind}
    assert words in reported(shop, kind)
    assert shop.reads[kind].reason.subject == kind


@pytest.mark.parametrize(
    "token",
    [
        None,
        {},
        {"state": "LOST"},
        {"state": "SET", "salt": "0", "digest": "ab" * 32},
        {"state": "SET", "salt": "", "digest": "ab" * 32},
        {"state": "SET", "salt": "00", "digest": "ab" * 31},
        {"state": "SET"},
    ],
)
def test_the_endpoint_is_unknown_without_the_settings(token: Any) -> None:
    shop = seen(amazonSettings__mwsAuthToken=token)
    assert unknown(shop) == {"amazon_settings", "ipn_endpoint"}


@pytest.mark.parametrize("version", [None, "", 'a"b', "a\r\nX-Evil: 1", "é", "x" * 201])
def test_a_version_that_cannot_be_named_in_a_header_is_none(version: Any) -> None:
    answer = integration()
    answer["amazonPay"]["version"] = version
    assert unknown(decode_observed(answer, SHOP, PRODUCTION)) == {"amazon_pay_payment"}


def test_a_part_that_is_missing() -> None:
    answer = integration()
    del answer["systemParts"]
    assert "systemParts is missing" in reported(decode_observed(answer, SHOP, PRODUCTION), "system_parts")


@pytest.mark.parametrize("part", ["amazonSettings", "amazonPay", "storefront", "systemParts", "entitlements"])
def test_another_shops_key_anywhere_poisons_the_whole_answer(part: str) -> None:
    shop = seen(**{f"{part}__shopKey": "osaka-tea"})
    assert unknown(shop) == set(KIND_NAMES)
    assert "for another shop than kyoto-tea" in reported(shop, "storefront_status")


def test_an_answer_about_another_shop_is_believed_in_nothing() -> None:
    assert unknown(decode_observed(integration("osaka-tea"), SHOP, PRODUCTION)) == set(KIND_NAMES)


def test_a_backend_may_omit_the_automatic_capture() -> None:
    answer = integration()
    del answer["amazonPay"]["value"]["autoLink"]
    shop = decode_observed(answer, SHOP, PRODUCTION)
    assert unknown(shop) == set()
    assert shop.value(FieldRef("amazon_pay_payment", "auto_link")) is UNSET
    spoiled = decode_observed(integration(amazonPay__autoLink=None), SHOP, PRODUCTION)
    assert "autoLink: expected true or false, found null" in reported(spoiled, "amazon_pay_payment")


def test_what_is_beside_the_wanted_does_not_matter() -> None:
    answer = integration(amazonPay__newThing=1)
    answer["another"] = {}
    assert unknown(decode_observed(answer, SHOP, PRODUCTION)) == set()


def test_settings_are_written_under_the_wires_names() -> None:
    fields = {
        "enabled": False,
        "seller_id": SELLER,
        "client_id": "c",
        "mws_auth_token": secret(),
        "notification_email": "a@b.example",
    }
    call = CODECS["amazon_settings"].encode(write(**fields), PRODUCTION)
    assert (call.method, call.path) == ("PATCH", f"/admin-api/v1/shops/{SHOP}/amazon-settings")
    assert list(call.body) == [
        "useAmazon",
        "sellerId",
        "clientId",
        "mwsAuthToken",
        "notificationEmail",
    ]
    assert MWS_TOKEN in call.content.decode()
    assert MWS_TOKEN not in repr(call) + str(call)


def test_each_field_that_is_ours_can_be_written() -> None:
    """Beside the endpoint, whose write names what it is for."""
    values = {
        "amazon_settings": {"enabled": True, "seller_id": "a", "client_id": "b", "notification_email": "c"},
        "amazon_pay_payment": {"pre_order": True, "subscription": True, "auto_link": False},
        "storefront_status": {"status": StorefrontStatus.OPEN},
        "system_parts": {"messages": {"order_area.label": "x"}},
        "ipn_endpoint": {"registration": Registration.REGISTERED, "seller_id": SELLER, "url": SITE_URL},
    }
    values["amazon_settings"]["mws_auth_token"] = secret()
    for kind in KINDS:
        ours = {field.name for field in kind.managed_fields(Owner.MANAGED)}
        encode = CODECS[kind.name].encode
        assert (encode is None) == (not ours)
        if encode:
            assert ours <= set(values[kind.name])
            assert encode(write(kind.name, **values[kind.name]), PRODUCTION).version == "v1"


def test_the_storefront_is_put() -> None:
    call = CODECS["storefront_status"].encode(write("storefront_status", status=StorefrontStatus.CLOSED), PRODUCTION)
    assert (call.method, call.path, call.body) == (
        "PUT",
        f"/admin-api/v1/shops/{SHOP}/storefront",
        {"status": "CLOSED"},
    )


def test_messages_are_gathered_by_part() -> None:
    messages = {"order_area.message": "m", "login_link_area.label": "l", "order_area.label": ""}
    call = CODECS["system_parts"].encode(write("system_parts", messages=messages), PRODUCTION)
    assert call.body == {
        "parts": [{"part": "LOGIN_LINK_AREA", "label": "l"}, {"part": "ORDER_AREA", "label": "", "message": "m"}]
    }


def test_an_endpoint_is_posted_or_deleted() -> None:
    about = {"seller_id": "A1/..", "url": "https://x.example/?a=b&c"}
    encode = CODECS["ipn_endpoint"].encode
    post = encode(write("ipn_endpoint", registration=Registration.REGISTERED, **about), WireEnvironment.SANDBOX)
    assert (post.method, post.path) == ("POST", "/admin-api/v1/seller-central/A1%2F../ipn-endpoints")
    assert (post.query, post.body, post.key) == ("environment=SANDBOX", {"url": about["url"]}, "run-1-step-1")
    delete = encode(write("ipn_endpoint", registration=Registration.ABSENT, **about), PRODUCTION)
    assert (delete.method, delete.body, delete.key) == ("DELETE", None, None)
    assert delete.query == "environment=PRODUCTION&url=https%3A%2F%2Fx.example%2F%3Fa%3Db%26c"


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        ("amazon_settings", {"buttons_visible": True}),
        ("amazon_settings", {"merchant_site_url": "x"}),
        ("amazon_settings", {"seller_id": ABSENT}),
        ("amazon_settings", {"enabled": {"a": True}}),
        ("amazon_settings", {"mws_auth_token": PRE_SET}),
        ("amazon_settings", {"mws_auth_token": SealedSecret("00", "00")}),
        ("amazon_pay_payment", {"use": True}),
        ("storefront_status", {"status": "open"}),
        ("system_parts", {"output": True}),
        ("system_parts", {"messages": {}}),
        ("system_parts", {"messages": {"order_area.size": "x"}}),
        ("system_parts", {"messages": {"ORDER.label": "x"}}),
        ("system_parts", {"messages": {"order_area.label": ABSENT}}),
        ("ipn_endpoint", {"registration": Registration.ABSENT, "url": SITE_URL}),
        ("ipn_endpoint", {"registration": Registration.ABSENT, "seller_id": SELLER}),
        ("ipn_endpoint", {"seller_id": SELLER, "url": SITE_URL}),
    ],
)
def test_what_the_contract_cannot_carry_is_the_callers_fault(kind: str, fields: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"cannot be written|must|only messages"):
        CODECS[kind].encode(write(kind, **fields), PRODUCTION)


def test_an_empty_write_is_refused() -> None:
    nothing = write("amazon_pay_payment", pre_order=True)
    with pytest.raises(ValueError, match="holds no value"):
        CODECS["amazon_pay_payment"].encode(type(nothing)(**{**_fields(nothing), "values": {}}), PRODUCTION)


def _fields(of: Any) -> dict[str, Any]:
    return {name: getattr(of, name) for name in of.__dataclass_fields__}


def test_shop_keys_are_compared_as_they_are() -> None:
    assert decode_observed(integration(), ShopKey("kyoto-tea"), PRODUCTION).shop == SHOP
