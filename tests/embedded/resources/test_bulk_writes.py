"""Several writes in one request: item by item what the single routes answer, and what they leave behind."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from reconciler.embedded import EmbeddedConfig, create_app
from reconciler.embedded.resources import amazon_settings
from reconciler.embedded.storage.tables import fences
from tests.embedded.harness import (
    CLIENT,
    EMAIL,
    KOBE,
    KYOTO,
    NARA,
    OSAKA,
    SEED,
    SELLER,
    TOKEN,
    Api,
    Clock,
    fields,
    refusal,
)
from tests.support import postgres

BULK = "/integrations"
ROUTES = {
    "amazonSettings": ("PATCH", "amazon-settings"),
    "amazonPay": ("PATCH", "payment-methods/amazon-pay"),
    "storefront": ("PUT", "storefront"),
    "systemParts": ("PATCH", "system-parts"),
}
Item = Mapping[str, Any]
Answer = tuple[int, str | None, Any]
"""Status, ETag and body."""


def item(shop: str, resource: str, value: Any, if_match: str = "*", **more: Any) -> dict[str, Any]:
    return {"shopKey": shop, "resource": resource, "ifMatch": if_match, "value": value, **more}


def email(shop: str, address: str = EMAIL, **more: Any) -> dict[str, Any]:
    return item(shop, "amazonSettings", {"notificationEmail": address}, **more)


def answers(api: Api, items: Sequence[Item]) -> list[dict[str, Any]]:
    response = api.ask("PATCH", BULK, json={"items": list(items)})
    assert response.status_code == 200, response.text
    found: list[dict[str, Any]] = response.json()["items"]
    assert [(each["shopKey"], each["resource"]) for each in found] == [(i["shopKey"], i["resource"]) for i in items]
    return found


def test_each_item_is_answered_for_itself(api: Api) -> None:
    found = answers(
        api,
        [
            email(KYOTO),
            item(OSAKA, "amazonSettings", {"useAmazon": False}),
            item(NARA, "amazonSettings", {"useAmazon": True}),
            email("nowhere"),
            email(KOBE, if_match='"77"'),
            item(KOBE, "storefront", {"status": "OPEN"}),
            item(KYOTO, "amazonPay", {"use": True}),
            item(KYOTO, "amazonPay", {}),
            item(KYOTO, "systemParts", {"parts": [{"part": "FOOTER", "label": "x"}]}),
        ],
    )
    assert [(each["status"], each.get("problem", {}).get("code")) for each in found] == [
        (200, None),
        (423, "SHOP_OPEN"),
        (409, "NOT_ENTITLED"),
        (404, "SHOP_NOT_FOUND"),
        (412, "PRECONDITION_FAILED"),
        (200, None),
        (422, "DERIVED_FIELD"),
        (422, "VALIDATION_ERROR"),
        (422, "UNKNOWN_PART"),
    ]
    now = api.get(KYOTO, "amazon-settings")
    assert (found[0]["etag"], found[0]["value"]) == (now.headers["ETag"], now.json())
    assert set(found[1]["problem"]) == {"type", "title", "status", "code", "detail", "errors"}


def test_two_items_of_one_shop_are_done_in_their_order(api: Api) -> None:
    found = answers(
        api,
        [
            item(OSAKA, "storefront", {"status": "CLOSED"}),
            item(OSAKA, "amazonSettings", {"useAmazon": False}),
            item(OSAKA, "storefront", {"status": "OPEN"}),
            item(OSAKA, "amazonSettings", {"useAmazon": True}),
        ],
    )
    assert [each["status"] for each in found] == [200, 200, 200, 423]
    assert api.get(OSAKA, "payment-methods/amazon-pay").json()["use"] is False, "what follows 利用設定 followed"


def test_a_shops_client_writes_by_single_routes_only(kyoto: Api) -> None:
    assert refusal(kyoto.ask("PATCH", BULK, shop=KYOTO, json={"items": [email(KYOTO)]})) == (403, "SHOP_KEY_MISMATCH")


WRONG = {
    "no items": {"items": []},
    "too many items": {"items": [email(KYOTO)] * 501},
    "no list": {},
    "another key": {"items": [email(KYOTO)], "dryRun": True},
    "no version": {"items": [email(KYOTO), {key: v for key, v in email(KYOTO).items() if key != "ifMatch"}]},
    "another resource": {"items": [email(KYOTO), item(KYOTO, "entitlements", {"payOption": True})]},
    "an unknown key in an item": {"items": [email(KYOTO), email(KYOTO, force=True)]},
    "a value that is no object": {"items": [email(KYOTO), item(KYOTO, "storefront", ["OPEN"])]},
    "a fence in words": {"items": [email(KYOTO), email(KYOTO, fence="store:7")]},
    "a write key with a space": {"items": [email(KYOTO), email(KYOTO, writeKey="a key")]},
}


@pytest.mark.parametrize("wrong", WRONG)
def test_a_request_of_another_shape_writes_nothing(api: Api, wrong: str) -> None:
    before = api.changes(KYOTO)
    assert refusal(api.ask("PATCH", BULK, json=WRONG[wrong])) == (422, "VALIDATION_ERROR")
    assert api.changes(KYOTO) == before


def test_a_key_that_occurs_twice_writes_nothing(api: Api) -> None:
    twice = json.dumps({"items": [email(KYOTO)]}).replace('"notificationEmail"', '"sellerId": "x", "sellerId"')
    response = api.ask("PATCH", BULK, content=twice, headers={"Content-Type": "application/json"})
    assert (refusal(response), fields(response)) == ((400, "DUPLICATE_KEY"), {"sellerId": "DUPLICATE_KEY"})


def test_a_large_body_writes_nothing(api: Api) -> None:
    items = [item(KYOTO, "systemParts", {"parts": [{"part": "ORDER_AREA", "message": "x" * 2000}]})] * 500
    body = json.dumps({"items": items}) + " " * 1024 * 1024
    response = api.ask("PATCH", BULK, content=body, headers={"Content-Type": "application/json"})
    assert refusal(response) == (413, "BODY_TOO_LARGE")


def test_an_item_is_fenced_and_named_in_the_trail(api: Api) -> None:
    fence = {"issuer": "store", "number": 9}
    found = answers(
        api,
        [
            email(KYOTO, "a@kyoto.example", fence=fence, writeKey="w-1"),
            email(KYOTO, "b@kyoto.example", fence={**fence, "number": 8}, writeKey="w-2"),
            email(OSAKA, "c@osaka.example", fence={**fence, "number": 1}, writeKey="w-3"),
        ],
    )
    assert [each.get("problem", {}).get("code") for each in found] == [None, "FENCE_OUTDATED", None]
    assert [(change["actor"], change["writeKey"]) for change in api.changes(KYOTO)][-1] == ("operator", "w-1")
    assert api.changes(OSAKA)[-1]["writeKey"] == "w-3"


def test_an_idempotency_key_repeats_the_answer(api: Api) -> None:
    once = email(KYOTO, if_match=api.get(KYOTO, "amazon-settings").headers["ETag"], idempotencyKey="k-1")
    first, again, other, unnamed = answers(
        api,
        [
            once,
            once,
            email(KYOTO, "b@kyoto.example", idempotencyKey="k-1"),
            {key: value for key, value in once.items() if key != "idempotencyKey"},
        ],
    )
    assert (first["status"], again) == (200, first)
    assert other["problem"]["code"] == "IDEMPOTENCY_KEY_REUSED"
    assert unnamed["problem"]["code"] == "PRECONDITION_FAILED"
    assert [change["to"] for change in api.changes(KYOTO)] == [EMAIL]


def test_an_item_that_breaks_stops_no_other(api: Api, monkeypatch: pytest.MonkeyPatch, caplog: Any) -> None:
    patch = amazon_settings.patch

    def breaks(edit: Any, shop_key: str, *words: Any, **more: Any) -> None:
        patch(edit, shop_key, *words, **more)
        if shop_key == OSAKA:
            raise ZeroDivisionError

    monkeypatch.setattr(amazon_settings, "patch", breaks)
    before = api.get(OSAKA, "integration").json()
    found = answers(api, [email(KYOTO), email(OSAKA), email(KOBE)])
    assert [(each["status"], each.get("problem", {}).get("code")) for each in found] == [
        (200, None), (500, "INTERNAL_ERROR"), (200, None),
    ]  # fmt: skip
    assert api.get(OSAKA, "integration").json() == before, "what it had written is taken back"
    assert "ZeroDivisionError" in caplog.text


def test_several_shops_are_read_by_their_keys(api: Api) -> None:
    page = api.ask("GET", BULK, params={"shopKeys": f"{OSAKA},{KYOTO},nowhere,{OSAKA}"}).json()
    assert page == {"items": [api.get(shop, "integration").json() for shop in sorted((KYOTO, OSAKA))], "nextUrl": None}


def test_the_pages_of_several_shops_follow_one_another(api: Api) -> None:
    first = api.ask("GET", BULK, params={"shopKeys": f"{OSAKA},{KYOTO}", "limit": 1}).json()
    second = api.send("GET", first["nextUrl"], headers={"Authorization": f"Bearer {api.token}"}).json()
    assert [each["shopKey"] for each in (*first["items"], *second["items"])] == sorted((KYOTO, OSAKA))
    assert second["nextUrl"] is None


def test_more_than_five_hundred_shops_are_refused(api: Api) -> None:
    def ask(count: int) -> Any:
        return api.ask("GET", BULK, params={"shopKeys": ",".join(f"s{number}" for number in range(count))})

    assert ask(500).status_code == 200
    assert refusal(ask(501)) == (422, "VALIDATION_ERROR")


VALUES: Mapping[str, Sequence[Mapping[str, Any]]] = {
    "amazonSettings": (
        {"notificationEmail": EMAIL},
        {"notificationEmail": "other@kyoto.example"},
        {"useAmazon": True},
        {"useAmazon": False},
        {"sellerId": SELLER, "clientId": CLIENT, "mwsAuthToken": TOKEN},
        {"sellerId": "no seller"},
        {"mwsAuthToken": "no token"},
        {"apiStatus": "VALID"},
        {"unknown": 1, "apiStatus": "VALID"},
        {"useAmazon": "yes"},
        {},
    ),
    "amazonPay": ({"preOrder": True}, {"subscription": True, "autoLink": False}, {"use": True}, {"preOrder": None}),
    "storefront": ({"status": "OPEN"}, {"status": "CLOSED"}, {"status": "AJAR"}, {}),
    "systemParts": (
        {"parts": [{"part": "ORDER_AREA", "label": "Amazon Pay"}]},
        {"parts": [{"part": "ORDER_AREA", "message": ""}, {"part": "LOGIN_LINK_AREA", "label": "x"}]},
        {"parts": [{"part": "ORDER_AREA"}, {"part": "ORDER_AREA"}]},
        {"parts": [{"part": "FOOTER"}]},
        {"output": True},
    ),
}
WRITES = st.sampled_from(list(VALUES)).flatmap(
    lambda resource: st.fixed_dictionaries(
        {
            "shopKey": st.sampled_from([KYOTO, OSAKA, NARA, KOBE, "nowhere"]),
            "resource": st.just(resource),
            "ifMatch": st.sampled_from(["present", '"1"', '"2"', "*", "3", 'W/"1"']),
            "value": st.sampled_from(VALUES[resource]),
        },
        optional={
            "writeKey": st.sampled_from(["w-1", "w-2"]),
            "fence": st.builds(dict, issuer=st.sampled_from("ab"), number=st.integers(0, 3)),
        },
    )
)


def written_singly(api: Api, item: Item) -> Answer:
    method, path = ROUTES[item["resource"]]
    headers = {"If-Match": item["ifMatch"]}
    if "writeKey" in item:
        headers["X-Write-Key"] = item["writeKey"]
    if "fence" in item:
        headers["X-Fence"] = "{issuer}:{number}".format_map(item["fence"])
    shop = item["shopKey"]
    response = api.ask(method, f"/shops/{shop}/{path}", shop=shop, headers=headers, json=item["value"])
    return response.status_code, response.headers.get("ETag"), response.json()


def versioned(api: Api, item: Item) -> Item:
    """With the version that the resource has now, where the item asks for it."""
    if item["ifMatch"] != "present":
        return item
    _, path = ROUTES[item["resource"]]
    return {**item, "ifMatch": api.get(item["shopKey"], path).headers.get("ETag", '"1"')}


def remains(app: Any, api: Api) -> object:
    """All that the writes left behind."""
    shops = (KYOTO, OSAKA, NARA, KOBE)
    with app.state.services.reading() as connection:
        fenced = connection.execute(select(fences).order_by(fences.c.shop_key)).all()
    return [tuple(row) for row in fenced], [(api.get(s, "integration").json(), api.changes(s)) for s in shops]


def unsalted(value: Any) -> Any:
    """A sealed token has another salt each time."""
    if isinstance(value, dict):
        return {key: "" if key in ("salt", "digest") else unsalted(each) for key, each in value.items()}
    return [unsalted(each) for each in value] if isinstance(value, list | tuple) else value


def the_law(singly: str | Path, together: str | Path, items: Sequence[Item], sizes: Sequence[int]) -> None:
    with served(singly) as (app, api):
        sent: list[Item] = []
        expected: list[Answer] = []
        for each in items:
            sent.append(versioned(api, each))
            expected.append(written_singly(api, sent[-1]))
        left = remains(app, api)
    with served(together) as (app, api):
        found: list[Answer] = []
        rest = list(sent)
        for size in (*sizes, len(sent)):
            batch, rest = rest[:size], rest[size:]
            found += map(answered, answers(api, batch) if batch else ())
        assert unsalted(found) == unsalted(expected)
        assert unsalted(remains(app, api)) == unsalted(left)


def answered(one: Mapping[str, Any]) -> Answer:
    return one["status"], one.get("etag"), one["value" if one["status"] == 200 else "problem"]


@contextmanager
def served(database: str | Path) -> Iterator[tuple[Any, Api]]:
    app = create_app(EmbeddedConfig(database=database, seed=SEED, clock=Clock()))
    api = Api(app)
    try:
        yield app, api
    finally:
        api.close()
        app.state.services.database.close()


@given(items=st.lists(WRITES, min_size=1, max_size=12), sizes=st.lists(st.integers(1, 6), max_size=3))
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_bulk_write_is_its_items_one_by_one(seeded: Path, items: Sequence[Item], sizes: Sequence[int]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        files = [Path(shutil.copy(seeded, Path(folder) / name)) for name in ("singly", "together")]
        the_law(files[0], files[1], items, sizes)


@given(items=st.lists(WRITES, min_size=6, max_size=20), sizes=st.lists(st.integers(1, 6), max_size=3))
@settings(deadline=None, max_examples=5, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_so_it_is_on_postgresql(cluster: postgres.Cluster, items: Sequence[Item], sizes: Sequence[int]) -> None:
    the_law(cluster.fresh(), cluster.fresh(), items, sizes)


@pytest.fixture(scope="module")
def cluster() -> Iterator[postgres.Cluster]:
    with postgres.running() as server:
        yield server
