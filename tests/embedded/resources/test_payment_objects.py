"""Refunds, disputes and charge permissions in the shape of Amazon Pay: seeded, made, turned by Amazon, and read."""

import httpx
import pytest

from reconciler.embedded import World
from reconciler.embedded.contract.problems import Problem
from tests.embedded.harness import KYOTO, OSAKA, Api, Clock, refusal

ORDER = "100000000001"
AT_FIRST = "20260401T000000Z"
AGREEMENT = "B03-1442027-5744374"


def ask(api: Api, path: str, shop: str = OSAKA) -> httpx.Response:
    return api.ask_amazon(f"/../{path}", shop=shop)


def test_a_refund_is_of_all_that_was_captured_and_its_end_is_amazons(api: Api, world: World, clock: Clock) -> None:
    charge = world.merchant_captures(OSAKA, ORDER)
    refund = world.merchant_refunds(OSAKA, charge)
    assert refund == charge.replace("-C", "-R")
    clock.advance(60)
    world.amazon_turns(OSAKA, refund, "Declined", "AmazonRejected")
    assert ask(api, f"refunds/{refund}").json() == {
        "refundId": refund,
        "chargeId": charge,
        "refundAmount": {"amount": "1000", "currencyCode": "JPY"},
        "statusDetails": {
            "state": "Declined",
            "reasonCode": "AmazonRejected",
            "reasonDescription": None,
            "lastUpdatedTimestamp": "20260401T000100Z",
        },
        "creationTimestamp": AT_FIRST,
        "releaseEnvironment": "Sandbox",
    }
    trail = [(each["field"], each["to"]) for each in world.changes(OSAKA)]
    assert trail[:2] == [(f"{refund}.state", "Declined"), (f"{refund}.state", "RefundInitiated")]


def test_a_part_is_refunded_as_often_as_the_merchant_does_it(world: World) -> None:
    charge = world.merchant_captures(OSAKA, ORDER)
    assert [world.merchant_refunds(OSAKA, charge, amount="400")[-1] for _ in range(2)] == ["1", "2"]


def test_a_dispute_can_be_answered_for_eleven_days(api: Api, world: World) -> None:
    dispute = world.amazon_disputes(OSAKA, world.merchant_captures(OSAKA, ORDER))
    found = ask(api, f"disputes/{dispute}").json()
    assert (found["disputeType"], found["filingReason"]) == ("Chargeback", "ProductNotReceived")
    assert (found["statusDetails"]["state"], found["merchantResponseDeadline"]) == (
        "ActionRequired",
        "20260412T000000Z",
    )


def test_a_buyer_ends_the_permission_of_a_subscription(api: Api, world: World) -> None:
    assert refusal(ask(api, f"chargePermissions/{AGREEMENT}")) == (404, "NOT_FOUND")
    world.amazon_turns(OSAKA, AGREEMENT, "Chargeable")
    world.amazon_turns(OSAKA, AGREEMENT, "Closed", "BuyerCanceled")
    found = ask(api, f"chargePermissions/{AGREEMENT}").json()
    assert (found["chargePermissionType"], found["statusDetails"]["state"]) == ("Recurring", "Closed")
    assert found["statusDetails"]["reasons"] == [{"reasonCode": "BuyerCanceled", "reasonDescription": None}]


def test_an_authorization_lapses_after_thirty_days(api: Api, world: World) -> None:
    charge = world.merchant_captures(OSAKA, ORDER, state="Authorized")
    assert api.ask_amazon(f"/{charge}", shop=OSAKA).json()["expirationTimestamp"] == "20260501T000000Z"


def test_a_charge_of_a_subscription_is_listed_by_its_permission_and_by_its_own_order_reference(
    api: Api, world: World
) -> None:
    reference = "P03-5890444-1926095"
    charge = {"chargeId": f"{reference}-C064126", "shopKey": OSAKA, "chargePermissionId": AGREEMENT}
    world.seed({"charges": [{**charge, "merchantReferenceId": ORDER}]})
    for wanted in (AGREEMENT, reference):
        [found] = api.ask_amazon("", shop=OSAKA, params={"chargePermissionId": wanted}).json()["charges"]
        assert (found["chargeId"], found["merchantMetadata"]) == (charge["chargeId"], {"merchantReferenceId": ORDER})


def test_another_shops_object_is_not_there(api: Api, world: World) -> None:
    refund = world.merchant_refunds(OSAKA, world.merchant_captures(OSAKA, ORDER))
    assert refusal(ask(api, f"refunds/{refund}", KYOTO)) == (404, "NOT_FOUND")


@pytest.mark.parametrize(
    ("object_id", "state", "message"),
    [
        ("S03-0000001-0000001-R000009", "Refunded", "no such object"),
        ("S03-0000001-0000001-X000001", "Refunded", "id of this form"),
        ("S03-0000001-0000001-R000001", "Captured", "the states are"),
        ("S03-0000001-0000001-C000001", "Refunded", "the states are"),
    ],
)
def test_what_amazon_cannot_do_is_refused(world: World, object_id: str, state: str, message: str) -> None:
    world.merchant_refunds(OSAKA, world.merchant_captures(OSAKA, ORDER))
    with pytest.raises(Problem, match=message):
        world.amazon_turns(OSAKA, object_id, state)
