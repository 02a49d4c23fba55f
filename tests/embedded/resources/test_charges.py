"""Charges in the shape of Amazon Pay: seeded, captured, turned by Amazon, and read."""

import pytest

from reconciler.embedded import World
from reconciler.embedded.contract.problems import Problem
from reconciler.embedded.seeding.seed import SeedError
from tests.embedded.harness import KYOTO, OSAKA, Api, Clock, refusal

REFERENCE = "S03-0000001-0000001"
ORDER = "100000000001"
AT_FIRST = "20260401T000000Z"


def charge(api: Api, charge_id: str, shop: str = OSAKA):
    return api.ask_amazon(f"/{charge_id}", shop=shop)


def charges(api: Api, reference: str = REFERENCE, shop: str = OSAKA) -> list[dict]:
    answer = api.ask_amazon("", shop=shop, params={"chargePermissionId": reference})
    assert answer.status_code == 200, answer.text
    return answer.json()["charges"]


def test_a_capture_at_seller_central_is_a_charge_of_the_whole_amount(api: Api, world: World) -> None:
    made = world.merchant_captures(OSAKA, ORDER)
    answer = charge(api, made)
    assert made == f"{REFERENCE}-C000001"
    assert answer.json() == {
        "chargeId": made,
        "chargePermissionId": REFERENCE,
        "chargeAmount": {"amount": "1000", "currencyCode": "JPY"},
        "captureAmount": {"amount": "1000", "currencyCode": "JPY"},
        "statusDetails": {
            "state": "Captured",
            "reasonCode": None,
            "reasonDescription": None,
            "lastUpdatedTimestamp": AT_FIRST,
        },
        "creationTimestamp": AT_FIRST,
        "expirationTimestamp": None,
        "merchantMetadata": None,
        "releaseEnvironment": "Sandbox",
    }
    assert charge(api, made).headers["ETag"] == answer.headers["ETag"]


def test_a_capture_does_not_touch_the_order(world: World) -> None:
    world.merchant_captures(OSAKA, ORDER)
    assert world.order(OSAKA, ORDER)["paymentStatus"] == "NOTRECEIVED"


def test_charges_of_a_permission_are_listed_oldest_first(api: Api, world: World, clock: Clock) -> None:
    first = world.merchant_captures(OSAKA, ORDER, chargeAmount="400")
    clock.advance(60)
    second = world.merchant_captures(OSAKA, ORDER, chargeAmount="600", state="CaptureInitiated")
    listed = charges(api)
    assert [each["chargeId"] for each in listed] == [first, second]
    assert [each["captureAmount"] for each in listed] == [{"amount": "400", "currencyCode": "JPY"}, None]
    assert charges(api, "S03-9999999-9999999") == []


def test_amazon_turns_a_charge_and_the_trail_says_so(api: Api, world: World, clock: Clock) -> None:
    made = world.merchant_captures(OSAKA, ORDER, state="CaptureInitiated", by="Hanako")
    clock.advance(3600)
    world.amazon_turns(OSAKA, made, "Declined", "ProcessingFailure")
    details = charge(api, made).json()["statusDetails"]
    assert (details["state"], details["reasonCode"]) == ("Declined", "ProcessingFailure")
    assert details["lastUpdatedTimestamp"] == "20260401T010000Z"
    trail = [(each["actor"], each["field"], each["to"]) for each in world.changes(OSAKA)]
    assert trail == [("amazon", f"{made}.state", "Declined"), ("Hanako", f"{made}.state", "CaptureInitiated")]


def test_what_amazon_captures_later_is_captured_whole(api: Api, world: World) -> None:
    made = world.merchant_captures(OSAKA, ORDER, state="Authorized", chargeAmount="700")
    world.amazon_turns(OSAKA, made, "Captured")
    assert charge(api, made).json()["captureAmount"]["amount"] == "700"


def test_a_seeded_charge_is_answered(api: Api, world: World) -> None:
    seeded = {"chargeId": "P03-0000009-0000009-C000001", "shopKey": OSAKA, "chargePermissionId": "P03-0000009-0000009"}
    world.seed({"charges": [seeded]})
    assert charge(api, seeded["chargeId"]).json()["releaseEnvironment"] == "Live"
    with pytest.raises(SeedError, match="already exists"):
        world.seed({"charges": [seeded]})


def test_another_shops_charge_is_not_there(api: Api, kyoto: Api, world: World) -> None:
    made = world.merchant_captures(OSAKA, ORDER)
    assert refusal(charge(api, made, KYOTO)) == (404, "NOT_FOUND")
    assert charges(api, shop=KYOTO) == []
    assert refusal(charge(kyoto, made, OSAKA)) == (403, "SHOP_KEY_MISMATCH")


def test_the_door_is_that_of_every_route(api: Api, world: World) -> None:
    assert refusal(api.send("GET", f"/amazon-pay/v2/charges/{REFERENCE}-C000001")) == (401, "INVALID_TOKEN")
    api.sign_in()
    world.maintenance(True)
    assert refusal(charge(api, f"{REFERENCE}-C000001")) == (503, "MAINTENANCE")


def test_faults_meet_it_as_any_other(app, api: Api) -> None:
    api.sign_in()
    app.state.faults.add("INTERNAL_ERROR", path="/amazon-pay/")
    assert refusal(charge(api, f"{REFERENCE}-C000001")) == (500, "INTERNAL_ERROR")


@pytest.mark.parametrize(
    ("order", "words", "message"),
    [
        ("100000000003", {}, "not paid with Amazon Pay"),
        ("999999999999", {}, "no order with this number"),
        (ORDER, {"chargeAmount": "1,000"}, "the request is invalid"),
        (ORDER, {"state": "Paid"}, "the request is invalid"),
    ],
)
def test_a_capture_that_cannot_be_is_refused(world: World, order: str, words: dict, message: str) -> None:
    with pytest.raises(Problem, match=message):
        world.merchant_captures(OSAKA, order, **words)


def test_a_charges_id_is_given_once(world: World) -> None:
    made = world.merchant_captures(OSAKA, ORDER)
    with pytest.raises(Problem, match="already exists"):
        world.merchant_captures(OSAKA, ORDER, chargeId=made)
