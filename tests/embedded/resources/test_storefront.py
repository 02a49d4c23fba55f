"""Opening and closing a shop, and what a shop is entitled to."""

import pytest

from reconciler.embedded import Problem, World
from tests.embedded.harness import KYOTO, OSAKA, Api, refusal


def test_a_shop_is_closed_and_opened(api: Api) -> None:
    assert api.storefront(OSAKA, "CLOSED").json() == {"shopKey": OSAKA, "status": "CLOSED"}
    assert api.get(OSAKA, "storefront").json()["status"] == "CLOSED"
    assert api.storefront(OSAKA, "OPEN").json()["status"] == "OPEN"


def test_opening_an_open_shop_changes_nothing_and_still_holds_off_what_was_sent_before(api: Api) -> None:
    before = api.get(OSAKA, "storefront").headers["ETag"]
    assert api.storefront(OSAKA, "OPEN").headers["ETag"] != before
    assert api.changes(OSAKA) == []
    late = api.patch(OSAKA, "storefront", {"status": "CLOSED"}, if_match=before, method="PUT")
    assert refusal(late) == (412, "PRECONDITION_FAILED")


@pytest.mark.parametrize("body", [{}, {"status": None}, {"status": "open"}, {"status": "OPEN", "shopKey": KYOTO}])
def test_another_shape_is_refused(api: Api, body: dict) -> None:
    answer = api.patch(KYOTO, "storefront", body, method="PUT")
    assert refusal(answer) == (422, "VALIDATION_ERROR")


def test_entitlements_are_read_only(api: Api) -> None:
    assert api.get(OSAKA, "entitlements").json() == {
        "shopKey": OSAKA,
        "payOption": True,
        "amazonContract": True,
        "commerceCreator": "ENABLED",
        "subscriptionApplications": False,
    }
    answer = api.ask("PATCH", f"/shops/{OSAKA}/entitlements", shop=OSAKA, json={})
    assert refusal(answer) == (405, "METHOD_NOT_ALLOWED")


def test_the_platform_changes_entitlements_and_leaves_a_trail(api: Api, world: World) -> None:
    before = api.get(OSAKA, "entitlements").headers["ETag"]
    world.platform_entitles(OSAKA, commerceCreator="RUNNING", payOption=True)
    assert api.get(OSAKA, "entitlements").headers["ETag"] != before
    [change] = api.changes(OSAKA)
    assert (change["actorType"], change["field"], change["from"], change["to"]) == (
        "PLATFORM",
        "commerceCreator",
        "ENABLED",
        "RUNNING",
    )


@pytest.mark.parametrize("values", [{"vip": True}, {"commerceCreator": "SOON"}, {"payOption": None}])
def test_an_entitlement_that_does_not_exist_is_refused(world: World, values: dict) -> None:
    with pytest.raises(Problem, match="VALIDATION_ERROR") as refused:
        world.platform_entitles(OSAKA, **values)
    assert [error["field"] for error in refused.value.errors] == list(values)
