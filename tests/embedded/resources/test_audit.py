"""The trail: who changed which field, when, from, to, and because of what."""

import pytest

from reconciler.embedded import World
from tests.embedded.harness import COMPLETE, EMAIL, KYOTO, NARA, OSAKA, TOKEN, Api, Clock, refusal


def rows(api: Api, shop: str) -> list[tuple]:
    return [(c["resource"], c["field"], c["from"], c["to"], c["cause"]) for c in api.changes(shop)]


def test_each_changed_field_has_a_row_and_what_followed_names_its_cause(api: Api) -> None:
    api.settings(KYOTO, {"useAmazon": True, "notificationEmail": EMAIL})
    cause = "amazonSettings.useAmazon"
    assert rows(api, KYOTO) == [
        ("amazonSettings", "useAmazon", False, True, None),
        ("amazonSettings", "notificationEmail", None, EMAIL, None),
        ("amazonPay", "use", False, True, cause),
        ("amazonPay", "regular", False, True, cause),
        ("systemParts", "output", False, True, cause),
    ]


def test_derived_fields_of_the_screen_name_what_they_followed(api: Api) -> None:
    api.settings(KYOTO, {**COMPLETE})
    api.settings(KYOTO, {"useAmazon": True})
    derived = {field: cause for _, field, _, _, cause in rows(api, KYOTO) if cause}
    assert derived["apiStatus"] == "amazonSettings.sellerId"
    assert derived["buttonsVisible"] == "amazonSettings.useAmazon"


def test_a_row_says_who_and_when(api: Api, clock: Clock) -> None:
    clock.advance(5)
    api.storefront(OSAKA, "CLOSED")
    [change] = api.changes(OSAKA)
    assert change == {
        "changeId": change["changeId"],
        "at": "2026-04-01T09:00:05",
        "actor": "operator",
        "actorType": "CLIENT",
        "resource": "storefront",
        "field": "status",
        "from": "OPEN",
        "to": "CLOSED",
        "cause": None,
        "writeKey": None,
    }


def test_a_token_is_written_down_as_digests(api: Api) -> None:
    api.settings(KYOTO, {"mwsAuthToken": TOKEN})
    [change] = api.changes(KYOTO)
    assert change["from"] == {"state": "UNSET"}
    assert change["to"] == api.get(KYOTO, "amazon-settings").json()["mwsAuthToken"]


def test_words_of_parts_are_named_by_their_part(api: Api) -> None:
    api.patch(KYOTO, "system-parts", {"parts": [{"part": "ORDER_AREA", "label": "x", "message": "y"}]})
    assert rows(api, KYOTO) == [
        ("systemParts", "parts.ORDER_AREA.label", None, "x", None),
        ("systemParts", "parts.ORDER_AREA.message", None, "y", None),
    ]


def test_each_kind_of_actor_is_distinguished(api: Api, world: World) -> None:
    api.pay(OSAKA, {"preOrder": False})
    world.merchant_edits(OSAKA, {"notificationEmail": EMAIL}, by="Hanako")
    world.platform_turns_off(OSAKA)
    world.amazon_revokes(OSAKA)
    actors = [(c["actor"], c["actorType"]) for c in api.changes(OSAKA)]
    assert sorted(set(actors)) == [
        ("Hanako", "MERCHANT"),
        ("amazon", "AMAZON"),
        ("operator", "CLIENT"),
        ("platform", "PLATFORM"),
    ]


def test_the_trail_is_paged_newest_first(api: Api) -> None:
    for number in range(5):
        api.settings(KYOTO, {"notificationEmail": f"a{number}@shop.example"})
    found, url = [], f"http://backend.example/admin-api/v1/shops/{KYOTO}/changes?limit=2"
    while url:
        page = api.send("GET", url, headers={"Authorization": f"Bearer {api.token}", "X-SHOP-KEY": KYOTO}).json()
        found += [change["to"] for change in page["items"]]
        url = page["nextUrl"]
    assert found == [f"a{number}@shop.example" for number in (4, 3, 2, 1, 0)]


@pytest.mark.parametrize("cursor", ["***", "eA", "", "OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk"])
def test_a_foreign_cursor_is_refused(api: Api, cursor: str) -> None:
    assert refusal(api.get(NARA, "changes", params={"cursor": cursor})) == (422, "VALIDATION_ERROR")


def test_a_refused_write_leaves_no_trail(api: Api) -> None:
    api.settings(OSAKA, {"useAmazon": False, "notificationEmail": EMAIL})
    assert api.changes(OSAKA) == []
