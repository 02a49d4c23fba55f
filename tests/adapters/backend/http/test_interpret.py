"""Responses that are JSON but cannot be trusted: duplicate keys, ids and versions that contain a secret."""

import json
import re

import pytest

from reconciler.adapters.backend import HttpBackend, HttpObserver
from reconciler.adapters.backend.http.interpret import (
    copy_error,
    error_diagnostic,
    no_response_error,
    retry_exhausted_error,
)
from reconciler.adapters.backend.http.messages import ApiRequest, NoResponse
from reconciler.core.diagnostics.messages import msg
from reconciler.core.model.state import Known
from reconciler.ports import Rejected, Unexpected
from tests.adapters.backend.fakes import (
    SHOP,
    FakeClock,
    collected,
    config,
    fleet,
    integration,
    page,
    printed,
    values,
    write,
)
from tests.adapters.backend.test_audit import ROUTE as TRAIL
from tests.adapters.backend.test_audit import change
from tests.adapters.backend.test_observer import code_of, route
from tests.adapters.backend.test_observer_bulk import BULK
from tests.support.stub_http_server import Loopback, answer, problem

pytestmark = pytest.mark.anyio
TOKEN = "amzn.mws.4ea38b7b-f563-7709-4bae-87aeafa6e9d1"
WRITE = f"PATCH /admin-api/v1/shops/{SHOP}/amazon-settings"


def twice(document: object, key: str) -> bytes:
    """The document with `key` standing again in its object, first with another value."""
    return re.sub(rf'("{key}":)', r'\1 "another", \1', json.dumps(document), count=1).encode()


@pytest.mark.parametrize(
    ("root", "local"),
    [
        ("http://127.0.0.1:8087", True),
        ("http://[::1]:8087/admin", True),
        ("https://localhost", True),
        ("https://admin.example", False),
        ("http://192.0.2.1:8087", False),
    ],
)
def test_only_for_this_machine_a_hint_names_the_backend_to_try(root: str, local: bool) -> None:
    error = no_response_error(ApiRequest(method="GET", path="/shops"), NoResponse(why=msg("refused"), sent=False), root)
    for each in (error, copy_error(error), retry_exhausted_error(error, 60, 1)):
        assert ("reconciler serve backend" in str(error_diagnostic(each).hint)) is local


async def test_a_duplicate_key_in_the_response_for_one_shop(server: Loopback, clock: FakeClock) -> None:
    for key in ("shopKey", "sellerId", "version", "useAmazon"):
        server.on(route(SHOP), answer(twice(integration(), key)))
        async with HttpObserver(config(server.url), clock) as observer:
            shop = (await collected(observer.observe([SHOP])))[SHOP]
        assert code_of(shop) == "unexpected"
        assert "the answer repeats a key within one object" in repr(shop)


async def test_a_duplicate_key_on_a_bulk_page(server: Loopback, clock: FakeClock) -> None:
    shops = fleet(30)
    server.on(BULK, answer(twice(page(*shops), "notificationEmail")))
    async with HttpObserver(config(server.url), clock) as observer:
        found = await collected(observer.observe(shops))
    assert {code_of(found[shop]) for shop in shops} == {"unexpected"}


async def test_a_duplicate_key_in_an_error(server: Loopback, clock: FakeClock) -> None:
    """With two codes in a response it is unknown whether the write was refused."""
    server.on(WRITE, answer(twice({"code": "SHOP_NOT_FOUND", "detail": "x"}, "code"), 404))
    async with HttpBackend(config(server.url), clock) as backend:
        with pytest.raises(Unexpected) as caught:
            await backend.execute(write())
    assert caught.value.happened is None


async def test_a_key_in_two_objects_is_no_error(server: Loopback, clock: FakeClock) -> None:
    server.on(route(SHOP), answer(integration()))
    async with HttpObserver(config(server.url), clock) as observer:
        assert code_of((await collected(observer.observe([SHOP])))[SHOP]) is None


@pytest.mark.parametrize("form", [TOKEN, "Atza|IwEBIJ0123", "AKIAIOSFODNN7EXAMPLE", f"req-{TOKEN}"])
async def test_the_id_of_a_request_that_holds_a_credential_is_not_shown(
    server: Loopback, clock: FakeClock, form: str
) -> None:
    server.on(WRITE, problem(422, "AMAZON_API_ERROR", X_Request_Id=form))
    async with HttpBackend(config(server.url), clock) as backend:
        with pytest.raises(Rejected) as caught:
            await backend.execute(write())
    assert caught.value.request_id is None
    assert form not in printed(caught.value)


@pytest.mark.parametrize("form", ["4ea38b7b-f563-7709-4bae-87aeafa6e9d1", "0123456789abcdef0123456789abcdef", "r-17"])
async def test_the_ids_that_backends_give_to_requests_are_shown(server: Loopback, clock: FakeClock, form: str) -> None:
    server.on(WRITE, problem(422, "AMAZON_API_ERROR", X_Request_Id=form))
    async with HttpBackend(config(server.url), clock) as backend:
        with pytest.raises(Rejected) as caught:
            await backend.execute(write())
    assert caught.value.request_id == form


async def test_a_code_that_is_an_access_key_is_not_shown(server: Loopback, clock: FakeClock) -> None:
    server.on(WRITE, problem(422, "AKIAIOSFODNN7EXAMPLE"))
    async with HttpBackend(config(server.url), clock) as backend:
        with pytest.raises(Rejected) as caught:
            await backend.execute(write())
    assert caught.value.reason == "HTTP_422"
    assert "AKIA" not in printed(caught.value)


async def test_a_version_that_holds_a_credential_is_none(server: Loopback, clock: FakeClock) -> None:
    """Versions are part of plans and are shown with them."""
    whole = integration()
    whole["storefront"]["version"] = TOKEN
    server.on(route(SHOP), answer(whole))
    async with HttpObserver(config(server.url), clock) as observer:
        shop = (await collected(observer.observe([SHOP])))[SHOP]
    assert [kind for kind, read in shop.reads.items() if not isinstance(read, Known)] == ["storefront_status"]
    assert TOKEN not in repr(shop)


async def test_the_endpoints_of_a_seller_id_that_is_a_credential_are_not_read(
    server: Loopback, clock: FakeClock
) -> None:
    """The seller id becomes part of an address: the rest of the shop can still be read and fixed."""
    endpoints = {**values()["ipnEndpoints"], "sellerId": TOKEN}
    whole = integration(amazonSettings__sellerId=TOKEN)
    whole["ipnEndpoints"]["value"] = endpoints
    server.on(route(SHOP), answer(whole))
    async with HttpObserver(config(server.url), clock) as observer:
        shop = (await collected(observer.observe([SHOP])))[SHOP]
    assert [kind for kind, read in shop.reads.items() if not isinstance(read, Known)] == ["ipn_endpoint"]


async def test_the_trail_of_changes_keeps_no_credential_of_any_field(server: Loopback, clock: FakeClock) -> None:
    pasted = {"resource": "amazonSettings", "field": "notificationEmail", "from": f"{TOKEN}@x.example", "to": TOKEN}
    server.on(TRAIL, answer({"items": [change(**pasted)], "nextUrl": None}))
    async with HttpObserver(config(server.url), clock) as observer:
        (entry,) = await observer.last_changes(SHOP)
    assert TOKEN not in repr(entry)
    assert (entry.before, entry.after) == ({"sensitive": True}, {"sensitive": True})
