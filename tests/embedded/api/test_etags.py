"""ETag, If-Match, If-None-Match: who read what may write it."""

import pytest

from tests.embedded.harness import EMAIL, KYOTO, OSAKA, Api, refusal

WRITES = [
    ("PATCH", "amazon-settings", {"notificationEmail": EMAIL}),
    ("PATCH", "payment-methods/amazon-pay", {"preOrder": True}),
    ("PATCH", "system-parts", {"parts": [{"part": "ORDER_AREA", "label": "x"}]}),
    ("PUT", "storefront", {"status": "OPEN"}),
]
READS = [*(resource for _, resource, _ in WRITES), "entitlements", "integration", "changes"]


@pytest.mark.parametrize("resource", READS)
def test_every_resource_answers_a_strong_tag_and_304_to_who_holds_it(api: Api, resource: str) -> None:
    tag = api.get(KYOTO, resource).headers["ETag"]
    assert tag.startswith('"')
    assert tag.endswith('"')
    for held in (tag, f'"other", {tag}', f"W/{tag}", "*"):
        answer = api.get(KYOTO, resource, headers={"If-None-Match": held})
        assert (answer.status_code, answer.content, answer.headers["ETag"]) == (304, b"", tag)
    assert api.get(KYOTO, resource, headers={"If-None-Match": '"other"'}).status_code == 200


@pytest.mark.parametrize(("method", "resource", "body"), WRITES)
def test_a_write_needs_the_present_version(api: Api, method: str, resource: str, body: dict) -> None:
    path = f"/shops/{KYOTO}/{resource}"
    before = api.get(KYOTO, resource)
    tag = before.headers["ETag"]
    assert refusal(api.ask(method, path, shop=KYOTO, json=body)) == (428, "PRECONDITION_REQUIRED")
    for wrong in ('"0"', "nonsense", f"W/{tag}", ""):
        answer = api.ask(method, path, shop=KYOTO, json=body, headers={"If-Match": wrong})
        assert refusal(answer) == (412, "PRECONDITION_FAILED")
    assert api.get(KYOTO, resource).json() == before.json()
    written = api.ask(method, path, shop=KYOTO, json=body, headers={"If-Match": f'"0", {tag}'})
    assert written.status_code == 200
    assert written.headers["ETag"] not in (tag, None)
    again = api.ask(method, path, shop=KYOTO, json=body, headers={"If-Match": tag})
    assert refusal(again) == (412, "PRECONDITION_FAILED")


def test_a_version_grows_only_when_the_content_changed(api: Api) -> None:
    first = api.settings(KYOTO, {"notificationEmail": EMAIL}).headers["ETag"]
    assert api.settings(KYOTO, {"notificationEmail": EMAIL}).headers["ETag"] == first


def test_each_resource_has_a_version_of_its_own(api: Api) -> None:
    tags = {resource: api.get(KYOTO, resource).headers["ETag"] for resource in READS}
    api.settings(KYOTO, {"notificationEmail": EMAIL})
    moved = {resource for resource in READS if api.get(KYOTO, resource).headers["ETag"] != tags[resource]}
    assert moved == {"amazon-settings", "integration", "changes"}


def test_a_cascade_moves_the_versions_of_what_followed(api: Api) -> None:
    tags = {resource: api.get(KYOTO, resource).headers["ETag"] for resource in READS}
    api.settings(KYOTO, {"useAmazon": True})
    moved = {resource for resource in READS if api.get(KYOTO, resource).headers["ETag"] != tags[resource]}
    assert moved == {"amazon-settings", "payment-methods/amazon-pay", "system-parts", "integration", "changes"}


def test_one_shop_does_not_move_another(api: Api) -> None:
    before = api.get(OSAKA, "integration").headers["ETag"]
    api.settings(KYOTO, {"notificationEmail": EMAIL})
    assert api.get(OSAKA, "integration").headers["ETag"] == before
