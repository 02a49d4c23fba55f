"""Injected faults: each kind, in-process; targeted, counted, repeatable."""

import asyncio
import json

import pytest

from reconciler.embedded import World
from reconciler.embedded.faults.faults import KINDS, Faults
from reconciler.embedded.faults.middleware import FaultMiddleware
from tests.embedded.harness import EMAIL, KYOTO, OSAKA, Api, fields, refusal


@pytest.fixture
def faults(app) -> Faults:
    return app.state.faults


def test_too_many_requests_says_how_long_to_wait(api: Api, faults: Faults) -> None:
    api.sign_in()
    faults.add("TOO_MANY_REQUESTS", retry_after=7)
    answer = api.get(KYOTO, "storefront")
    assert refusal(answer) == (429, "TOO_MANY_REQUESTS")
    assert answer.headers["Retry-After"] == "7"
    assert api.get(KYOTO, "storefront").status_code == 200


@pytest.mark.parametrize(
    ("kind", "expected"), [("INTERNAL_ERROR", (500, "INTERNAL_ERROR")), ("MAINTENANCE", (503, "MAINTENANCE"))]
)
def test_refusals_on_order_happen_before_the_request(api: Api, faults: Faults, kind, expected) -> None:
    tag = api.get(KYOTO, "amazon-settings").headers["ETag"]
    faults.add(kind, method="PATCH")
    assert refusal(api.settings(KYOTO, {"notificationEmail": EMAIL}, if_match=tag)) == expected
    assert api.get(KYOTO, "amazon-settings").headers["ETag"] == tag


def test_slow_answers_all_the_same(api: Api, faults: Faults) -> None:
    faults.add("SLOW", path="storefront", seconds=0.001)
    assert api.get(KYOTO, "storefront").status_code == 200
    assert faults.list()[0]["fired"] == 1


def test_a_slow_write_happens_also_after_the_client_disconnected(app, api: Api, world: World) -> None:
    """The request is read completely before the wait; a client that disconnects during it does not undo it."""
    api.sign_in()
    client = HangsUp(json.dumps({"notificationEmail": EMAIL}).encode())
    faults = Faults()
    faults.add("SLOW", seconds=30)
    gate = FaultMiddleware(app, app.state.services, faults, sleep=client.hang_up)
    headers = {"authorization": f"Bearer {api.token}", "x-shop-key": KYOTO, "if-match": "*"}
    asyncio.run(
        gate(scope_of("PATCH", f"/admin-api/v1/shops/{KYOTO}/amazon-settings", headers), client.receive, client.send)
    )
    assert client.waited == 30
    assert api.get(KYOTO, "amazon-settings").json()["notificationEmail"] == EMAIL


class HangsUp:
    """A client that disconnects once the backend starts to wait; its body arrives in two pieces."""

    def __init__(self, body: bytes) -> None:
        pieces = (body[:10], body[10:])
        self._coming = [{"type": "http.request", "body": piece, "more_body": n == 0} for n, piece in enumerate(pieces)]
        self.waited = 0.0

    async def hang_up(self, seconds: float) -> None:
        self.waited = seconds
        self._coming.clear()

    async def receive(self) -> dict:
        return self._coming.pop(0) if self._coming else {"type": "http.disconnect"}

    async def send(self, _message: dict) -> None:
        return


def scope_of(method: str, path: str, headers: dict[str, str]) -> dict:
    pairs = {"content-type": "application/json", **headers}.items()
    return {
        "type": "http",
        "http_version": "1.1",
        "method": method,
        "path": path,
        "raw_path": path.encode(),
        "root_path": "",
        "query_string": b"",
        "headers": [(name.encode(), value.encode()) for name, value in pairs],
    }


def test_half_an_answer_is_no_json_and_the_write_happened(api: Api, faults: Faults) -> None:
    tag = api.get(KYOTO, "amazon-settings").headers["ETag"]
    faults.add("PARTIAL_JSON", method="PATCH")
    answer = api.settings(KYOTO, {"notificationEmail": EMAIL}, if_match=tag)
    assert answer.status_code == 200
    with pytest.raises(ValueError, match=r"Expecting|Unterminated"):
        answer.json()
    assert api.get(KYOTO, "amazon-settings").json()["notificationEmail"] == EMAIL


def test_a_gateway_that_has_nothing_behind_it_is_no_maintenance(api: Api, faults: Faults) -> None:
    tag = api.get(KYOTO, "amazon-settings").headers["ETag"]
    faults.add("UNAVAILABLE", method="PATCH")
    answer = api.settings(KYOTO, {"notificationEmail": EMAIL}, if_match=tag)
    assert (answer.status_code, answer.headers["Content-Type"]) == (503, "text/plain; charset=utf-8")
    assert api.get(KYOTO, "amazon-settings").headers["ETag"] == tag


def test_an_answer_is_lost_after_the_write_happened(api: Api, faults: Faults) -> None:
    tag = api.get(KYOTO, "amazon-settings").headers["ETag"]
    faults.add("CUT_AFTER", method="PATCH", path="amazon-settings$")
    with pytest.raises(ConnectionResetError):
        api.settings(KYOTO, {"notificationEmail": EMAIL}, if_match=tag)
    assert api.get(KYOTO, "amazon-settings").json()["notificationEmail"] == EMAIL


def test_a_connection_is_cut_before_the_write(api: Api, faults: Faults) -> None:
    tag = api.get(KYOTO, "amazon-settings").headers["ETag"]
    faults.add("CUT_BEFORE", method="PATCH", path="amazon-settings$")
    with pytest.raises(ConnectionResetError):
        api.settings(KYOTO, {"notificationEmail": EMAIL}, if_match=tag)
    assert api.get(KYOTO, "amazon-settings").headers["ETag"] == tag


def test_a_merchant_edits_before_the_write_arrives(api: Api, faults: Faults) -> None:
    tag = api.get(KYOTO, "amazon-settings").headers["ETag"]
    mutation = {"shop_key": KYOTO, "changes": {"notificationEmail": "hanako@shop.example"}, "by": "Hanako"}
    faults.add("BEHIND_BACK", method="PATCH", mutation=mutation)
    answer = api.settings(KYOTO, {"notificationEmail": EMAIL}, if_match=tag)
    assert refusal(answer) == (412, "PRECONDITION_FAILED")
    assert [(c["actor"], c["to"]) for c in api.changes(KYOTO)] == [("Hanako", "hanako@shop.example")]


def test_a_merchant_edits_after_the_write(api: Api, faults: Faults) -> None:
    mutation = {"shop_key": KYOTO, "changes": {"notificationEmail": "hanako@shop.example"}, "when": "after"}
    faults.add("BEHIND_BACK", method="PATCH", mutation=mutation)
    assert api.settings(KYOTO, {"notificationEmail": EMAIL}).json()["notificationEmail"] == EMAIL
    assert api.get(KYOTO, "amazon-settings").json()["notificationEmail"] == "hanako@shop.example"


def test_a_stale_read_repeats_the_first_answer_since_it_was_ordered(api: Api, faults: Faults) -> None:
    faults.add("STALE_READ", path="amazon-settings")
    old = api.get(KYOTO, "amazon-settings")
    assert faults.list()[0]["fired"] == 0
    api.settings(KYOTO, {"notificationEmail": EMAIL}, if_match=old.headers["ETag"])
    stale = api.get(KYOTO, "amazon-settings")
    assert (stale.json(), stale.headers["ETag"]) == (old.json(), old.headers["ETag"])
    assert api.get(KYOTO, "amazon-settings").json()["notificationEmail"] == EMAIL


def test_a_renewed_token_reads_what_the_client_read_before(api: Api, faults: Faults) -> None:
    faults.add("STALE_READ", path="storefront")
    assert api.get(KYOTO, "storefront").json()["status"] == "CLOSED"
    api.storefront(KYOTO, "OPEN", if_match="*")
    api.sign_in()
    assert api.get(KYOTO, "storefront").json()["status"] == "CLOSED"
    assert api.get(KYOTO, "storefront").json()["status"] == "OPEN"


def test_a_stale_read_is_one_clients(api: Api, kyoto: Api, faults: Faults) -> None:
    faults.add("STALE_READ", path="storefront")
    assert api.get(KYOTO, "storefront").json()["status"] == "CLOSED"
    api.storefront(KYOTO, "OPEN", if_match="*")
    assert kyoto.get(KYOTO, "storefront").json()["status"] == "OPEN"


def test_a_stale_read_is_not_for_who_is_not_known(api: Api, faults: Faults) -> None:
    faults.add("STALE_READ", path="storefront", times=2)
    api.get(KYOTO, "storefront")
    api.token = "made-up"
    assert refusal(api.get(KYOTO, "storefront")) == (401, "INVALID_TOKEN")


def test_an_earlier_order_is_no_memory_of_a_later_one(api: Api, faults: Faults) -> None:
    faults.add("STALE_READ", path="storefront")
    api.get(KYOTO, "storefront")
    faults.clear()
    api.storefront(KYOTO, "OPEN", if_match="*")
    faults.add("STALE_READ", path="storefront")
    assert [api.get(KYOTO, "storefront").json()["status"] for _ in range(2)] == ["OPEN", "OPEN"]


def test_a_fault_aims_at_method_and_path(api: Api, faults: Faults) -> None:
    api.sign_in()
    faults.add("INTERNAL_ERROR", method="GET", path=f"/shops/{OSAKA}/.*front$")
    assert api.get(KYOTO, "storefront").status_code == 200
    assert api.get(OSAKA, "entitlements").status_code == 200
    assert api.storefront(OSAKA, "OPEN", if_match="*").status_code == 200
    assert api.get(OSAKA, "storefront").status_code == 500


def test_a_fault_waits_and_is_used_up(api: Api, faults: Faults) -> None:
    faults.add("INTERNAL_ERROR", path="storefront", after=2, times=2)
    answers = [api.get(KYOTO, "storefront").status_code for _ in range(6)]
    assert answers == [200, 200, 500, 500, 200, 200]


def test_faults_of_one_request_come_one_after_another(api: Api, faults: Faults) -> None:
    faults.add("TOO_MANY_REQUESTS", path="storefront")
    faults.add("INTERNAL_ERROR", path="storefront")
    assert [api.get(KYOTO, "storefront").status_code for _ in range(3)] == [429, 500, 200]


def test_signing_in_can_fail_too(api: Api, faults: Faults) -> None:
    faults.add("MAINTENANCE", path="^/oauth/")
    answer = api.send("POST", "/oauth/token", data={"grant_type": "client_credentials"})
    assert refusal(answer) == (503, "MAINTENANCE")


def test_random_failures_repeat_with_their_seed(api: Api, faults: Faults) -> None:
    def run() -> list[int]:
        faults.randomly(7, {"TOO_MANY_REQUESTS": 0.3, "INTERNAL_ERROR": 0.2}, path="storefront", retry_after=2)
        return [api.get(KYOTO, "storefront").status_code for _ in range(40)]

    first = run()
    assert run() == first
    assert set(first) == {200, 429, 500}
    faults.clear()
    assert {api.get(KYOTO, "storefront").status_code for _ in range(10)} == {200}


def test_a_random_stale_read_is_answered_when_there_is_one(api: Api, faults: Faults) -> None:
    faults.randomly(1, {"STALE_READ": 1.0}, path="storefront")
    assert [api.get(KYOTO, "storefront").json()["status"] for _ in range(2)] == ["CLOSED", "CLOSED"]
    api.storefront(KYOTO, "OPEN", if_match="*")
    assert api.get(KYOTO, "storefront").json()["status"] == "CLOSED"
    faults.clear()
    assert api.get(KYOTO, "storefront").json()["status"] == "OPEN"


def test_faults_are_programmed_over_http(api: Api) -> None:
    made = api.send(
        "POST", "/embedded/faults", json={"kind": "TOO_MANY_REQUESTS", "path": "storefront", "retryAfter": 3}
    )
    assert made.status_code == 201
    [listed] = api.send("GET", "/embedded/faults").json()["items"]
    assert (listed["kind"], listed["retryAfter"], listed["fired"], listed["left"]) == ("TOO_MANY_REQUESTS", 3, 0, 1)
    assert api.get(KYOTO, "storefront").headers["Retry-After"] == "3"
    assert api.send("DELETE", "/embedded/faults").status_code == 204
    assert api.send("GET", "/embedded/faults").json() == {"items": [], "random": None}


def test_a_merchants_edit_is_programmed_over_http(api: Api) -> None:
    mutation = {"shopKey": KYOTO, "changes": {"storefront": "OPEN"}}
    api.send("POST", "/embedded/faults", json={"kind": "BEHIND_BACK", "path": "storefront", "mutation": mutation})
    assert api.get(KYOTO, "storefront").json()["status"] == "OPEN"


def test_random_failures_are_programmed_over_http(api: Api) -> None:
    api.sign_in()
    assert api.send("POST", "/embedded/faults", json={"seed": 1, "rates": {"MAINTENANCE": 1.0}}).status_code == 201
    ordered = api.send("GET", "/embedded/faults").json()["random"]
    assert (ordered["seed"], ordered["rates"]) == (1, {"MAINTENANCE": 1.0})
    assert refusal(api.get(KYOTO, "storefront")) == (503, "MAINTENANCE")


WRONG = [
    {"kind": "EARTHQUAKE"},
    {"kind": "SLOW", "path": "("},
    {"kind": "SLOW", "times": 0},
    {"kind": "SLOW", "unknown": 1},
    {"kind": "BEHIND_BACK"},
    {"kind": "SLOW", "mutation": {"shopKey": KYOTO, "changes": {}}},
    {"seed": 1, "rates": {"BEHIND_BACK": 0.5}},
    {"seed": 1, "rates": {"SLOW": 2}},
]


@pytest.mark.parametrize("body", WRONG, ids=repr)
def test_a_fault_of_another_shape_is_refused(api: Api, body: dict) -> None:
    answer = api.send("POST", "/embedded/faults", json=body)
    assert refusal(answer) == (422, "VALIDATION_ERROR")
    assert fields(answer)
    assert api.send("GET", "/embedded/faults").json() == {"items": [], "random": None}


def test_without_fault_control_there_is_no_such_address(start, connect) -> None:
    api = connect(start())
    assert refusal(api.send("POST", "/embedded/faults", json={"kind": "SLOW"})) == (404, "NOT_FOUND")


def test_no_kind_is_untested(world: World) -> None:
    assert set(KINDS) == {
        "TOO_MANY_REQUESTS",
        "INTERNAL_ERROR",
        "MAINTENANCE",
        "SLOW",
        "CUT_BEFORE",
        "CUT_AFTER",
        "BEHIND_BACK",
        "STALE_READ",
        "PARTIAL_JSON",
        "UNAVAILABLE",
    }
