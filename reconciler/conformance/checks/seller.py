"""The endpoint list of a seller that no shop names, and the idempotency keys of what creates. The list ends empty."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import quote

from reconciler.conformance.answers import (
    BackendAnswer,
    expect_problem,
    expect_status,
    expect_strong_version,
    expect_value,
)
from reconciler.conformance.checks.versions import OTHER_VERSION
from reconciler.conformance.client import KitClient
from reconciler.conformance.kit import Kit, list_path
from reconciler.conformance.registry import checks_clause
from reconciler.conformance.shapes import ENDPOINTS_SHAPE, expect_shape
from reconciler.conformance.verdicts import ClauseNotOffered
from reconciler.core.diagnostics.messages import msg


@checks_clause("K801")
async def _empty_list(kit: Kit) -> None:
    async with _list(kit) as seller:
        answer = await seller.read()
        expect_shape(answer, ENDPOINTS_SHAPE, answer.body)
        expect_value(answer, "endpoints", [], answer.body["endpoints"])
        expect_strong_version(answer)
        expect_status(await seller.client.read(seller.path, kit.shop, If_None_Match=answer.etag), 304)


@checks_clause("K802")
async def _registering(kit: Kit) -> None:
    async with _list(kit) as seller:
        before = await seller.read()
        answer = expect_status(await seller.post("one"), 201)
        expect_value(answer, "endpoints", [seller.url("one")], _urls(answer))
        if answer.etag == before.etag:
            raise answer.broken(msg("another `ETag` than {tag}", tag=before.etag))
        expect_status(await seller.post("one"), 200)
        expect_status(await seller.post("two"), 201)
        answer = await seller.read()
        expect_value(answer, "endpoints", [seller.url("one"), seller.url("two")], _urls(answer))


@checks_clause("K803")
async def _removing(kit: Kit) -> None:
    async with _list(kit) as seller:
        expect_status(await seller.post("one"), 201)
        expect_problem(await seller.delete("two"), "NOT_FOUND")
        answer = expect_status(await seller.delete("one"), 200)
        expect_value(answer, "endpoints", [], _urls(answer))
        expect_value(answer, "endpoints", [], _urls(await seller.read()))


@checks_clause("K804")
async def _environments(kit: Kit) -> None:
    async with _list(kit) as seller:
        expect_status(await seller.post("one"), 201)
        other = expect_status(await kit.client.read(list_path(kit.unknown_seller, "PRODUCTION"), kit.shop), 200)
        expect_value(other, "endpoints", [], _urls(other))
        expect_value(other, "environment", "PRODUCTION", other.body.get("environment"))


@checks_clause("K805")
async def _versions_of_the_list(kit: Kit) -> None:
    async with _list(kit) as seller:
        expect_problem(await seller.send("POST", "one", {}), "PRECONDITION_REQUIRED")
        old = (await seller.read()).etag
        answer = await seller.send("POST", "one", {"If-Match": OTHER_VERSION})
        expect_problem(answer, "PRECONDITION_FAILED")
        expect_value(answer, "endpoints", [], _urls(await seller.read()))
        expect_status(await seller.post("one"), 201)
        for headers, code in (({}, "PRECONDITION_REQUIRED"), ({"If-Match": old}, "PRECONDITION_FAILED")):
            answer = expect_problem(await seller.send("DELETE", "one", headers), code)
            expect_value(answer, "endpoints", [seller.url("one")], _urls(await seller.read()))


@checks_clause("K411")
async def _same_key_same_body(kit: Kit) -> None:
    async with _list(kit) as seller:
        headers = {"If-Match": (await seller.read()).etag, "Idempotency-Key": f"check-{kit.run}-same"}
        first = expect_status(await seller.send("POST", "one", headers), 201)
        again = await seller.send("POST", "one", headers)
        expect_status(again, first.status)
        expect_value(again, "body", first.body, again.body)
        expect_status(await seller.delete("one"), 200)
        expect_status(await seller.send("POST", "one", headers), first.status)
        expect_value(again, "endpoints", [], _urls(await seller.read()))


@checks_clause("K412")
async def _same_key_other_body(kit: Kit) -> None:
    async with _list(kit) as seller:
        key = {"Idempotency-Key": f"check-{kit.run}-other"}
        expect_status(await seller.post("one", **key), 201)
        answer = await seller.post("two", **key)
        expect_problem(answer, "IDEMPOTENCY_KEY_REUSED")
        expect_value(answer, "endpoints", [seller.url("one")], _urls(await seller.read()))


class _SellerList:
    """The sandbox list of one seller, with addresses that exist nowhere."""

    def __init__(self, kit: Kit) -> None:
        self.client: KitClient = kit.client
        self.path = list_path(kit.unknown_seller)
        self._shop = kit.shop
        self._host = f"check-{kit.run}.reconciler.example"

    def url(self, name: str) -> str:
        return f"https://{self._host}/{name}"

    async def read(self) -> BackendAnswer:
        return expect_status(await self.client.read(self.path, self._shop), 200)

    async def post(self, name: str, **headers: str) -> BackendAnswer:
        return await self.send("POST", name, {"If-Match": (await self.read()).etag, **headers})

    async def delete(self, name: str) -> BackendAnswer:
        return await self.send("DELETE", name, {"If-Match": (await self.read()).etag})

    async def send(self, method: str, name: str, headers: dict[str, str]) -> BackendAnswer:
        path = f"{self.path}&url={quote(self.url(name), safe='')}" if method == "DELETE" else self.path
        body: Any = {"url": self.url(name)} if method == "POST" else None
        return await self.client.send(method, path, self._shop, body, headers=headers)

    async def clear(self) -> None:
        for url in _urls(await self.read()):
            await self.delete(url.removeprefix(self.url("")))


@asynccontextmanager
async def _list(kit: Kit) -> AsyncIterator[_SellerList]:
    seller = _SellerList(kit)
    answer = await kit.client.read(seller.path, kit.shop)
    if answer.status in (404, 405):
        raise ClauseNotOffered
    try:
        yield seller
    finally:
        await seller.clear()


def _urls(answer: BackendAnswer) -> list[str]:
    endpoints = answer.body.get("endpoints") if isinstance(answer.body, dict) else None
    return [each["url"] for each in endpoints] if isinstance(endpoints, list) else []
