"""Fences and write keys: whose lease a write was made under, and which write made a change."""

import pytest

from tests.embedded.harness import KYOTO, OSAKA, SELLER, Api, refusal

ENDPOINTS = f"/seller-central/{SELLER}/ipn-endpoints"


def put(api: Api, fence: str, status: str = "CLOSED", shop: str = OSAKA, **headers: str):
    version = api.get(shop, "storefront").headers["ETag"]
    return api.ask(
        "PUT",
        f"/shops/{shop}/storefront",
        shop=shop,
        json={"status": status},
        headers={"If-Match": version, "X-Fence": fence, **headers},
    )


def test_an_older_fence_is_refused_with_any_version(api: Api) -> None:
    assert put(api, "store:7").status_code == 200
    assert put(api, "store:7", "OPEN").status_code == 200
    assert put(api, "store:9").status_code == 200
    assert refusal(put(api, "store:8", "OPEN")) == (412, "FENCE_OUTDATED")
    assert refusal(put(api, "store:8", "OPEN", **{"If-Match": '"0"'})) == (412, "FENCE_OUTDATED")
    assert api.get(OSAKA, "storefront").json()["status"] == "CLOSED"


def test_fences_are_a_shops_own(api: Api) -> None:
    assert put(api, "store:9").status_code == 200
    assert put(api, "store:1", shop=KYOTO).status_code == 200


def test_another_issuers_fence_cannot_be_compared(api: Api) -> None:
    assert put(api, "first:9").status_code == 200
    assert put(api, "second:1", "OPEN").status_code == 200
    assert refusal(put(api, "first:8")) == (412, "FENCE_OUTDATED"), "what another issuer wrote does not hide it"
    assert put(api, "first:9").status_code == 200


def test_every_kind_of_write_is_fenced(api: Api) -> None:
    assert put(api, "store:9", shop=KYOTO).status_code == 200
    old = {"X-Fence": "store:8"}
    for path, body in (
        ("amazon-settings", {"notificationEmail": "pay@kyoto.example"}),
        ("payment-methods/amazon-pay", {"preOrder": False}),
        ("system-parts", {"parts": [{"part": "ORDER_AREA", "label": "x"}]}),
    ):
        headers = {"If-Match": api.get(KYOTO, path).headers["ETag"], **old}
        answer = api.ask("PATCH", f"/shops/{KYOTO}/{path}", shop=KYOTO, json=body, headers=headers)
        assert refusal(answer) == (412, "FENCE_OUTDATED"), path
    version = api.ask("GET", ENDPOINTS, shop=KYOTO).headers["ETag"]
    headers = {"If-Match": version, "Idempotency-Key": "k", **old}
    answer = api.ask("POST", ENDPOINTS, shop=KYOTO, json={"url": "https://kyoto.example/ipn"}, headers=headers)
    assert refusal(answer) == (412, "FENCE_OUTDATED")


@pytest.mark.parametrize("fence", ["7", ":7", "store:", "store:-1", "store:7:", "s t:7", f"{'x' * 65}:7"])
def test_a_fence_of_another_form_is_refused(api: Api, fence: str) -> None:
    assert refusal(put(api, fence)) == (422, "VALIDATION_ERROR")


def test_a_shop_that_does_not_exist_has_no_fence(api: Api) -> None:
    headers = {"If-Match": '"1"', "X-Fence": "store:7"}
    answer = api.ask("PUT", "/shops/nobody/storefront", shop="nobody", json={"status": "OPEN"}, headers=headers)
    assert refusal(answer) == (404, "SHOP_NOT_FOUND")


def test_the_trail_shows_which_write_made_a_change(api: Api) -> None:
    put(api, "store:7", **{"X-Write-Key": "run-1-step-2"})
    api.storefront(OSAKA, "OPEN")
    assert [change["writeKey"] for change in api.changes(OSAKA)] == ["run-1-step-2", None]


def test_the_capabilities_are_advertised(api: Api) -> None:
    answer = api.ask("GET", "/capabilities")
    assert answer.json() == {"capabilities": ["bulk-read", "bulk-write", "changes", "fence", "write-key"]}
    assert api.ask("GET", "/capabilities", headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304
