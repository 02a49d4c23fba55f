"""Who may request what: clients, tokens, shop keys, and unknown routes."""

from collections.abc import AsyncIterator

import pytest

from tests.embedded.harness import KYOTO, OSAKA, OTHER_SELLER, SELLER, Api, Clock, refusal

GRANT = {"grant_type": "client_credentials"}


def test_a_token_opens_the_door_for_an_hour(api: Api, clock: Clock) -> None:
    answer = api.send("POST", "/oauth/token", auth=("operator", "operator-secret"), data=GRANT)
    assert answer.json() == {"access_token": answer.json()["access_token"], "token_type": "Bearer", "expires_in": 3600}
    assert answer.headers["Cache-Control"] == "no-store"
    api.token = answer.json()["access_token"]
    clock.advance(3599)
    assert api.get(KYOTO, "storefront").status_code == 200
    clock.advance(1)
    assert refusal(api.get(KYOTO, "storefront")) == (401, "INVALID_TOKEN")


@pytest.mark.parametrize("auth", [("operator", "wrong"), ("nobody", "operator-secret"), ("", "")])
def test_wrong_credentials_are_refused(api: Api, auth: tuple[str, str]) -> None:
    answer = api.send("POST", "/oauth/token", auth=auth, data=GRANT)
    assert refusal(answer) == (401, "INVALID_CLIENT")
    assert answer.headers["WWW-Authenticate"].startswith("Basic")


@pytest.mark.parametrize("header", ["Basic !!!", "Basic bm9jb2xvbg==", "Bearer abc", "Basic /w=="])
def test_a_broken_authorization_header_is_refused(api: Api, header: str) -> None:
    answer = api.send("POST", "/oauth/token", headers={"Authorization": header}, data=GRANT)
    assert refusal(answer) == (401, "INVALID_CLIENT")


def test_another_grant_is_refused(api: Api) -> None:
    answer = api.send("POST", "/oauth/token", auth=("operator", "operator-secret"), data={"grant_type": "password"})
    assert refusal(answer) == (422, "VALIDATION_ERROR")


@pytest.mark.parametrize("header", [None, "Bearer", "Bearer unknown", "Basic b3BlcmF0b3I6"])
def test_without_a_known_token_nothing_is_answered(api: Api, header: str | None) -> None:
    headers = {"X-SHOP-KEY": KYOTO} | ({} if header is None else {"Authorization": header})
    for path in (f"/admin-api/v1/shops/{KYOTO}/storefront", "/admin-api/v1/integrations", "/admin-api/v1/nowhere"):
        answer = api.send("GET", path, headers=headers)
        assert refusal(answer) == (401, "INVALID_TOKEN")
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_the_token_is_checked_before_the_body(api: Api) -> None:
    path = f"/admin-api/v1/shops/{KYOTO}/amazon-settings"
    answer = api.send("PATCH", path, content=b"{", headers={"Content-Type": "application/json"})
    assert refusal(answer) == (401, "INVALID_TOKEN")


def test_a_new_secret_replaces_the_old_one(api: Api, world) -> None:
    world.ensure_client("operator", "another-secret")
    assert api.send("POST", "/oauth/token", auth=("operator", "another-secret"), data=GRANT).status_code == 200
    old = api.send("POST", "/oauth/token", auth=("operator", "operator-secret"), data=GRANT)
    assert refusal(old) == (401, "INVALID_CLIENT")


def test_a_shops_client_names_its_shop_to_get_a_token(api: Api) -> None:
    for headers in ({}, {"X-SHOP-KEY": OSAKA}):
        answer = api.send("POST", "/oauth/token", auth=("kyoto", "kyoto-secret"), data=GRANT, headers=headers)
        assert refusal(answer) == (403, "SHOP_KEY_MISMATCH")


def test_a_shops_client_sees_its_own_shop_alone(kyoto: Api) -> None:
    assert kyoto.get(KYOTO, "storefront").status_code == 200
    assert refusal(kyoto.get(OSAKA, "storefront")) == (403, "SHOP_KEY_MISMATCH")
    assert refusal(kyoto.ask("GET", "/orders", shop=OSAKA)) == (403, "SHOP_KEY_MISMATCH")
    assert refusal(kyoto.ask("GET", "/integrations")) == (403, "SHOP_KEY_MISMATCH")


def test_a_shops_client_may_not_touch_another_shops_seller(kyoto: Api) -> None:
    assert refusal(kyoto.ask("GET", f"/seller-central/{OTHER_SELLER}/ipn-endpoints")) == (403, "SHOP_KEY_MISMATCH")
    assert kyoto.ask("GET", f"/seller-central/{SELLER}/ipn-endpoints").status_code == 200
    other = kyoto.ask("GET", f"/seller-central/{SELLER}/ipn-endpoints", shop=OSAKA)
    assert refusal(other) == (403, "SHOP_KEY_MISMATCH")


@pytest.mark.parametrize("named", [None, OSAKA])
def test_an_operator_names_the_shop_too(api: Api, named: str | None) -> None:
    assert refusal(api.ask("GET", f"/shops/{KYOTO}/storefront", shop=named)) == (403, "SHOP_KEY_MISMATCH")


def test_orders_want_the_shop_named(api: Api) -> None:
    assert refusal(api.ask("GET", "/orders")) == (403, "SHOP_KEY_MISMATCH")


RESOURCES = (
    "amazon-settings",
    "payment-methods/amazon-pay",
    "storefront",
    "system-parts",
    "entitlements",
    "integration",
    "changes",
)


@pytest.mark.parametrize("resource", RESOURCES)
def test_an_unknown_shop_is_not_found(api: Api, resource: str) -> None:
    assert refusal(api.get("no-such-shop", resource)) == (404, "SHOP_NOT_FOUND")


def test_writing_an_unknown_shop_is_not_found(api: Api) -> None:
    assert refusal(api.storefront("no-such-shop", "OPEN", if_match="*")) == (404, "SHOP_NOT_FOUND")
    assert refusal(api.settings("no-such-shop", {"useAmazon": True}, if_match="*")) == (404, "SHOP_NOT_FOUND")
    assert refusal(api.ask("GET", "/orders", shop="no-such-shop")) == (404, "SHOP_NOT_FOUND")


def test_what_is_no_route_is_not_found(api: Api) -> None:
    assert refusal(api.ask("GET", "/nowhere")) == (404, "NOT_FOUND")
    assert refusal(api.send("GET", "/")) == (404, "NOT_FOUND")


def test_a_method_a_route_does_not_know_is_named_so(api: Api) -> None:
    answer = api.ask("DELETE", f"/shops/{KYOTO}/storefront", shop=KYOTO)
    assert refusal(answer) == (405, "METHOD_NOT_ALLOWED")
    assert set(answer.headers["Allow"].split(", ")) == {"GET", "PUT"}


def test_during_maintenance_nothing_of_the_platform_answers(api: Api, world) -> None:
    api.sign_in()
    world.maintenance(True)
    assert refusal(api.get(KYOTO, "storefront")) == (503, "MAINTENANCE")
    assert refusal(api.send("POST", "/oauth/token", data=GRANT)) == (503, "MAINTENANCE")
    assert api.send("GET", "/embedded/faults").status_code == 200
    world.maintenance(False)
    assert api.get(KYOTO, "storefront").status_code == 200


def test_refusals_come_in_one_order(api: Api, world) -> None:
    """Each step puts one thing right; the next refusal shows."""
    wrong = {"useAmazon": "yes"}
    right = {"useAmazon": True}

    def ask(shop: str, body: dict, **headers: str) -> tuple[int, str]:
        return refusal(api.ask("PATCH", f"/shops/{shop}/amazon-settings", json=body, headers=headers))

    assert ask(OSAKA, wrong) == (403, "SHOP_KEY_MISMATCH")
    assert ask(OSAKA, wrong, **{"X-SHOP-KEY": OSAKA}) == (428, "PRECONDITION_REQUIRED")
    stale = {"X-SHOP-KEY": OSAKA, "If-Match": '"0"'}
    assert ask(OSAKA, wrong, **stale) == (422, "VALIDATION_ERROR")
    nobody = {"X-SHOP-KEY": "no-such-shop", "If-Match": '"0"'}
    assert ask("no-such-shop", right, **nobody) == (404, "SHOP_NOT_FOUND")
    assert ask(OSAKA, right, **stale) == (412, "PRECONDITION_FAILED")
    world.platform_entitles(OSAKA, payOption=False)
    present = {"X-SHOP-KEY": OSAKA, "If-Match": "*"}
    assert ask(OSAKA, right, **present) == (423, "SHOP_OPEN")
    world.merchant_edits(OSAKA, {"storefront": "CLOSED"})
    assert ask(OSAKA, {**right, "sellerId": "wrong"}, **present) == (409, "NOT_ENTITLED")
    world.platform_entitles(OSAKA, payOption=True)
    assert ask(OSAKA, {**right, "sellerId": "wrong"}, **present) == (422, "AMAZON_API_ERROR")


LARGE = b'{"status": "OPEN", "x": "' + b"x" * 1024 * 1024 + b'"}'


async def in_parts(body: bytes) -> AsyncIterator[bytes]:
    for start in range(0, len(body), 65536):
        yield body[start : start + 65536]


@pytest.mark.parametrize("streamed", [False, True])
def test_a_body_that_is_too_large_is_refused(api: Api, streamed: bool) -> None:
    version = api.get(KYOTO, "storefront").headers["ETag"]
    headers = {"If-Match": version, "Content-Type": "application/json"}
    content = in_parts(LARGE) if streamed else LARGE
    answer = api.ask("PUT", f"/shops/{KYOTO}/storefront", shop=KYOTO, headers=headers, content=content)
    assert refusal(answer) == (413, "BODY_TOO_LARGE")
    assert api.get(KYOTO, "storefront").headers["ETag"] == version


@pytest.mark.parametrize("streamed", [False, True])
def test_a_form_that_is_too_large_gets_no_token(api: Api, streamed: bool) -> None:
    form = b"grant_type=client_credentials&x=" + LARGE
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    content = in_parts(form) if streamed else form
    auth = ("operator", "operator-secret")
    answer = api.send("POST", "/oauth/token", auth=auth, headers=headers, content=content)
    assert refusal(answer) == (413, "BODY_TOO_LARGE")


def test_a_streamed_body_within_the_limit_is_read(api: Api) -> None:
    headers = {"If-Match": api.get(KYOTO, "storefront").headers["ETag"], "Content-Type": "application/json"}
    body = in_parts(b'{"status": "OPEN"}')
    answer = api.ask("PUT", f"/shops/{KYOTO}/storefront", shop=KYOTO, headers=headers, content=body)
    assert (answer.status_code, answer.json()["status"]) == (200, "OPEN")
