"""Seller Central's IPN endpoints: per seller, per environment, registered once."""

import pytest

from tests.embedded.harness import KYOTO, OSAKA, OTHER_SELLER, SELLER, Api, fields, refusal

URL = "https://ipn.platform.example/amazon-pay/kyoto-tea"
PATH = f"/seller-central/{SELLER}/ipn-endpoints"


def listed(api: Api, path: str = PATH, **params: str) -> list[str]:
    return [endpoint["url"] for endpoint in api.ask("GET", path, params=params).json()["endpoints"]]


def tag(api: Api, path: str = PATH, **params: str) -> str:
    return api.ask("GET", path, params=params).headers["ETag"]


def post(api: Api, body: object, *, if_match: str | None = None, key: str | None = None, **params: str):
    headers = {"If-Match": if_match or tag(api, **params)} | ({"Idempotency-Key": key} if key else {})
    return api.ask("POST", PATH, json=body, headers=headers, params=params)


def test_a_seller_without_endpoints_answers_an_empty_list(api: Api) -> None:
    assert api.ask("GET", PATH).json() == {"sellerId": SELLER, "environment": "PRODUCTION", "endpoints": []}


def test_an_endpoint_is_registered_once(api: Api) -> None:
    first = post(api, {"url": URL})
    assert first.status_code == 201
    assert first.json()["endpoints"] == [{"url": URL, "createdAt": "2026-04-01T09:00:00"}]
    again = post(api, {"url": URL})
    assert (again.status_code, again.json(), again.headers["ETag"]) == (200, first.json(), first.headers["ETag"])
    assert first.headers["ETag"] == tag(api)


def test_several_endpoints_may_be_registered(api: Api) -> None:
    post(api, {"url": URL})
    post(api, {"url": "https://another.example/ipn"})
    assert listed(api) == [URL, "https://another.example/ipn"]


def test_environments_are_apart(api: Api) -> None:
    post(api, {"url": URL}, environment="SANDBOX")
    assert (listed(api), listed(api, environment="SANDBOX")) == ([], [URL])


def test_a_write_needs_the_present_version(api: Api) -> None:
    old = tag(api)
    post(api, {"url": URL})
    assert refusal(api.ask("POST", PATH, json={"url": URL})) == (428, "PRECONDITION_REQUIRED")
    assert refusal(post(api, {"url": URL + "/2"}, if_match=old)) == (412, "PRECONDITION_FAILED")
    late = api.ask("DELETE", PATH, params={"url": URL}, headers={"If-Match": old})
    assert refusal(late) == (412, "PRECONDITION_FAILED")
    assert refusal(api.ask("DELETE", PATH, params={"url": URL})) == (428, "PRECONDITION_REQUIRED")


def test_an_endpoint_is_removed_and_the_tag_never_comes_back(api: Api) -> None:
    empty = tag(api)
    post(api, {"url": URL})
    answer = api.ask("DELETE", PATH, params={"url": URL}, headers={"If-Match": tag(api)})
    assert (answer.status_code, answer.json()["endpoints"]) == (200, [])
    assert answer.headers["ETag"] not in (empty, None)
    gone = api.ask("DELETE", PATH, params={"url": URL}, headers={"If-Match": "*"})
    assert refusal(gone) == (404, "NOT_FOUND")


@pytest.mark.parametrize("body", [{}, {"url": None}, {"url": "ftp://x.example"}, {"url": "https://a b"}, {"URL": URL}])
def test_another_shape_is_refused(api: Api, body: dict) -> None:
    assert refusal(post(api, body)) == (422, "VALIDATION_ERROR")


def test_words_of_another_form_are_refused(api: Api) -> None:
    assert refusal(api.ask("GET", PATH, params={"environment": "STAGING"})) == (422, "VALIDATION_ERROR")
    assert refusal(api.ask("GET", "/seller-central/A-1/ipn-endpoints")) == (422, "VALIDATION_ERROR")
    missing = api.ask("DELETE", PATH, headers={"If-Match": "*"})
    assert fields(missing) == {"url": "MISSING"}


def test_the_same_key_gives_the_stored_answer_again(api: Api) -> None:
    old = tag(api)
    first = post(api, {"url": URL}, key="k-1", if_match=old)
    again = post(api, {"url": URL}, key="k-1", if_match=old)
    assert (again.status_code, again.json(), again.headers["ETag"]) == (201, first.json(), first.headers["ETag"])
    assert listed(api) == [URL]


def test_the_same_key_with_another_request_is_refused(api: Api) -> None:
    post(api, {"url": URL}, key="k-1")
    assert refusal(post(api, {"url": URL + "/2"}, key="k-1")) == (409, "IDEMPOTENCY_KEY_REUSED")
    elsewhere = post(api, {"url": URL}, key="k-1", environment="SANDBOX")
    assert refusal(elsewhere) == (409, "IDEMPOTENCY_KEY_REUSED")


def test_a_refused_request_does_not_use_its_key_up(api: Api) -> None:
    assert post(api, {"url": URL}, key="k-1", if_match='"old"').status_code == 412
    assert post(api, {"url": URL}, key="k-1").status_code == 201


def test_a_key_belongs_to_its_client(api: Api, kyoto: Api) -> None:
    post(api, {"url": URL}, key="k-1")
    assert post(kyoto, {"url": URL + "/2"}, key="k-1").status_code == 201


def test_a_key_of_no_length_is_refused(api: Api) -> None:
    headers = {"If-Match": "*", "Idempotency-Key": ""}
    assert refusal(api.ask("POST", PATH, json={"url": URL}, headers=headers)) == (422, "VALIDATION_ERROR")


def test_shops_of_the_seller_see_it_in_their_trail(api: Api) -> None:
    path = f"/seller-central/{OTHER_SELLER}/ipn-endpoints"
    api.ask("POST", path, json={"url": URL}, headers={"If-Match": tag(api, path)})
    [change] = api.changes(OSAKA)
    assert (change["resource"], change["field"], change["to"]) == ("ipnEndpoints", "PRODUCTION", URL)
    assert api.changes(KYOTO) == []
