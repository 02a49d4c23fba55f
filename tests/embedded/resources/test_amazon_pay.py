"""Amazon Pay設定: what is set here, what cannot be, and for whom."""

import pytest

from reconciler.embedded import World
from tests.embedded.harness import KYOTO, NARA, OSAKA, Api, fields, refusal


def test_pre_order_and_subscription_are_set_while_open_or_closed(api: Api) -> None:
    answer = api.pay(KYOTO, {"preOrder": True, "subscription": True})
    assert (answer.json()["preOrder"], answer.json()["subscription"]) == (True, True)
    assert api.pay(OSAKA, {"preOrder": False}).json()["preOrder"] is False


@pytest.mark.parametrize(("creator", "status"), [("DISABLED", 409), ("ENABLED", 200), ("RUNNING", 200)])
def test_pre_order_needs_commerce_creator(api: Api, world: World, creator: str, status: int) -> None:
    world.platform_entitles(KYOTO, commerceCreator=creator)
    assert api.pay(KYOTO, {"preOrder": True}).status_code == status


@pytest.mark.parametrize(
    ("creator", "applied", "status"), [("ENABLED", True, 409), ("RUNNING", False, 409), ("RUNNING", True, 200)]
)
def test_subscription_needs_it_running_and_its_applications(
    api: Api, world: World, creator: str, applied: bool, status: int
) -> None:
    world.platform_entitles(KYOTO, commerceCreator=creator, subscriptionApplications=applied)
    assert api.pay(KYOTO, {"subscription": True}).status_code == status


def test_a_refusal_names_the_field_and_stores_nothing(api: Api, world: World) -> None:
    world.platform_entitles(KYOTO, subscriptionApplications=False)
    answer = api.pay(KYOTO, {"preOrder": True, "subscription": True})
    assert refusal(answer) == (409, "NOT_ENTITLED")
    assert fields(answer) == {"subscription": "NOT_ENTITLED"}
    assert api.get(KYOTO, "payment-methods/amazon-pay").json()["preOrder"] is False


def test_turning_off_needs_no_entitlement(api: Api) -> None:
    assert api.pay(NARA, {"preOrder": False, "subscription": False}).status_code == 200


@pytest.mark.parametrize("key", ["use", "regular"])
def test_what_follows_use_amazon_cannot_be_written(api: Api, key: str) -> None:
    assert refusal(api.pay(KYOTO, {key: True})) == (422, "DERIVED_FIELD")


@pytest.mark.parametrize("body", [{}, {"preOrder": None}, {"preOrder": 0}, {"output": True}, {"useAmazon": True}])
def test_another_shape_is_refused(api: Api, body: dict) -> None:
    assert refusal(api.pay(KYOTO, body)) == (422, "VALIDATION_ERROR")


def test_a_change_here_does_not_reach_back(api: Api) -> None:
    before = api.get(KYOTO, "amazon-settings").headers["ETag"]
    api.pay(KYOTO, {"preOrder": True})
    assert api.get(KYOTO, "amazon-settings").headers["ETag"] == before


def test_auto_link_is_on_at_first_needs_no_application_and_never_follows(api: Api, world: World) -> None:
    world.platform_entitles(KYOTO, commerceCreator="DISABLED", subscriptionApplications=False)
    assert api.get(KYOTO, "payment-methods/amazon-pay").json()["autoLink"] is True
    assert api.pay(KYOTO, {"autoLink": False}).json()["autoLink"] is False
    world.merchant_edits(KYOTO, {"storefront": "CLOSED", "useAmazon": False})
    world.merchant_edits(KYOTO, {"useAmazon": True})
    assert api.get(KYOTO, "payment-methods/amazon-pay").json()["autoLink"] is False
