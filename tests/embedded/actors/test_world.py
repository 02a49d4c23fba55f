"""Acts of other people: some follow the rules of the screens, others do not."""

from pathlib import Path

import pytest

from reconciler.embedded import Problem, World
from tests.embedded.harness import COMPLETE, EMAIL, KYOTO, OSAKA, OTHER_SELLER, Api


def test_a_merchant_changes_several_screens_at_once(api: Api, world: World) -> None:
    world.merchant_edits(
        KYOTO,
        {"notificationEmail": EMAIL, "preOrder": True, "ORDER_AREA.label": "x", "ORDER_AREA.message": "y"},
        by="Hanako",
    )
    whole = world.integration(KYOTO)
    assert whole["amazonSettings"]["value"]["notificationEmail"] == EMAIL
    assert whole["amazonPay"]["value"]["preOrder"] is True
    assert whole["systemParts"]["value"]["parts"][0]["label"] == "x"
    assert {change["actor"] for change in world.changes(KYOTO)} == {"Hanako"}
    assert api.get(KYOTO, "integration").json() == whole


def test_a_merchant_is_bound_by_the_lock(world: World) -> None:
    with pytest.raises(Problem, match="SHOP_OPEN"):
        world.merchant_edits(OSAKA, {"useAmazon": False, "notificationEmail": EMAIL})
    assert world.changes(OSAKA) == []


def test_a_merchant_closes_changes_and_lets_the_shop_closed(world: World) -> None:
    world.merchant_edits(OSAKA, {"useAmazon": False, "storefront": "CLOSED"})
    assert world.integration(OSAKA)["amazonPay"]["value"]["use"] is False


def test_a_merchant_changes_and_opens(world: World) -> None:
    world.merchant_edits(KYOTO, {"storefront": "OPEN", "useAmazon": True, **COMPLETE})
    assert world.integration(KYOTO)["storefront"]["value"]["status"] == "OPEN"
    assert world.integration(KYOTO)["amazonSettings"]["value"]["buttonsVisible"] is True


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"email": EMAIL}, "unknown key email"),
        ({"notificationEmail": "x"}, "VALIDATION_ERROR"),
        ({"storefront": "open"}, "VALIDATION_ERROR"),
        ({"sellerId": "A1EXAMPLE234567", "clientId": "x", "mwsAuthToken": "y"}, "AMAZON_API_ERROR"),
    ],
)
def test_a_merchants_mistake_is_named_and_nothing_is_stored(world: World, changes: dict, message: str) -> None:
    with pytest.raises(Problem, match=message):
        world.merchant_edits(KYOTO, {"preOrder": True, **changes})
    assert world.changes(KYOTO) == []


def test_the_platform_turns_off_an_open_shop(world: World) -> None:
    world.platform_turns_off(OSAKA)
    whole = world.integration(OSAKA)
    assert whole["storefront"]["value"]["status"] == "OPEN"
    assert whole["amazonSettings"]["value"]["useAmazon"] is False
    assert whole["amazonSettings"]["value"]["buttonsVisible"] is False
    assert (whole["amazonPay"]["value"]["use"], whole["amazonPay"]["value"]["preOrder"]) == (False, True)
    trail = {change["field"]: (change["actorType"], change["cause"]) for change in world.changes(OSAKA)}
    assert trail == {
        "useAmazon": ("PLATFORM", None),
        "buttonsVisible": ("PLATFORM", "amazonSettings.useAmazon"),
        "use": ("PLATFORM", "amazonSettings.useAmazon"),
        "regular": ("PLATFORM", "amazonSettings.useAmazon"),
        "output": ("PLATFORM", "amazonSettings.useAmazon"),
    }


def test_a_merchant_registers_and_removes_an_endpoint(world: World) -> None:
    url = "https://another.example/ipn"
    world.merchant_registers_endpoint(OTHER_SELLER, url, environment="SANDBOX", by="Hanako")
    endpoints = world.integration(OSAKA, "SANDBOX")["ipnEndpoints"]["value"]["endpoints"]
    assert [endpoint["url"] for endpoint in endpoints] == [url]
    world.merchant_removes_endpoint(OTHER_SELLER, url, environment="SANDBOX")
    assert world.integration(OSAKA, "SANDBOX")["ipnEndpoints"]["value"]["endpoints"] == []


def test_a_world_can_be_opened_beside_a_running_backend(api: Api, database: Path) -> None:
    world = World.open(database)
    world.merchant_edits(KYOTO, {"notificationEmail": EMAIL})
    world.close()
    assert api.get(KYOTO, "amazon-settings").json()["notificationEmail"] == EMAIL


@pytest.mark.parametrize("act", ["integration", "changes", "platform_turns_off", "amazon_revokes"])
def test_an_unknown_shop_is_named_so(world: World, act: str) -> None:
    with pytest.raises(Problem, match="SHOP_NOT_FOUND"):
        getattr(world, act)("no-such-shop")
