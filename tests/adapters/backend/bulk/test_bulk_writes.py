"""Writes that are due at the same time share a request, and each hears what its own route would have said."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from typing import Any

import anyio
import pytest

from reconciler.adapters.backend import HttpBackend
from reconciler.core.diagnostics import codes
from reconciler.core.values import ShopKey
from reconciler.ports import (
    BackendError,
    Conflict,
    Fence,
    LeaseExpired,
    LeaseSuperseded,
    Locked,
    Rejected,
    ShopUnknown,
    Throttled,
    Unexpected,
    Unreachable,
    WriteRequest,
    WriteResult,
)
from tests.adapters.backend.fakes import MWS_TOKEN, FakeClock, config, secret, values, write
from tests.support.stub_http_server import Loopback, Saying, answer, problem, raw

pytestmark = pytest.mark.anyio

BULK = "PATCH /admin-api/v1/integrations"
SHOPS = [ShopKey(f"shop-{number}") for number in range(3)]
Outcome = WriteResult | BackendError


@pytest.fixture
async def backend(server: Loopback, clock: FakeClock) -> AsyncIterator[HttpBackend]:
    server.on("GET /admin-api/v1/capabilities", answer({"capabilities": ["bulk-write"]}))
    for shop in SHOPS:
        server.on(own_route(shop), answer(settings(shop), etag='"single"'))
    async with HttpBackend(config(server.url), clock) as adapter:
        yield adapter


def own_route(shop: str) -> str:
    return f"PATCH /admin-api/v1/shops/{shop}/amazon-settings"


def settings(shop: str) -> dict[str, Any]:
    return values(shop)["amazonSettings"]


def done(shop: str, **changed: Any) -> dict[str, Any]:
    return {
        "shopKey": shop, "resource": "amazonSettings", "status": 200, "etag": '"bulk"', "value": settings(shop), **changed,
    }  # fmt: skip


def refused(shop: str, status: int, code: str, detail: str = "so it is", **changed: Any) -> dict[str, Any]:
    document = {"title": "no", "status": status, "code": code, "detail": detail, "errors": []}
    return {"shopKey": shop, "resource": "amazonSettings", "status": status, "problem": document, **changed}


def items(*each: Any) -> Saying:
    return answer({"items": list(each)}, etag=None)


def of(shop: str, **changed: Any) -> WriteRequest:
    return replace(write(notification_email="pay@kyoto-tea.example"), shop=ShopKey(shop), key=f"key-{shop}", **changed)


async def written(backend: HttpBackend, *writes: WriteRequest) -> Sequence[Outcome]:
    """All at the same time; what each hears."""
    heard: dict[int, Outcome] = {}

    async def one(place: int, request: WriteRequest) -> None:
        try:
            heard[place] = await backend.execute(request)
        except BackendError as error:
            heard[place] = error

    async with anyio.create_task_group() as group:
        for place, request in enumerate(writes):
            group.start_soon(one, place, request)
    return [heard[place] for place in range(len(writes))]


def versions(outcomes: Sequence[Outcome]) -> list[str]:
    return [outcome.now.version if isinstance(outcome, WriteResult) else repr(outcome) for outcome in outcomes]


async def test_writes_of_the_same_time_are_one_request(backend: HttpBackend, server: Loopback) -> None:
    server.on(BULK, items(*map(done, SHOPS)))

    outcomes = await written(backend, of(SHOPS[0], fence=Fence(issuer="store", number=7)), *map(of, SHOPS[1:]))

    assert versions(outcomes) == ["bulk"] * 3
    sent = server.last.json["items"]
    assert sent[0] == {
        "shopKey": "shop-0",
        "resource": "amazonSettings",
        "ifMatch": '"v1"',
        "writeKey": "key-shop-0",
        "fence": {"issuer": "store", "number": 7},
        "value": {"notificationEmail": "pay@kyoto-tea.example"},
    }
    assert [item["shopKey"] for item in sent] == SHOPS
    assert "x-shop-key" not in server.last.headers
    lines = [(line.method, line.path, line.status, line.items) for line in backend.requests]
    assert lines[2:] == [("PATCH", "/admin-api/v1/integrations", 200, 3)]


async def test_what_the_backend_offers_is_asked_once(backend: HttpBackend, server: Loopback) -> None:
    server.on(BULK, items(*map(done, SHOPS)))
    for _ in range(3):
        await written(backend, *map(of, SHOPS))
    assert server.asked("GET /admin-api/v1/capabilities") == 1
    assert server.asked(BULK) == 3


@pytest.mark.parametrize(
    "saying",
    [
        problem(404, "NOT_FOUND"),
        answer({"capabilities": ["fence"]}),
        answer({"capabilities": "bulk-write"}),
        answer(b"<html>"),
    ],
    ids=["no such route", "another", "no list", "a web page"],
)
async def test_a_backend_of_the_base_contract_gets_single_writes(
    backend: HttpBackend, server: Loopback, saying: Saying
) -> None:
    server.on("GET /admin-api/v1/capabilities", saying)
    assert versions(await written(backend, *map(of, SHOPS))) == ["single"] * 3
    assert versions(await written(backend, *map(of, SHOPS))) == ["single"] * 3
    assert (server.asked("GET /admin-api/v1/capabilities"), server.asked(BULK)) == (1, 0)


async def test_a_write_that_is_alone_takes_its_own_route(backend: HttpBackend, server: Loopback) -> None:
    assert versions(await written(backend, of(SHOPS[0]))) == ["single"]
    assert [f"{seen.method} {seen.path}" for seen in server.seen] == ["POST /oauth/token", own_route(SHOPS[0])]


async def test_a_client_of_one_shop_has_no_bulk_route(server: Loopback, clock: FakeClock) -> None:
    server.on(own_route(SHOPS[0]), answer(settings(SHOPS[0]), etag='"single"'))
    async with HttpBackend(config(server.url, shop_scope=SHOPS[0]), clock) as adapter:
        assert versions(await written(adapter, of(SHOPS[0]), of(SHOPS[0]))) == ["single"] * 2


REFUSALS = {
    (423, "SHOP_OPEN"): (Locked, codes.LOCKED),
    (412, "PRECONDITION_FAILED"): (Conflict, codes.CONFLICT),
    (412, "FENCE_OUTDATED"): (LeaseSuperseded, codes.LEASE_LOST),
    (404, "SHOP_NOT_FOUND"): (ShopUnknown, codes.SHOP_UNKNOWN),
    (422, "AMAZON_API_ERROR"): (Rejected, codes.REJECTED),
}


@pytest.mark.parametrize("refusal", REFUSALS, ids=lambda refusal: refusal[1])
async def test_an_item_is_refused_as_its_own_route_refuses(
    backend: HttpBackend, server: Loopback, refusal: tuple[int, str]
) -> None:
    server.on(own_route(SHOPS[1]), problem(*refusal))
    (single,) = await written(backend, of(SHOPS[1]))
    server.on(BULK, items(done(SHOPS[0]), refused(SHOPS[1], *refusal), done(SHOPS[2])))

    outcomes = await written(backend, *map(of, SHOPS))

    assert versions(outcomes)[::2] == ["bulk", "bulk"]
    found = outcomes[1]
    assert isinstance(found, BackendError)
    assert isinstance(single, BackendError)
    assert (type(found), found.code) == REFUSALS[refusal]
    assert (type(found), str(found.text), found.request, found.happened) == (
        type(single), str(single.text), single.request, False,
    )  # fmt: skip


async def test_the_fields_of_a_refusal_are_named(backend: HttpBackend, server: Loopback) -> None:
    item = refused(SHOPS[0], 422, "AMAZON_API_ERROR")
    item["problem"]["errors"] = [{"field": "sellerId", "code": "OTHER_SELLER", "message": "no"}]
    server.on(BULK, items(item, done(SHOPS[1])))
    found, _ = await written(backend, *map(of, SHOPS[:2]))
    assert isinstance(found, Rejected)
    assert [str(each.ref) for each in found.refused_fields] == ["amazon_settings.seller_id"]


async def test_an_item_that_is_to_come_later_is_sent_again_by_its_own_route(
    backend: HttpBackend, server: Loopback
) -> None:
    server.on(BULK, items(done(SHOPS[0]), refused(SHOPS[1], 429, "TOO_MANY_REQUESTS")))
    assert versions(await written(backend, *map(of, SHOPS[:2]))) == ["bulk", "single"]


async def test_a_code_of_no_contract_leaves_its_item_unknown(backend: HttpBackend, server: Loopback) -> None:
    server.on(BULK, items(refused(SHOPS[0], 500, "INTERNAL_ERROR"), refused(SHOPS[1], 423, "NONE_OF_OURS")))
    assert [getattr(outcome, "happened", 1) for outcome in await written(backend, *map(of, SHOPS[:2]))] == [None, None]


PLANTED: dict[str, list[Any]] = {
    "another order": [done(SHOPS[1]), done(SHOPS[0]), done(SHOPS[2])],
    "an item is missing": [done(SHOPS[0]), done(SHOPS[1])],
    "an item too many": [*map(done, SHOPS), done(SHOPS[2])],
    "another resource": [done(SHOPS[0]), done(SHOPS[1], resource="storefront"), done(SHOPS[2])],
    "no items": [],
    "not even objects": [1, 2, 3],
}


@pytest.mark.parametrize("fault", PLANTED)
async def test_answers_that_do_not_fit_leave_every_item_unknown(
    backend: HttpBackend, server: Loopback, fault: str
) -> None:
    server.on(BULK, items(*PLANTED[fault]))

    outcomes = await written(backend, *map(of, SHOPS))

    assert [(type(outcome), getattr(outcome, "happened", 1)) for outcome in outcomes] == [(Unexpected, None)] * 3
    assert versions(await written(backend, *map(of, SHOPS))) == ["single"] * 3, "such a route is not used again"


INCOMPLETE = {
    "no value": done(SHOPS[1], value=None),
    "no version": done(SHOPS[1], etag=None),
    "no status": done(SHOPS[1], status="200"),
    "no problem": refused(SHOPS[1], 412, "PRECONDITION_FAILED", problem=None),
    "of another shop": done(SHOPS[1], value=settings("another-shop")),
    "not what was written": done(SHOPS[1], value={**settings(SHOPS[1]), "notificationEmail": "other@x.example"}),
}


@pytest.mark.parametrize("fault", INCOMPLETE)
async def test_an_item_that_cannot_be_understood_is_unknown_alone(
    backend: HttpBackend, server: Loopback, fault: str
) -> None:
    server.on(BULK, items(done(SHOPS[0]), INCOMPLETE[fault], done(SHOPS[2])))

    outcomes = await written(backend, *map(of, SHOPS))

    assert versions(outcomes)[::2] == ["bulk", "bulk"]
    assert (type(outcomes[1]), getattr(outcomes[1], "happened", 1)) == (Unexpected, None)


@pytest.mark.parametrize(
    ("saying", "kind"),
    [(raw(b""), Unreachable), (answer(b"bad gateway", 502), Unreachable), (answer({}, 500), Unexpected)],
    ids=["connection lost", "gateway", "internal error"],
)
async def test_a_lost_answer_leaves_every_item_unknown_and_the_next_one_is_single(
    backend: HttpBackend, server: Loopback, saying: Saying, kind: type[BackendError]
) -> None:
    server.on(BULK, saying, items(*map(done, SHOPS)))

    outcomes = await written(backend, *map(of, SHOPS))

    assert [(type(outcome), getattr(outcome, "happened", 1)) for outcome in outcomes] == [(kind, None)] * 3
    assert len({id(outcome) for outcome in outcomes}) == 3, "each may say what is known of its own write"
    assert versions(await written(backend, *map(of, SHOPS))) == ["single"] * 3
    assert versions(await written(backend, *map(of, SHOPS))) == ["bulk"] * 3


@pytest.mark.parametrize(
    ("saying", "again"),
    [
        (problem(413, "BODY_TOO_LARGE"), True),
        (problem(403, "SHOP_KEY_MISMATCH"), False),
        (problem(405, "METHOD_NOT_ALLOWED"), False),
        (problem(422, "VALIDATION_ERROR"), False),
    ],
    ids=["too large", "not an operator", "no such route", "another shape"],
)
async def test_a_request_that_is_refused_as_a_whole_is_sent_one_by_one(
    backend: HttpBackend, server: Loopback, saying: Saying, again: bool
) -> None:
    server.on(BULK, saying)
    for _ in range(2):
        assert versions(await written(backend, *map(of, SHOPS))) == ["single"] * 3
    assert server.asked(BULK) == 1 + again


async def test_too_many_requests_are_waited_for(backend: HttpBackend, server: Loopback, clock: FakeClock) -> None:
    server.on(BULK, problem(429, "TOO_MANY_REQUESTS", Retry_After="7"), items(*map(done, SHOPS)))
    assert versions(await written(backend, *map(of, SHOPS))) == ["bulk"] * 3
    assert clock.slept == [7.0]


async def test_a_backend_that_stays_busy_has_written_none(backend: HttpBackend, server: Loopback) -> None:
    server.on(BULK, problem(429, "TOO_MANY_REQUESTS", Retry_After="900"))
    outcomes = await written(backend, *map(of, SHOPS))
    assert [(type(outcome), getattr(outcome, "happened", 1)) for outcome in outcomes] == [(Throttled, False)] * 3


async def test_an_item_whose_lease_ended_meanwhile_is_left_out_and_fails_alone(
    backend: HttpBackend, server: Loopback, clock: FakeClock
) -> None:
    server.on(BULK, problem(429, "TOO_MANY_REQUESTS", Retry_After="7"), items(done(SHOPS[0]), done(SHOPS[2])))
    ends = clock.monotonic() + 5

    outcomes = await written(backend, of(SHOPS[0]), of(SHOPS[1], valid_until=ends), of(SHOPS[2], valid_until=ends + 90))

    assert (type(outcomes[1]), getattr(outcomes[1], "happened", 1)) == (LeaseExpired, False)
    assert versions(outcomes)[::2] == ["bulk", "bulk"]
    assert [[item["shopKey"] for item in seen.json["items"]] for seen in server.seen if seen.path.endswith("ons")] == [
        SHOPS, [SHOPS[0], SHOPS[2]],
    ]  # fmt: skip
    assert server.asked(own_route(SHOPS[1])) == 0


async def test_a_caller_that_gives_up_takes_nobody_with_it(backend: HttpBackend, server: Loopback) -> None:
    arrived, go_on = anyio.Event(), anyio.Event()

    async def later(seen: Any, writer: Any) -> None:
        arrived.set()
        await go_on.wait()
        await items(*map(done, SHOPS))(seen, writer)

    server.on(BULK, later)
    impatient = anyio.CancelScope()
    heard: list[str] = []

    async def one(shop: str) -> None:
        heard.append((await backend.execute(of(shop))).now.version)

    async def gives_up() -> None:
        with impatient:
            await one(SHOPS[0])

    async with anyio.create_task_group() as group:
        group.start_soon(gives_up)
        group.start_soon(one, SHOPS[1])
        group.start_soon(one, SHOPS[2])
        await arrived.wait()
        impatient.cancel()
        go_on.set()

    assert heard == ["bulk", "bulk"]


async def test_a_write_that_is_shielded_outlives_the_run(backend: HttpBackend, server: Loopback) -> None:
    """As a reopening is, when its run is cancelled."""
    arrived, go_on = anyio.Event(), anyio.Event()

    async def later(seen: Any, writer: Any) -> None:
        arrived.set()
        await go_on.wait()
        await items(*map(done, SHOPS[:2]))(seen, writer)

    server.on(BULK, later)
    heard: list[str] = []

    async def reopened(shop: str) -> None:
        with anyio.CancelScope(shield=True):
            heard.append((await backend.execute(of(shop))).now.version)

    async with anyio.create_task_group() as group:
        for shop in SHOPS[:2]:
            group.start_soon(reopened, shop)
        await arrived.wait()
        group.cancel_scope.cancel()
        go_on.set()

    assert heard == ["bulk", "bulk"]


async def test_more_than_a_request_holds_is_several(backend: HttpBackend, server: Loopback) -> None:
    async def echo(seen: Any, writer: Any) -> None:
        await items(*(done(item["shopKey"]) for item in seen.json["items"]))(seen, writer)

    server.on(BULK, echo)
    outcomes = await written(backend, *(of(f"shop-{number}") for number in range(2_100)))
    assert set(versions(outcomes)) == {"bulk"}
    sizes = [len(seen.json["items"]) for seen in server.seen if seen.method == "PATCH"]
    assert max(sizes) == 500
    assert sum(sizes) == 2_100


async def test_large_values_are_several_requests(backend: HttpBackend, server: Loopback) -> None:
    sizes: list[int] = []

    async def echo(seen: Any, writer: Any) -> None:
        sizes.append(len(seen.body))
        await items(*(refused(i["shopKey"], 423, "SHOP_OPEN", resource="systemParts") for i in seen.json["items"]))(
            seen, writer
        )

    server.on(BULK, echo)
    texts = {"order_area.message": "お支払い" * 500, "login_link_area.message": "ログイン" * 500}
    writes = [replace(of(f"shop-{number}"), kind="system_parts", values={"messages": texts}) for number in range(90)]
    outcomes = await written(backend, *writes)
    assert {type(outcome) for outcome in outcomes} == {Locked}
    assert len(sizes) > 1
    assert max(sizes) < 1024 * 1024


async def test_a_token_goes_out_in_an_item_and_is_quoted_nowhere(backend: HttpBackend, server: Loopback) -> None:
    server.on(BULK, items(refused(SHOPS[0], 422, "AMAZON_API_ERROR", f"no: {MWS_TOKEN}"), done(SHOPS[1])))
    found, _ = await written(backend, replace(of(SHOPS[0]), values={"mws_auth_token": secret()}), of(SHOPS[1]))
    assert server.last.json["items"][0]["value"] == {"mwsAuthToken": MWS_TOKEN}
    assert MWS_TOKEN not in repr(found) + str(found)


async def test_a_whole_refusal_quotes_no_token_either(backend: HttpBackend, server: Loopback) -> None:
    server.on(BULK, answer({"code": "INTERNAL_ERROR", "detail": f"no: {MWS_TOKEN}"}, 500))
    outcomes = await written(backend, replace(of(SHOPS[0]), values={"mws_auth_token": secret()}), of(SHOPS[1]))
    assert all(MWS_TOKEN not in repr(outcome) + str(outcome) for outcome in outcomes)
