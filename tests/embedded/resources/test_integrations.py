"""Many shops in one response: pages, cursors, what changed since, and what a page costs."""

import re

import pytest
from sqlalchemy import event

from reconciler.embedded import World
from tests.embedded.harness import EMAIL, KOBE, KYOTO, NARA, OSAKA, OTHER_SELLER, SELLER, Api, Clock, refusal

PARTS = {
    "amazonSettings": "amazon-settings",
    "amazonPay": "payment-methods/amazon-pay",
    "storefront": "storefront",
    "systemParts": "system-parts",
    "entitlements": "entitlements",
}


@pytest.mark.parametrize("shop", [KYOTO, OSAKA, KOBE])
def test_each_part_is_what_its_own_route_answers(api: Api, shop: str) -> None:
    api.patch(shop, "system-parts", {"parts": [{"part": "ORDER_AREA", "label": "x"}]})
    whole = api.get(shop, "integration").json()
    for part, resource in PARTS.items():
        own = api.get(shop, resource)
        assert whole[part] == {"version": own.headers["ETag"].strip('"'), "value": own.json()}
    assert set(whole) == {"shopKey", "updatedAt", "ipnEndpoints", *PARTS}


@pytest.mark.parametrize("environment", ["PRODUCTION", "SANDBOX"])
def test_endpoints_are_those_of_the_present_seller_and_environment(api: Api, environment: str) -> None:
    words = {"params": {"environment": environment}}
    whole = api.get(OSAKA, "integration", **words).json()["ipnEndpoints"]
    own = api.ask("GET", f"/seller-central/{OTHER_SELLER}/ipn-endpoints", **words)
    assert whole == {"version": own.headers["ETag"].strip('"'), "value": own.json()}
    assert len(whole["value"]["endpoints"]) == (1 if environment == "PRODUCTION" else 0)


def test_a_shop_without_a_seller_has_no_endpoints(api: Api) -> None:
    assert api.get(KYOTO, "integration").json()["ipnEndpoints"] == {
        "version": "none",
        "value": {"sellerId": None, "environment": "PRODUCTION", "endpoints": []},
    }


def test_another_seller_is_another_version(api: Api) -> None:
    api.settings(KYOTO, {"sellerId": SELLER})
    one = api.get(KYOTO, "integration").json()["ipnEndpoints"]["version"]
    api.settings(KYOTO, {"sellerId": SELLER + "X"})
    assert api.get(KYOTO, "integration").json()["ipnEndpoints"]["version"] != one


def test_all_shops_in_the_order_of_their_keys(api: Api) -> None:
    page = api.ask("GET", "/integrations").json()
    assert [item["shopKey"] for item in page["items"]] == sorted([KYOTO, OSAKA, NARA, KOBE])
    assert page["nextUrl"] is None
    assert page["items"][0] == api.get(page["items"][0]["shopKey"], "integration").json()


def test_pages_follow_one_another_by_absolute_urls(api: Api) -> None:
    words = {"params": {"limit": 3, "environment": "SANDBOX"}}
    first = api.ask("GET", "/integrations", **words).json()
    assert first["nextUrl"].startswith("http://backend.example/admin-api/v1/integrations?")
    second = api.send("GET", first["nextUrl"], headers={"Authorization": f"Bearer {api.token}"}).json()
    keys = [item["shopKey"] for item in first["items"] + second["items"]]
    assert (len(first["items"]), len(second["items"]), second["nextUrl"]) == (3, 1, None)
    assert keys == sorted([KYOTO, OSAKA, NARA, KOBE])
    assert {item["ipnEndpoints"]["value"]["environment"] for item in second["items"]} == {"SANDBOX"}


def test_a_full_last_page_has_no_next(api: Api) -> None:
    assert api.ask("GET", "/integrations", params={"limit": 4}).json()["nextUrl"] is None


WRONG = [
    {"limit": 0},
    {"limit": 501},
    {"limit": "many"},
    {"cursor": "***"},
    {"cursor": "_w"},
    {"updatedSince": "yesterday"},
    {"updatedSince": "2026-02-30T00:00:00"},
    {"updatedSince": "2026-04-01T00:00:00Z"},
    {"environment": "production"},
]


@pytest.mark.parametrize("params", WRONG, ids=repr)
def test_words_of_another_form_are_refused(api: Api, params: dict) -> None:
    answer = api.ask("GET", "/integrations", params=params)
    assert refusal(answer) == (422, "VALIDATION_ERROR")
    assert answer.json()["errors"][0]["field"] == next(iter(params))


def test_only_what_changed_since(api: Api, clock: Clock) -> None:
    clock.advance(60)
    api.settings(KYOTO, {"notificationEmail": EMAIL})
    since = {"params": {"updatedSince": "2026-04-01T09:01:00"}}
    page = api.ask("GET", "/integrations", **since).json()
    assert [(item["shopKey"], item["updatedAt"]) for item in page["items"]] == [(KYOTO, "2026-04-01T09:01:00")]


def test_a_registered_endpoint_touches_the_shops_of_its_seller(api: Api, world: World, clock: Clock) -> None:
    clock.advance(60)
    world.merchant_registers_endpoint(OTHER_SELLER, "https://another.example/ipn")
    since = {"params": {"updatedSince": "2026-04-01T09:01:00"}}
    assert [item["shopKey"] for item in api.ask("GET", "/integrations", **since).json()["items"]] == [OSAKA]


def test_a_page_has_a_tag_that_moves_with_any_shop_on_it(api: Api) -> None:
    tag = api.ask("GET", "/integrations").headers["ETag"]
    assert api.ask("GET", "/integrations", headers={"If-None-Match": tag}).status_code == 304
    assert api.ask("GET", "/integrations", params={"environment": "SANDBOX"}).headers["ETag"] != tag
    assert api.ask("GET", "/integrations", params={"limit": 3}).headers["ETag"] != tag
    api.pay(KYOTO, {"preOrder": True})
    assert api.ask("GET", "/integrations", headers={"If-None-Match": tag}).status_code == 200


def test_a_page_costs_the_same_statements_however_long_it_is(start, connect) -> None:
    shops = [
        {
            "shopKey": f"shop-{number:04}",
            "amazonSettings": {"sellerId": f"A{number:012}"},
            "parts": [{"part": "ORDER_AREA", "label": "x"}],
        }
        for number in range(500)
    ]
    app = start(seed={"shops": shops})
    World.of(app).ensure_client("operator", "operator-secret")
    api = connect(app)
    api.sign_in()
    statements: list[str] = []

    def note(_connection, _cursor, statement, *_rest) -> None:
        if re.match("SELECT", statement):
            statements.append(statement)

    event.listen(app.state.services.database._engine, "before_cursor_execute", note)
    assert len(api.ask("GET", "/integrations", params={"limit": 500}).json()["items"]) == 500
    # One for the door, three for the page.
    assert len(statements) == 4
