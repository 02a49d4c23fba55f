"""Writing: what is sent, what each refusal means, and what is known when the answer is lost."""

import hmac
from dataclasses import replace
from typing import Any

import pytest

from reconciler.adapters.backend import HttpBackend
from reconciler.adapters.backend.http.interpret import copy_error, error_diagnostic
from reconciler.adapters.backend.http.messages import ApiRequest
from reconciler.core.conformance.problem_codes import STATUS_OF_PROBLEM
from reconciler.core.diagnostics.backend_problems import REQUEST_PROBLEMS
from reconciler.core.diagnostics.messages import msg
from reconciler.core.model.kinds import AmazonPayPayment, IpnEndpoint
from reconciler.core.values import Registration, StorefrontStatus
from reconciler.embedded.contract import problems as contract_problems
from reconciler.ports import (
    BackendError,
    BackendMaintenance,
    Conflict,
    Fence,
    LeaseExpired,
    LeaseSuperseded,
    Locked,
    Rejected,
    RequestLogEntry,
    ShopUnknown,
    Throttled,
    Unauthorised,
    Unexpected,
    Unreachable,
    WriteRequest,
    WriteResult,
)
from tests.adapters.backend.fakes import MWS_TOKEN, SELLER, SHOP, SITE_URL, FakeClock, config, secret, values, write
from tests.support.stub_http_server import Loopback, Saying, answer, problem, raw, silence, token

pytestmark = pytest.mark.anyio

PAY = f"PATCH /admin-api/v1/shops/{SHOP}/payment-methods/amazon-pay"
LIST = f"/admin-api/v1/seller-central/{SELLER}/ipn-endpoints"
PRE_ORDER = {**values()["amazonPay"], "preOrder": True}
GOOD = answer(PRE_ORDER, X_Request_Id="req-7")


def pre_order(version: str = "v1") -> WriteRequest:
    return write("amazon_pay_payment", version, pre_order=True)


def endpoint(registration: Registration, version: str = "v1") -> WriteRequest:
    return write("ipn_endpoint", version, registration=registration, seller_id=SELLER, url=SITE_URL)


def listed(*urls: str) -> dict[str, Any]:
    endpoints = [{"url": url, "createdAt": "2026-01-01T00:00:00"} for url in urls]
    return {"sellerId": SELLER, "environment": "PRODUCTION", "endpoints": endpoints}


async def executed(server: Loopback, clock: FakeClock, this: WriteRequest, **settings: Any) -> WriteResult:
    async with HttpBackend(config(server.url, **settings), clock) as backend:
        return await backend.execute(this)


async def refused(server: Loopback, clock: FakeClock, this: WriteRequest, **settings: Any) -> BackendError:
    with pytest.raises(BackendError) as caught:
        await executed(server, clock, this, **settings)
    return caught.value


async def test_a_write_names_its_version_and_brings_the_new_one(server: Loopback, clock: FakeClock) -> None:
    server.on(PAY, GOOD)
    receipt = await executed(server, clock, pre_order())
    assert (receipt.kind, receipt.now.version, receipt.request_id) == ("amazon_pay_payment", "v2", "req-7")
    assert receipt.now.value == AmazonPayPayment(
        use=True, regular=True, pre_order=True, subscription=False, auto_link=True
    )
    sent = server.last
    assert sent.json == {"preOrder": True}
    assert sent.headers["if-match"] == '"v1"'
    assert sent.headers["x-shop-key"] == SHOP
    assert sent.headers["content-type"] == "application/json"
    assert "idempotency-key" not in sent.headers


async def test_a_secret_goes_onto_the_wire(server: Loopback, clock: FakeClock) -> None:
    digest = hmac.new(bytes.fromhex("00ff"), MWS_TOKEN.encode(), "sha256").hexdigest()
    sealed = {"state": "SET", "salt": "00ff", "digest": digest}
    held = {**values()["amazonSettings"], "mwsAuthToken": sealed}
    server.on(f"PATCH /admin-api/v1/shops/{SHOP}/amazon-settings", answer(held))
    await executed(server, clock, write(mws_auth_token=secret()))
    assert server.last.json == {"mwsAuthToken": MWS_TOKEN}


async def test_the_storefront(server: Loopback, clock: FakeClock) -> None:
    server.on(f"PUT /admin-api/v1/shops/{SHOP}/storefront", answer({"shopKey": SHOP, "status": "CLOSED"}))
    receipt = await executed(server, clock, write("storefront_status", status=StorefrontStatus.CLOSED))
    assert receipt.now.value.status is StorefrontStatus.CLOSED


async def test_an_etag_that_a_proxy_made_weak(server: Loopback, clock: FakeClock) -> None:
    server.on(PAY, answer(PRE_ORDER, etag='W/"v2"'))
    assert (await executed(server, clock, pre_order())).now.version == "v2"


async def test_a_write_names_itself_and_its_lease(server: Loopback, clock: FakeClock) -> None:
    server.on(PAY, GOOD)
    await executed(server, clock, replace(pre_order(), fence=Fence(issuer="store", number=7)))
    assert server.last.headers["x-write-key"] == pre_order().key
    assert server.last.headers["x-fence"] == "store:7"


async def test_a_write_whose_lease_has_run_out_is_not_sent(server: Loopback, clock: FakeClock) -> None:
    server.on(PAY, GOOD)
    error = await refused(server, clock, replace(pre_order(), valid_until=clock.monotonic()))
    assert (type(error), error.happened) == (LeaseExpired, False)
    assert server.asked(PAY) == 0


@pytest.mark.parametrize(
    ("this", "route", "body"),
    [
        (pre_order(), PAY, values()["amazonPay"]),
        (
            write("storefront_status", status=StorefrontStatus.OPEN),
            f"PUT /admin-api/v1/shops/{SHOP}/storefront",
            {"shopKey": SHOP, "status": "CLOSED"},
        ),
        (
            write(mws_auth_token=secret()),
            f"PATCH /admin-api/v1/shops/{SHOP}/amazon-settings",
            values()["amazonSettings"],
        ),
        (endpoint(Registration.REGISTERED), f"POST {LIST}", listed()),
        (endpoint(Registration.ABSENT), f"DELETE {LIST}", listed(SITE_URL)),
    ],
    ids=["field", "storefront", "secret", "registration", "unregistration"],
)
async def test_an_answer_without_what_was_written_is_none(
    server: Loopback, clock: FakeClock, this: WriteRequest, route: str, body: dict[str, Any]
) -> None:
    """Something between may answer with what it kept of an earlier request."""
    server.on(route, answer(body))
    error = await refused(server, clock, this)
    assert (type(error), error.happened) == (Unexpected, None)
    assert "the answer does not contain what was written" in str(error)
    assert MWS_TOKEN not in str(error)


async def test_an_endpoint_is_registered(server: Loopback, clock: FakeClock) -> None:
    server.on(f"POST {LIST}", answer(listed("https://x.example/", SITE_URL), 201))
    receipt = await executed(server, clock, endpoint(Registration.REGISTERED))
    assert receipt.now.value == IpnEndpoint(
        registration=Registration.REGISTERED, seller_id=SELLER, others=("https://x.example/",)
    )
    assert server.last.json == {"url": SITE_URL}
    assert server.last.query == {"environment": "PRODUCTION"}
    assert server.last.headers["idempotency-key"] == "run-1-step-1"
    assert server.last.headers["if-match"] == '"v1"'


async def test_an_endpoint_is_taken_away(server: Loopback, clock: FakeClock) -> None:
    server.on(f"DELETE {LIST}", answer(listed()))
    receipt = await executed(server, clock, endpoint(Registration.ABSENT))
    assert receipt.now.value.registration is Registration.ABSENT
    assert server.last.query == {"environment": "PRODUCTION", "url": SITE_URL}
    assert server.last.body == b""


@pytest.mark.parametrize("version", ["", "none"])
async def test_a_list_that_was_never_read_is_read_first(server: Loopback, clock: FakeClock, version: str) -> None:
    server.on(f"GET {LIST}", answer(listed(), etag='"fresh"'))
    server.on(f"POST {LIST}", answer(listed(SITE_URL)))
    async with HttpBackend(config(server.url), clock) as backend:
        receipt = await backend.execute(endpoint(Registration.REGISTERED, version))
        assert backend.requests[1:] == (
            RequestLogEntry(method="GET", path=LIST, status=200),
            RequestLogEntry(method="POST", path=LIST, status=200),
        )
    assert server.last.headers["if-match"] == '"fresh"'
    assert receipt.now.value.registration is Registration.REGISTERED


async def test_a_list_that_already_matches_is_not_written(server: Loopback, clock: FakeClock) -> None:
    server.on(f"GET {LIST}", answer(listed(), etag='"fresh"'))
    receipt = await executed(server, clock, endpoint(Registration.ABSENT, ""))
    assert receipt.now.version == "fresh"
    assert [seen.method for seen in server.seen] == ["POST", "GET"]


async def test_a_list_of_another_seller_is_no_answer(server: Loopback, clock: FakeClock) -> None:
    server.on(f"POST {LIST}", answer({**listed(SITE_URL), "sellerId": "A2OTHER12345678"}))
    error = await refused(server, clock, endpoint(Registration.REGISTERED))
    assert (type(error), error.happened) == (Unexpected, None)


@pytest.mark.parametrize(
    ("saying", "kind", "words"),
    [
        (problem(412, "PRECONDITION_FAILED"), Conflict, "PRECONDITION_FAILED"),
        (
            problem(423, "SHOP_OPEN", "受注あり"),
            Locked,
            "the shop is closed (要閉店) (“受注あり”)",
        ),
        (problem(401, "INVALID_TOKEN"), Unauthorised, "INVALID_TOKEN"),
        (problem(404, "SHOP_NOT_FOUND"), ShopUnknown, "SHOP_NOT_FOUND"),
        (problem(404, "NOT_FOUND"), Rejected, "NOT_FOUND"),
        (problem(422, "AMAZON_API_ERROR"), Rejected, "AMAZON_API_ERROR"),
        (problem(409, "NOT_ENTITLED"), Rejected, "NOT_ENTITLED"),
        (problem(428, "PRECONDITION_REQUIRED"), Rejected, "PRECONDITION_REQUIRED"),
        (problem(412, "FENCE_OUTDATED"), LeaseSuperseded, "FENCE_OUTDATED"),
    ],
)
async def test_what_was_refused_did_not_happen(
    server, clock: FakeClock, saying: Saying, kind: type, words: str
) -> None:
    server.on(PAY, saying)
    error = await refused(server, clock, pre_order())
    assert (type(error), error.happened, error.request) == (kind, False, PAY)
    assert words in str(error)
    if isinstance(error, Rejected):
        assert error.reason == words.partition(":")[0]


TYPED = {"Content_Type": "application/problem+json"}


@pytest.mark.parametrize(
    ("saying", "kind"),
    [
        (answer(b"", 412), Conflict),
        (answer(b"<html>", 412, Content_Type="text/html"), Conflict),
        (answer({"code": "PRECONDITION_FAILED", "status": 412}, 412, Content_Type="application/json"), Conflict),
        (answer({"code": "SHOP_OPEN", "status": 412}, 412, **TYPED), Locked),
        (answer(b"locked", 423, Content_Type="text/plain"), Locked),
        (answer(b"slow down", 429, Content_Type="text/plain", Retry_After="1"), Throttled),
        (answer(b"later", 503, Content_Type="text/plain", Retry_After="1"), Unreachable),
        (problem(503, "OVERLOADED", Retry_After="3"), Unreachable),
        (answer(b"<html>", 401, Content_Type="text/html"), Unauthorised),
        (answer({"blocked": "by the firewall"}, 403, Content_Type="application/json"), Rejected),
        (answer({"code": "WAF_BLOCKED"}, 403, **TYPED), Rejected),
        (answer({"status": "failed", "errors": [{"code": "NO", "message": "so"}]}), Rejected),
        (answer({"status": "failed", "errors": "x", "code": "SHOP_OPEN"}), Locked),
    ],
)
async def test_an_answer_that_is_not_the_contracts_leaves_open_whether_the_write_took_place(
    server: Loopback, clock: FakeClock, saying: Saying, kind: type
) -> None:
    """A gateway, a firewall or a repeating proxy may answer after the backend acted."""
    server.on(PAY, saying)
    error = await refused(server, clock, pre_order())
    assert (type(error), error.happened) == (kind, None)
    assert server.asked(PAY) == 1, "not repeated blindly"


async def test_a_token_refused_by_a_gateway_is_not_used_again(server: Loopback, clock: FakeClock) -> None:
    server.on("POST /oauth/token", token("old"), token("new"))
    server.on(PAY, answer(b"<html>", 401), GOOD)
    async with HttpBackend(config(server.url), clock) as backend:
        with pytest.raises(Unauthorised):
            await backend.execute(pre_order())
        await backend.execute(pre_order())
    assert server.last.headers["authorization"] == "Bearer new"


def test_the_refusals_of_the_contract_are_those_that_the_embedded_backend_makes() -> None:
    assert {**STATUS_OF_PROBLEM, "INTERNAL_ERROR": 500} == contract_problems.STATUS_OF_CODE
    assert set(REQUEST_PROBLEMS) == set(contract_problems.STATUS_OF_CODE)


@pytest.mark.parametrize(
    ("saying", "kind"),
    [
        (problem(500, "INTERNAL_ERROR"), Unexpected),
        (problem(502, "BAD_GATEWAY"), Unreachable),
        (answer(b"<html>", 503), Unreachable),
        (answer(b"<html>", 503, Retry_After="soon"), Unreachable),
        (answer(b"<html>", 504), Unreachable),
        (answer(b"<html>", 403), Unexpected),
        (answer(b"<html>Welcome</html>"), Unexpected),
        (answer(b'{"shopKey": "kyoto'), Unexpected),
        (answer(values()["amazonPay"], etag=None), Unexpected),
        (answer(values()["amazonPay"], etag="v2"), Unexpected),
        (answer(values()["amazonPay"], etag='"a"b"'), Unexpected),
        (answer({**values()["amazonPay"], "use": "yes"}), Unexpected),
        (answer(values("osaka-tea")["amazonPay"]), Unexpected),
        (answer(values()["amazonPay"], 202), Unexpected),
        (answer(b"", 303, Location="/"), Unexpected),
        (raw(b""), Unreachable),
        (raw(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{"), Unreachable),
        (silence, Unreachable),
    ],
)
async def test_a_lost_answer_is_not_known_and_not_asked_again(server, clock, saying: Saying, kind: type) -> None:
    server.on(PAY, saying)
    error = await refused(server, clock, pre_order(), read_timeout=0.2 if saying is silence else 10.0)
    assert (type(error), error.happened, error.request) == (kind, None, PAY)
    assert server.asked(PAY) == 1
    assert clock.slept == []


@pytest.mark.parametrize(
    "this",
    [write("storefront_status", status=StorefrontStatus.OPEN), endpoint(Registration.ABSENT)],
    ids=["PUT", "DELETE"],
)
async def test_no_write_is_sent_twice_when_a_kept_connection_breaks(
    server, clock: FakeClock, this: WriteRequest
) -> None:
    """aiohttp repeats requests: PUT and DELETE are idempotent, but the second gets 412 for what the first did."""
    route = f"PUT /admin-api/v1/shops/{SHOP}/storefront" if this.kind == "storefront_status" else f"DELETE {LIST}"
    server.on(route, raw(b""))
    error = await refused(server, clock, this)
    assert (type(error), error.happened) == (Unreachable, None)
    assert server.asked(route) == 1


async def test_what_never_left_did_not_happen(server: Loopback, clock: FakeClock) -> None:
    server.on(
        "POST /oauth/token",
        answer({"access_token": "t", "token_type": "Bearer", "expires_in": 3600}, Connection="close"),
    )
    async with HttpBackend(config(server.url), clock) as backend:
        await backend._client._tokens.current()
        server._server.close()
        with pytest.raises(Unreachable, match="no connection could be made") as caught:
            await backend.execute(pre_order())
    assert caught.value.happened is False
    assert len(clock.slept) == 2, "asked again, since nothing was sent"


@pytest.mark.parametrize(
    "refusal",
    [
        problem(429, "TOO_MANY_REQUESTS", Retry_After="3"),
        problem(503, "MAINTENANCE"),
        problem(503, "MAINTENANCE", Retry_After="3"),
    ],
)
async def test_what_was_deferred_is_retried(server: Loopback, clock: FakeClock, refusal: Saying) -> None:
    server.on(PAY, refusal, GOOD)
    assert (await executed(server, clock, pre_order())).now.version == "v2"
    assert server.asked(PAY) == 2


@pytest.mark.parametrize(
    ("saying", "kind"),
    [
        (problem(429, "TOO_MANY_REQUESTS"), Throttled),
        (problem(503, "MAINTENANCE"), BackendMaintenance),
    ],
)
async def test_what_is_put_off_for_ever_did_not_happen(server, clock: FakeClock, saying: Saying, kind: type) -> None:
    server.on(PAY, saying)
    error = await refused(server, clock, pre_order())
    assert (type(error), error.happened) == (kind, False)
    assert sum(clock.slept) <= 60


@pytest.mark.parametrize("version", ["", 'a"b', "a\r\nX: y", "none none"])
async def test_a_version_that_no_backend_gives_is_stale(server: Loopback, clock: FakeClock, version: str) -> None:
    error = await refused(server, clock, pre_order(version))
    assert (type(error), error.happened) == (Conflict, False)
    assert server.seen == []


async def test_a_kind_that_is_only_read(server: Loopback, clock: FakeClock) -> None:
    with pytest.raises(ValueError, match="entitlements cannot be written"):
        await executed(server, clock, write("entitlements", pay_option=True))


async def test_a_backend_reads_too(server: Loopback, clock: FakeClock) -> None:
    async with HttpBackend(config(server.url, shop_scope=SHOP), clock) as backend:
        assert [shop async for shop in backend.shops()] == [SHOP]
        assert [shop.shop async for shop in backend.observe([SHOP])] == [SHOP]


@pytest.mark.parametrize("kind", [Unreachable, BackendMaintenance, Throttled, Unexpected, Unauthorised])
def test_a_repeated_error_is_the_same(kind: type[BackendError]) -> None:
    error = kind(msg("so"), request="GET /x", request_id="7", happened=None)
    error.hint = msg("Wait")
    assert vars(copy_error(error)) == vars(error)
    refusal = ShopUnknown(msg("so"), reason="NO", request="GET /x", request_id="7")
    assert vars(copy_error(refusal)) == vars(refusal)
    assert type(copy_error(refusal)) is ShopUnknown


@pytest.mark.parametrize(
    "kind", [Unreachable, BackendMaintenance, Throttled, Conflict, Locked, Unexpected, Unauthorised]
)
def test_every_error_has_a_hint(kind: type[BackendError]) -> None:
    assert error_diagnostic(kind(msg("so"))).hint is not None


@pytest.mark.parametrize("kind", [Rejected, ShopUnknown])
def test_every_refusal_has_a_hint(kind: type[Rejected]) -> None:
    assert error_diagnostic(kind(msg("so"), reason="NO")).hint is not None


def test_only_what_has_a_form_is_sent() -> None:
    with pytest.raises(TypeError, match="a set is not sent"):
        assert ApiRequest(method="PATCH", path="/", body={"a": {1}}).content


async def test_the_fields_of_a_refusal_are_kept_and_named_as_ours(server: Loopback, clock: FakeClock) -> None:
    body = {
        "type": "urn:reconciler:problem:not-entitled",
        "title": "Conflict",
        "status": 409,
        "code": "NOT_ENTITLED",
        "detail": "no",
        "errors": [
            {"field": "preOrder", "code": "NOT_ENTITLED", "message": "apply first"},
            {"field": "unheardOf", "code": "NOT_ENTITLED", "message": f"the token {MWS_TOKEN}"},
            {"field": MWS_TOKEN, "code": "NOT_ENTITLED", "message": "x"},
            {"field": 7},
            "x",
        ],
    }
    server.on(PAY, answer(body, 409, Content_Type="application/problem+json"))
    with pytest.raises(Rejected) as caught:
        await executed(server, clock, pre_order())
    reported = caught.value.refused_fields
    assert [(each.name, each.ref and str(each.ref)) for each in reported] == [
        ("preOrder", "amazon_pay_payment.pre_order"),
        ("unheardOf", None),
    ]
    assert "apply first" in str(reported[0].words)
    assert MWS_TOKEN not in repr(reported)
