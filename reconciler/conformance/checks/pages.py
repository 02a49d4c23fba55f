"""Pages of all shops, and the feed of shops that changed. Only the first pages of a large fleet are read."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any, Final
from urllib.parse import parse_qs, urlencode, urlsplit

from reconciler.conformance.answers import BackendAnswer, expect_problem, expect_status, expect_value
from reconciler.conformance.client import API, origin_in
from reconciler.conformance.kit import Kit
from reconciler.conformance.registry import checks_clause
from reconciler.conformance.shapes import is_stamp
from reconciler.conformance.verdicts import named_value
from reconciler.core.diagnostics.messages import msg

_PATH: Final = f"{API}/integrations"
_PAGES: Final = 20
_LARGEST: Final = 500
_FEED_PAGES: Final = 50
_STAMP: Final = "%Y-%m-%dT%H:%M:%S"
_MOMENT: Final = 1.1
"""Seconds after which a time with whole seconds is another one."""


async def _page(kit: Kit, **query: str | int) -> BackendAnswer:
    kit.require_operator()
    return expect_list(expect_status(await kit.client.read(f"{_PATH}?{urlencode(query)}"), 200))


def expect_list(answer: BackendAnswer) -> BackendAnswer:
    """`items` is a list, `nextUrl` an address or null."""
    body = answer.body
    if not (isinstance(body, dict) and isinstance(body.get("items"), list) and "nextUrl" in body):
        raise answer.broken(msg("`items` and `nextUrl`"))
    return answer


async def read_pages(kit: Kit, first: BackendAnswer, most: int, shop: str | None = None) -> list[BackendAnswer]:
    """The pages from `first` on, at most so many."""
    pages = [first]
    while pages[-1].body["nextUrl"] is not None and len(pages) < most:
        pages.append(expect_list(expect_status(await kit.client.read(next_path(kit, pages[-1]), shop), 200)))
    return pages


async def page_with(kit: Kit, shop: str) -> BackendAnswer | None:
    """The page that holds the shop; None where none of the first pages does."""
    pages = await read_pages(kit, await _page(kit, limit=_LARGEST), _PAGES)
    return next((page for page in pages if shop in _keys(page)), None)


def next_path(kit: Kit, answer: BackendAnswer) -> str:
    """Where `nextUrl` leads, at the origin of the backend under check: another origin gets no token."""
    url = answer.body["nextUrl"]
    if not isinstance(url, str) or origin_in(url) != origin_in(kit.client.backend.url):
        raise answer.broken(msg("an absolute `nextUrl` of the same origin"), named_value("nextUrl", url))
    parts = urlsplit(url)
    return f"{parts.path}?{parts.query}"


def _keys(*answers: BackendAnswer) -> list[str]:
    return [item.get("shopKey") for answer in answers for item in answer.body["items"]]


@checks_clause("K501")
async def _each_shop_once(kit: Kit) -> None:
    pages = await read_pages(kit, await _page(kit, limit=2), _PAGES)
    keys = _keys(*pages)
    for left, right in pairwise(keys):
        if not left < right:
            raise pages[-1].broken(
                msg("each shop once, in the order of the keys"), named_value("shopKey", [left, right])
            )
    whole = await _page(kit, limit=2 * _PAGES)
    expect_value(whole, "shopKey", _keys(whole)[: len(keys)], keys)
    if pages[-1].body["nextUrl"] is None:
        expect_value(whole, "shopKey", keys, _keys(whole))


@checks_clause("K502")
async def _next_url(kit: Kit) -> None:
    answer = await _page(kit, limit=1, environment="SANDBOX")
    if answer.body["nextUrl"] is None:
        return
    query = parse_qs(urlsplit(next_path(kit, answer)).query)
    expect_value(answer, "limit", ["1"], query.get("limit"))
    expect_value(answer, "environment", ["SANDBOX"], query.get("environment"))
    again = expect_list(expect_status(await kit.client.read(next_path(kit, answer)), 200))
    for item in again.body["items"]:
        expect_value(again, "environment", "SANDBOX", item["ipnEndpoints"]["value"].get("environment"))


@checks_clause("K503")
async def _limit(kit: Kit) -> None:
    for limit in (1, 2, 500):
        answer = await _page(kit, limit=limit)
        found = len(answer.body["items"])
        if found > limit or (answer.body["nextUrl"] is not None and found < 1):
            raise answer.broken(msg("at most {count} shops", count=limit), named_value("items", found))


@checks_clause("K504")
async def _wrong_queries(kit: Kit) -> None:
    kit.require_operator()
    for query in ("limit=0", "limit=501", "limit=many", "cursor=%25%25", "updatedSince=yesterday"):
        expect_problem(await kit.client.read(f"{_PATH}?{query}"), "VALIDATION_ERROR")


@checks_clause("K505")
async def _items(kit: Kit) -> None:
    page = await _page(kit, limit=3)
    for item in page.body["items"]:
        single = await kit.integration(item["shopKey"])
        expect_value(page, item["shopKey"], single.body, item)


@checks_clause("K506")
async def _named_shops(kit: Kit) -> None:
    shops = sorted(state.shop for state in kit.before)
    answer = await _page(kit, shopKeys=",".join([*shops, f"unknown-{kit.run}"]))
    expect_value(answer, "shopKey", shops, _keys(answer))
    probe = kit.probe("storefront")
    expect_status(await kit.write(probe, probe.before), 200)
    answer = await _page(kit, shopKeys=probe.shop)
    expect_value(answer, probe.shop, [(await kit.integration(probe.shop)).body], answer.body["items"])
    too_many = ",".join(f"unknown-{number}" for number in range(501))
    expect_problem(await kit.client.read(f"{_PATH}?{urlencode({'shopKeys': too_many})}"), "VALIDATION_ERROR")


@checks_clause("K511")
async def _changed_shops(kit: Kit) -> None:
    kit.require_operator()
    probe = kit.probe()
    await _changed_now(kit, probe.shop)
    since = (await kit.integration(probe.shop)).body["updatedAt"]
    expect_status(await kit.write(probe, probe.after), 200)
    item = await _in_feed(kit, probe.shop, since)
    whole = await kit.integration(probe.shop)
    if item is None:
        raise whole.broken(
            msg("{shop} under `updatedSince={since}`", shop=probe.shop, since=since), msg("no such shop")
        )
    expect_value(whole, probe.shop, whole.body, item)


async def _in_feed(kit: Kit, shop: str, since: str) -> Mapping[str, Any] | None:
    pages = await read_pages(kit, await _page(kit, updatedSince=since, limit=500), _FEED_PAGES)
    items: list[Mapping[str, Any]] = [item for page in pages for item in page.body["items"]]
    return next((item for item in items if item.get("shopKey") == shop), None)


async def _changed_now(kit: Kit, shop: str) -> None:
    """A change of its own, so that `updatedAt` is of this minute and the feed since then is short."""
    probe = kit.probe()
    if probe.shop == shop:
        await kit.write(probe, probe.after)
        await kit.write(probe, probe.before)


@checks_clause("K512")
async def _updated_at(kit: Kit) -> None:
    probe = kit.probe()
    times = []
    for value in (probe.after, probe.before):
        answer = expect_status(await kit.write(probe, value), 200)
        times.append((await kit.integration(probe.shop)).body.get("updatedAt"))
        await kit.client.clock.sleep(_MOMENT)
    if not all(is_stamp(each) for each in times) or times[0] >= times[1]:
        raise answer.broken(msg("a later `updatedAt` after the second change"), named_value("updatedAt", times))


@checks_clause("K513")
async def _since(kit: Kit) -> None:
    kit.require_operator()
    future = await _page(kit, updatedSince="9999-12-31T23:59:59")
    expect_value(future, "items", [], future.body["items"])
    for state in kit.before:
        at = (await kit.integration(state.shop)).body["updatedAt"]
        later = (datetime.strptime(at, _STAMP) + timedelta(seconds=1)).strftime(_STAMP)  # noqa: DTZ007  # has no zone
        page = await _page(kit, updatedSince=later, limit=500)
        if state.shop in _keys(page):
            raise page.broken(msg("no shop that changed before"), named_value("shopKey", state.shop))
        if "bulk-read" in kit.capabilities:
            page = await _page(kit, updatedSince=at, shopKeys=state.shop)
            expect_value(page, "shopKey", [state.shop], _keys(page))
