"""Amazon設定: 要閉店, the credentials, the token, and what follows the master."""

import hashlib
import hmac

import pytest

from reconciler.embedded import EmbeddedConfig, World
from reconciler.embedded.resources.credential_check import Credentials, Rejection
from tests.embedded.harness import (
    CLIENT,
    COMPLETE,
    CREDENTIALS,
    EMAIL,
    KOBE,
    KYOTO,
    NARA,
    OSAKA,
    OTHER_TOKEN,
    PRE_SET,
    SELLER,
    TOKEN,
    Api,
    fields,
    refusal,
)


def test_a_shop_without_amazon(api: Api) -> None:
    assert api.get(KYOTO, "amazon-settings").json() == {
        "shopKey": KYOTO,
        "useAmazon": False,
        "sellerId": None,
        "clientId": None,
        "mwsAuthToken": {"state": "UNSET"},
        "notificationEmail": None,
        "merchantSiteUrl": f"https://ipn.platform.example/amazon-pay/{KYOTO}",
        "buttonsVisible": False,
        "apiStatus": "UNCHECKED",
    }


def test_a_closed_shop_goes_live_in_one_patch(api: Api) -> None:
    answer = api.settings(KYOTO, {"useAmazon": True, **COMPLETE})
    assert answer.status_code == 200
    assert answer.headers["ETag"] == api.get(KYOTO, "amazon-settings").headers["ETag"]
    body = answer.json()
    assert (body["useAmazon"], body["buttonsVisible"], body["apiStatus"]) == (True, True, "VALID")
    pay = api.get(KYOTO, "payment-methods/amazon-pay").json()
    assert pay == {
        "shopKey": KYOTO,
        "use": True,
        "regular": True,
        "preOrder": False,
        "subscription": False,
        "autoLink": True,
    }
    assert api.get(KYOTO, "system-parts").json()["output"] is True


@pytest.mark.parametrize("value", [True, False])
def test_use_amazon_is_locked_while_the_shop_is_open_with_any_value(api: Api, value: bool) -> None:
    answer = api.settings(OSAKA, {"useAmazon": value, "notificationEmail": "new@osaka-books.example"})
    assert refusal(answer) == (423, "SHOP_OPEN")
    assert fields(answer) == {"useAmazon": "SHOP_OPEN"}
    assert "要閉店" in answer.json()["detail"]
    assert api.get(OSAKA, "amazon-settings").json()["notificationEmail"] == "pay@osaka-books.example"


def test_credentials_and_mail_change_while_the_shop_is_open(api: Api) -> None:
    answer = api.settings(OSAKA, {"notificationEmail": EMAIL, "mwsAuthToken": TOKEN})
    assert answer.status_code == 200
    assert answer.json()["notificationEmail"] == EMAIL


def test_turning_off_propagates_and_leaves_pre_order_alone(api: Api) -> None:
    api.storefront(OSAKA, "CLOSED")
    assert api.settings(OSAKA, {"useAmazon": False}).json()["buttonsVisible"] is False
    pay = api.get(OSAKA, "payment-methods/amazon-pay").json()
    assert (pay["use"], pay["regular"], pay["preOrder"]) == (False, False, True)
    assert api.get(OSAKA, "system-parts").json()["output"] is False
    api.settings(OSAKA, {"useAmazon": True})
    assert api.get(OSAKA, "payment-methods/amazon-pay").json()["preOrder"] is True


def test_followers_follow_even_when_the_value_stays_the_same(start, connect) -> None:
    drifted = {
        "shopKey": "drifted",
        "storefront": "CLOSED",
        "amazonSettings": {"useAmazon": True},
        "payment": {"use": False, "regular": False},
        "partsOutput": False,
    }
    app = start(seed={"shops": [drifted]})
    World.of(app).ensure_client("operator", "operator-secret")
    api = connect(app)
    before = api.get("drifted", "amazon-settings").headers["ETag"]
    assert api.settings("drifted", {"useAmazon": True}).headers["ETag"] == before
    pay = api.get("drifted", "payment-methods/amazon-pay").json()
    assert (pay["use"], pay["regular"]) == (True, True)
    assert api.get("drifted", "system-parts").json()["output"] is True


@pytest.mark.parametrize("missing", ["payOption", "amazonContract"])
def test_use_amazon_needs_option_and_contract(api: Api, world: World, missing: str) -> None:
    world.platform_entitles(KYOTO, **{missing: False})
    answer = api.settings(KYOTO, {"useAmazon": True})
    assert refusal(answer) == (409, "NOT_ENTITLED")
    assert fields(answer) == {"useAmazon": "NOT_ENTITLED"}


def test_a_shop_that_is_entitled_to_nothing_may_turn_off(api: Api) -> None:
    assert api.settings(NARA, {"useAmazon": False}).status_code == 200


@pytest.mark.parametrize("left_out", sorted(COMPLETE))
def test_the_buttons_want_every_required_item(api: Api, left_out: str) -> None:
    most = {key: value for key, value in COMPLETE.items() if key != left_out}
    assert api.settings(KYOTO, {"useAmazon": True, **most}).json()["buttonsVisible"] is False
    assert api.settings(KYOTO, {left_out: COMPLETE[left_out]}).json()["buttonsVisible"] is True


WRONG = [
    ("sellerId", "B1EXAMPLE234567"),
    ("sellerId", "A1short"),
    ("clientId", "amzn1.application-oa2-client.XYZ"),
    ("clientId", CLIENT.upper()),
    ("mwsAuthToken", "amzn.mws.not-a-uuid"),
    ("mwsAuthToken", TOKEN.upper()),
]


@pytest.mark.parametrize(("field", "value"), WRONG)
def test_wrong_api_values_are_refused_and_nothing_is_stored(api: Api, field: str, value: str) -> None:
    before = api.get(KYOTO, "amazon-settings")
    answer = api.settings(KYOTO, {**COMPLETE, field: value})
    assert refusal(answer) == (422, "AMAZON_API_ERROR")
    assert fields(answer) == {field: "AMAZON_API_ERROR"}
    assert value not in answer.text
    after = api.get(KYOTO, "amazon-settings")
    assert (after.json(), after.headers["ETag"]) == (before.json(), before.headers["ETag"])
    assert api.changes(KYOTO) == []


def test_all_wrong_values_are_named_at_once(api: Api) -> None:
    answer = api.settings(KYOTO, {"sellerId": "x", "clientId": "y", "mwsAuthToken": "z"})
    assert set(fields(answer)) == {"sellerId", "clientId", "mwsAuthToken"}


def test_stray_spaces_are_named_as_what_they_are(api: Api) -> None:
    answer = api.settings(KYOTO, {**COMPLETE, "sellerId": f" {SELLER}"})
    assert "space" in answer.json()["errors"][0]["message"]


def test_values_are_not_checked_before_all_three_are_set(api: Api) -> None:
    answer = api.settings(KYOTO, {"sellerId": "whatever"})
    assert (answer.status_code, answer.json()["apiStatus"]) == (200, "UNCHECKED")


def test_a_wrong_token_that_came_first_is_found_when_the_ids_follow(api: Api) -> None:
    assert api.settings(KYOTO, {"mwsAuthToken": "amzn.mws.nonsense"}).status_code == 200
    answer = api.settings(KYOTO, {"sellerId": SELLER, "clientId": CLIENT})
    assert refusal(answer) == (422, "AMAZON_API_ERROR")
    assert fields(answer) == {"mwsAuthToken": "AMAZON_API_ERROR"}


def test_values_set_one_by_one_are_valid_with_the_last(api: Api) -> None:
    states = [api.settings(KYOTO, {key: value}).json()["apiStatus"] for key, value in CREDENTIALS.items()]
    assert states == ["UNCHECKED", "UNCHECKED", "VALID"]


def test_what_did_not_change_is_not_checked_again(api: Api, world: World) -> None:
    world.amazon_revokes(OSAKA)
    present = api.get(OSAKA, "amazon-settings").json()
    answer = api.settings(OSAKA, {"sellerId": present["sellerId"], "mwsAuthToken": OTHER_TOKEN})
    assert (answer.status_code, answer.json()["apiStatus"]) == (200, "ERROR")


def test_a_token_answers_as_salt_and_digest(api: Api) -> None:
    token = api.settings(KYOTO, {"mwsAuthToken": TOKEN}).json()["mwsAuthToken"]
    assert set(token) == {"state", "salt", "digest"}
    assert token["state"] == "SET"
    assert token["digest"] == hmac.new(bytes.fromhex(token["salt"]), TOKEN.encode(), hashlib.sha256).hexdigest()


def test_the_same_token_again_changes_nothing(api: Api) -> None:
    first = api.settings(KYOTO, {"mwsAuthToken": TOKEN})
    again = api.settings(KYOTO, {"mwsAuthToken": TOKEN})
    assert (again.json(), again.headers["ETag"]) == (first.json(), first.headers["ETag"])


def test_two_shops_with_the_same_token_do_not_show_it(api: Api) -> None:
    one = api.settings(KYOTO, {"mwsAuthToken": TOKEN}).json()["mwsAuthToken"]
    two = api.settings(OSAKA, {"mwsAuthToken": TOKEN}).json()["mwsAuthToken"]
    assert one["salt"] != two["salt"]
    assert one["digest"] != two["digest"]


def test_a_pre_set_token_cannot_be_changed(api: Api) -> None:
    assert api.get(KOBE, "amazon-settings").json()["mwsAuthToken"] == {"state": "PRE_SET"}
    assert refusal(api.settings(KOBE, {"mwsAuthToken": TOKEN})) == (409, "TOKEN_PRE_SET")
    assert api.get(KOBE, "amazon-settings").json()["mwsAuthToken"] == {"state": "PRE_SET"}


def test_a_pre_set_token_counts_as_set(api: Api) -> None:
    answer = api.settings(KOBE, {"useAmazon": True, "sellerId": SELLER, "clientId": CLIENT}).json()
    assert (answer["apiStatus"], answer["buttonsVisible"]) == ("VALID", True)


@pytest.mark.parametrize("shop", [KYOTO, KOBE])
def test_the_pre_set_literal_cannot_be_written(api: Api, shop: str) -> None:
    answer = api.settings(shop, {"mwsAuthToken": PRE_SET})
    assert refusal(answer) == (422, "VALIDATION_ERROR")
    assert fields(answer) == {"mwsAuthToken": "INVALID"}


@pytest.mark.parametrize("key", ["merchantSiteUrl", "buttonsVisible", "apiStatus"])
def test_derived_keys_cannot_be_written(api: Api, key: str) -> None:
    answer = api.settings(KYOTO, {key: True})
    assert refusal(answer) == (422, "DERIVED_FIELD")
    assert fields(answer) == {key: "DERIVED_FIELD"}


SHAPES: list[object] = [
    {},
    [],
    "text",
    None,
    {"useAmazon": None},
    {"useAmazon": "true"},
    {"useAmazon": 1},
    {"sellerId": None},
    {"sellerId": ""},
    {"sellerId": 7},
    {"sellerId": "A\u0000B"},
    {"clientId": "x" * 201},
    {"mwsAuthToken": None},
    {"mwsAuthToken": {"state": "SET"}},
    {"mwsAuthToken": ""},
    {"notificationEmail": "no-at-sign"},
    {"notificationEmail": "two words@shop.example"},
    {"unknown": 1},
    {"shopKey": KYOTO},
    {"unknown": 1, "buttonsVisible": True},
]


@pytest.mark.parametrize("body", SHAPES, ids=repr)
def test_a_body_of_another_shape_is_refused(api: Api, body: object) -> None:
    before = api.get(KYOTO, "amazon-settings").headers["ETag"]
    answer = api.settings(KYOTO, body)
    assert refusal(answer) == (422, "VALIDATION_ERROR")
    assert answer.json()["errors"]
    assert api.get(KYOTO, "amazon-settings").headers["ETag"] == before


@pytest.mark.parametrize("content", [b"", b"{", b"\xff", b'{"sellerId":"\\ud800"}', b'{"\\ud800":1}', b"[" * 100000])
def test_a_body_that_is_no_json_is_refused(api: Api, content: bytes) -> None:
    headers = {"Content-Type": "application/json", "If-Match": "*"}
    answer = api.ask("PATCH", f"/shops/{KYOTO}/amazon-settings", shop=KYOTO, headers=headers, content=content)
    assert refusal(answer) == (422, "VALIDATION_ERROR")


@pytest.mark.parametrize("content", [b'{"mwsAuthToken":"\\ud800"}', b'{"mwsAuthToken":"amzn.mws.\\udfff-x"}'])
def test_a_token_that_is_no_text_is_refused(api: Api, content: bytes) -> None:
    headers = {"Content-Type": "application/json", "If-Match": "*"}
    answer = api.ask("PATCH", f"/shops/{KYOTO}/amazon-settings", shop=KYOTO, headers=headers, content=content)
    assert refusal(answer) == (422, "VALIDATION_ERROR")
    assert fields(answer) == {"mwsAuthToken": "INVALID"}
    assert "ud" not in answer.text


WRITES = [
    (
        "PATCH",
        "amazon-settings",
        b'{"notificationEmail": "a@b.example", "notificationEmail": "c@d.example"}',
        "notificationEmail",
    ),
    ("PATCH", "amazon-settings", b'{"useAmazon": true, "use\\u0041mazon": false}', "useAmazon"),
    ("PATCH", "payment-methods/amazon-pay", b'{"preOrder": true, "preOrder": true}', "preOrder"),
    ("PUT", "storefront", b'{"status": "OPEN", "status": "CLOSED"}', "status"),
    ("PATCH", "system-parts", b'{"parts": [{"part": "ORDER_AREA", "label": "a", "label": "b"}]}', "label"),
]


@pytest.mark.parametrize(("method", "resource", "content", "key"), WRITES)
def test_a_duplicate_key_is_refused(api: Api, method: str, resource: str, content: bytes, key: str) -> None:
    before = api.get(KYOTO, resource).headers["ETag"]
    headers = {"Content-Type": "application/json", "If-Match": "*"}
    answer = api.ask(method, f"/shops/{KYOTO}/{resource}", shop=KYOTO, headers=headers, content=content)
    assert refusal(answer) == (400, "DUPLICATE_KEY")
    assert fields(answer) == {key: "DUPLICATE_KEY"}
    assert api.get(KYOTO, resource).headers["ETag"] == before


def test_a_duplicate_key_is_refused_everywhere(api: Api) -> None:
    headers = {"Content-Type": "application/json", "If-Match": "*"}
    for path, content in (
        (f"/seller-central/{SELLER}/ipn-endpoints", b'{"url": "https://a.example", "url": "https://b.example"}'),
        ("/orders/100000000001/payment", b'{"paymentStatus": "RECEIVED", "paymentStatus": "RECEIVED"}'),
    ):
        answer = api.ask("POST", path, shop=OSAKA, headers=headers, content=content)
        assert refusal(answer) == (400, "DUPLICATE_KEY")


def test_all_faults_of_a_body_are_named_at_once(api: Api) -> None:
    answer = api.settings(KYOTO, {"sellerID": "x", "apiStatus": "VALID", "useAmazon": 1})
    assert fields(answer) == {"sellerID": "UNKNOWN_KEY", "apiStatus": "DERIVED_FIELD", "useAmazon": "INVALID"}


class RefusesSandbox:
    """A verifier of our own: sees the clear token at the moment it is written, and never again."""

    def __init__(self) -> None:
        self.seen: list[tuple[str, bool]] = []

    def verify(self, credentials: Credentials) -> tuple[Rejection, ...]:
        self.seen.append((credentials.token["state"], credentials.clear_token is not None))
        if credentials.seller_id.startswith("ASANDBOX"):
            return (Rejection(field="sellerId", message="a sandbox seller"),)
        return ()


def test_another_verifier_can_be_given(start, connect) -> None:
    verifier = RefusesSandbox()
    api = connect(start(verifier=verifier))
    assert api.settings(KYOTO, {**COMPLETE, "sellerId": "any form it accepts"}).json()["apiStatus"] == "VALID"
    assert refusal(api.settings(KYOTO, {"sellerId": "ASANDBOX"})) == (422, "AMAZON_API_ERROR")
    assert verifier.seen == [("SET", True), ("SET", False)]
    assert EmbeddedConfig(database="x").verifier.verify is not verifier.verify
