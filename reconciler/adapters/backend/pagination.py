"""The bulk route, page after page, and how any route's next page is found. In: a way to get. Out: pages. Raises BackendError.

A page leads only to the same route of the same origin: the next address is the backend's word, and credentials go with it.
It knows nothing of what is on a page.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass
from typing import Any, Final, Protocol
from urllib.parse import urlencode, urlsplit

from reconciler.adapters.backend.http.config import BackendConfig, url_origin
from reconciler.adapters.backend.http.interpret import unexpected
from reconciler.adapters.backend.http.messages import API, ApiRequest, ApiResponse
from reconciler.core.diagnostics.messages import Message, msg
from reconciler.core.values import ShopKey

ROUTE: Final = ApiRequest(method="GET", path=f"{API}/integrations")
_MAX_PAGES: Final = 10_000
_MAX_QUERY: Final = 4096


class Get(Protocol):
    """The reading half of the client, and all that a reader has of it."""

    async def __call__(
        self, path: str, *, query: str = "", shop: ShopKey | None = None, held: str | None = None
    ) -> ApiResponse: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class BulkPage:
    """`items` are what looks like a shop's integration; `garbled` counts those that do not. `query` is what it was asked with."""

    items: tuple[tuple[str, Mapping[str, Any]], ...]
    undecodable: int
    has_more: bool
    query: str
    version: str | None


async def pages(get: Get, config: BackendConfig) -> AsyncGenerator[BulkPage, None]:
    query: str | None = urlencode({"limit": config.page_size, "environment": config.environment.value})
    asked: set[str] = set()
    while query is not None:
        if query in asked or len(asked) >= _MAX_PAGES:
            raise unexpected(ROUTE, msg("the pages do not end: nextUrl leads back, or on for ever"))
        asked.add(query)
        reply = await get(ROUTE.path, query=query)
        yield decode_page(reply, query)
        # Only now: a next address that leads astray takes nothing from what stands on this page.
        query = next_query(reply, config, ROUTE)


def decode_page(reply: ApiResponse, query: str) -> BulkPage:
    """Raises Unexpected."""
    items = reply.json.get("items")
    if not isinstance(items, list):
        raise unexpected(ROUTE, msg("the page holds no list of items"), request_id=reply.request_id)
    named = tuple(
        (item["shopKey"], item) for item in items if isinstance(item, Mapping) and isinstance(item.get("shopKey"), str)
    )
    more = reply.json.get("nextUrl") is not None
    return BulkPage(items=named, undecodable=len(items) - len(named), has_more=more, query=query, version=reply.version)


def next_query(reply: ApiResponse, config: BackendConfig, route: ApiRequest) -> str | None:
    """What to ask the same route next; None on the last page."""
    url = reply.json.get("nextUrl", False)
    if url is None:
        return None
    fault, query = _followed(url, config, route)
    if fault is not None:
        raise unexpected(route, fault, request_id=reply.request_id)
    return query


def _followed(url: object, config: BackendConfig, route: ApiRequest) -> tuple[Message | None, str]:
    if not isinstance(url, str):
        return msg("nextUrl is missing or not a text"), ""
    try:
        parts = urlsplit(url)
        same = url_origin(parts) == config.origin
    except ValueError:
        return msg("nextUrl is not an address"), ""
    if not same or "@" in parts.netloc:
        return msg("nextUrl leads to another scheme, host or port, and is not followed"), ""
    if parts.path != urlsplit(config.root).path + route.path:
        return msg("nextUrl leads to another route, and is not followed"), ""
    if len(parts.query) > _MAX_QUERY or not (parts.query.isascii() and parts.query.isprintable()):
        return msg("nextUrl is not an address"), ""
    return None, parts.query
