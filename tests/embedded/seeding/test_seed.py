"""The content of a new database, and what a seed must not contain."""

import json
from pathlib import Path

import pytest

from reconciler.embedded import World
from reconciler.embedded.seeding.seed import SeedError
from tests.embedded.harness import CLIENT, KYOTO, SEED, SELLER, TOKEN, Api, refusal


def test_a_seed_is_read_from_a_file(start, tmp_path: Path) -> None:
    file = tmp_path / "seed.json"
    file.write_text(json.dumps(SEED), encoding="utf-8")
    assert World.of(start(seed=file)).integration(KYOTO)["shopKey"] == KYOTO


def test_seeding_leaves_no_trail(world: World) -> None:
    assert world.changes(KYOTO) == []


def test_a_token_is_found_in_the_environment(start) -> None:
    shop = {
        "shopKey": "s",
        "amazonSettings": {"sellerId": SELLER, "clientId": CLIENT, "mwsAuthToken": {"env": "S_TOKEN"}},
    }
    world = World.of(start(seed={"shops": [shop]}, environment={"S_TOKEN": TOKEN}))
    settings = world.integration("s")["amazonSettings"]["value"]
    assert (settings["mwsAuthToken"]["state"], settings["apiStatus"]) == ("SET", "VALID")


def test_an_environment_variable_that_is_not_set_is_named(start) -> None:
    client = {"clientId": "c", "secret": {"env": "NO_SUCH_SECRET"}}
    with pytest.raises(SeedError, match="NO_SUCH_SECRET"):
        start(seed={"shops": [{"shopKey": "s"}], "clients": [client]})


def test_a_site_url_may_be_given_or_not_issued_yet(start) -> None:
    given = {"shopKey": "given", "amazonSettings": {"merchantSiteUrl": "https://ipn.example/1"}}
    none = {"shopKey": "none", "amazonSettings": {"merchantSiteUrl": None}}
    ruled = {"shopKey": "ruled"}
    world = World.of(start(seed={"shops": [given, none, ruled]}, site_url="https://ipn.example/{shop_key}"))
    urls = [world.integration(key)["amazonSettings"]["value"]["merchantSiteUrl"] for key in ("given", "none", "ruled")]
    assert urls == ["https://ipn.example/1", None, "https://ipn.example/ruled"]


def test_an_authorization_may_have_been_made_earlier(start) -> None:
    charge = {"shopKey": "s", "state": "Authorized", "chargePermissionId": "S03-1234567-1234567"}
    charges = [
        {**charge, "chargeId": "S03-1234567-1234567-C000001", "createdAt": "2026-03-10T12:00:00"},
        {**charge, "chargeId": "S03-1234567-1234567-C000002"},
    ]
    client = {"clientId": "operator", "secret": {"value": "operator-secret"}}
    api = Api(start(seed={"shops": [{"shopKey": "s"}], "charges": charges, "clients": [client]}))
    found = [api.ask_amazon(f"/{each['chargeId']}", shop="s").json() for each in charges]
    api.close()
    assert [each["expirationTimestamp"] for each in found] == ["20260409T030000Z", "20260501T000000Z"]


CONTENTS = {
    "items": [{"productId": "gyokuro", "name": "玉露 50g", "price": 2500, "quantity": 2}],
    "buyer": {"name": "森 真理", "email": "mari@mail.example"},
    "address": ["600-8216", "京都府京都市下京区東塩小路町1", "森 真理"],
}
ORDER = {"orderNo": "1", "shopKey": "a", **CONTENTS}


def test_an_order_with_items_costs_what_they_cost(world: World) -> None:
    orders = [
        {"orderNo": "1", "shopKey": KYOTO, **CONTENTS},
        {"orderNo": "2", "shopKey": KYOTO, **CONTENTS, "totalAmount": "5000.00", "type": "SUBSCRIPTION"},
        {"orderNo": "3", "shopKey": KYOTO},
    ]
    world.add_orders(orders)
    assert [world.order(KYOTO, number)["totalAmount"] for number in "123"] == ["5000", "5000.00", "1000"]


WRONG = [
    ({"shop": []}, "shop: Extra inputs"),
    ({"shops": [{}]}, "shops.0.shopKey: Field required"),
    ({"shops": [{"shopKey": "a b"}]}, "shops.0.shopKey"),
    ({"shops": [{"shopKey": "a"}, {"shopKey": "a"}]}, "the shop a is named twice"),
    ({"shops": [{"shopKey": "a", "storefront": "open"}]}, "shops.0.storefront"),
    ({"shops": [{"shopKey": "a", "amazonSettings": {"useAmazon": 1}}]}, "shops.0.amazonSettings.useAmazon"),
    ({"shops": [{"shopKey": "a", "amazonSettings": {"mwsAuthToken": "x"}}]}, r"Settings\.mwsAuthToken: [^\n]+$"),
    ({"clients": [{"clientId": "c", "secret": {}}]}, "give either value or env"),
    ({"clients": [{"clientId": "c", "secret": {"value": "a", "env": "b"}}]}, "give either value or env"),
    ({"orders": [{"orderNo": "1234567890123", "shopKey": "a"}]}, "orders.0.orderNo"),
    ({"orders": [{"orderNo": "1", "shopKey": "no-such-shop"}]}, "or a shop is unknown"),
    ({"orders": [{**ORDER, "items": []}]}, "orders.0: Value error, items, buyer and address are given together"),
    ({"orders": [{**ORDER, "buyer": None}]}, "items, buyer and address are given together"),
    ({"orders": [{**ORDER, "address": []}]}, "items, buyer and address are given together"),
    ({"orders": [{**ORDER, "totalAmount": "4999"}]}, "the items cost 5000 JPY"),
    ({"orders": [{**ORDER, "currency": "USD"}]}, "the items cost 5000 JPY"),
    ({"orders": [{**ORDER, "items": [{**CONTENTS["items"][0], "quantity": 0}]}]}, "orders.0.items.0.quantity"),
    (
        {
            "orders": [
                {**ORDER, "type": "HANPUKAI", "items": [{**CONTENTS["items"][0], "cycleMonths": n} for n in (1, 2)]}
            ]
        },
        "items of one order have one cycleMonths",
    ),
]


@pytest.mark.parametrize(("document", "message"), WRONG, ids=lambda value: value if isinstance(value, str) else "")
def test_a_wrong_seed_is_refused_by_name_and_place(start, document: dict, message: str) -> None:
    with pytest.raises(SeedError, match=message):
        start(seed=document)


def test_all_faults_are_named_at_once_and_no_value_is_shown(start) -> None:
    shop = {"shopKey": "a", "amazonSettings": {"mwsAuthToken": {"value": TOKEN, "state": "SET"}}, "x": 1}
    with pytest.raises(SeedError) as caught:
        start(seed={"shops": [shop], "y": 1})
    assert "shops.0.x" in str(caught.value)
    assert "y: Extra inputs" in str(caught.value)
    assert TOKEN not in str(caught.value)


def test_a_file_that_is_not_there(start, tmp_path: Path) -> None:
    with pytest.raises(SeedError, match="cannot read the seed: No such file") as caught:
        start(seed=tmp_path / "nowhere.json")
    assert "nowhere.json" in str(caught.value.__cause__)


def test_what_is_no_json_is_refused(start, tmp_path: Path) -> None:
    file = tmp_path / "seed.json"
    file.write_text("{", encoding="utf-8")
    with pytest.raises(SeedError, match="the seed is invalid"):
        start(seed=file)
    with pytest.raises(SeedError, match="not valid JSON"):
        start(seed={"shops": {1, 2}})


def test_a_failed_seed_leaves_an_empty_world(start, connect) -> None:
    with pytest.raises(SeedError):
        start(seed={**SEED, "orders": [{"orderNo": "1", "shopKey": "no-such-shop"}]})
    assert World.of(start()).integration(KYOTO)["shopKey"] == KYOTO


def test_a_world_that_has_shops_is_not_seeded_again(start, connect) -> None:
    World.of(start()).merchant_edits(KYOTO, {"preOrder": True})
    again = start(seed="a file nobody looks for.json")
    assert World.of(again).integration(KYOTO)["amazonPay"]["value"]["preOrder"] is True


def test_adding_a_shop_twice_is_a_clash(world: World) -> None:
    world.seed({"shops": [{"shopKey": "new-shop"}]})
    with pytest.raises(SeedError, match="already exists"):
        world.seed({"shops": [{"shopKey": "new-shop"}]})


def test_clients_of_a_seed_can_sign_in(start, connect) -> None:
    seed = {"shops": [{"shopKey": "s"}], "clients": [{"clientId": "one", "secret": {"value": "one-secret"}}]}
    api = connect(start(seed=seed), "one")
    assert api.get("s", "storefront").status_code == 200
    assert refusal(api.get("t", "storefront")) == (404, "SHOP_NOT_FOUND")


def test_two_thousand_shops_are_seeded_in_one_go(start, clock) -> None:
    shops = [
        {
            "shopKey": f"shop-{number:05}",
            "amazonSettings": {"sellerId": f"A{number:012}", "mwsAuthToken": {"value": TOKEN}},
        }
        for number in range(2_000)
    ]
    world = World.of(start(seed={"shops": shops}))
    assert world.integration("shop-01999")["amazonSettings"]["value"]["mwsAuthToken"]["state"] == "SET"
