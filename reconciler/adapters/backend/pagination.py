"""The bulk route, page after page, and how any route's next page is found. In: a way to get. Out: pages. Raises BackendError.

A page leads only to the same route of the same origin: the next address is the backend's word, and credentials go with it.
It knows nothing of what is on a page.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Container, Iterator, Mapping, Sequence
from typing import Any, Final, Protocol
from urllib.parse import urlencode, urlsplit

from reconciler.adapters.backend.http.config import BackendConfig
from reconciler.adapters.backend.http.interpret import unexpected
from reconciler.adapters.backend.http.messages import API, ApiRequest, ApiResponse
from reconciler.core.diagnostics.messages import Message, msg
from reconciler.core.values import ShopKey
from reconciler.lib.addresses import url_origin
from reconciler.lib.frozen_class import frozen
from reconciler.ports import BackendError, ShopUnknown
from reconciler.ports.sync_cache import CachedPage

ROUTE: Final = ApiRequest(method="GET", path=f"{API}/integrations")
_MAX_PAGES: Final = 10_000
_MAX_QUERY: Final = 4096


class Get(Protocol):
    """The reading half of the client, and all that a reader has of it."""

    async def __call__(
        self, path: str, *, query: str = "", shop: ShopKey | None = None, held: str | None = None
    ) -> ApiResponse: ...


@frozen
class BulkPage:
    """`items` are what looks like a shop's integration; `garbled` counts those that do not. `query` is what it was asked with.
    `next_url` is the backend's word for the next page, not checked yet.
    """

    items: tuple[tuple[str, Mapping[str, Any]], ...]
    undecodable: int
    next_url: object
    query: str
    version: str | None

    @property
    def has_more(self) -> bool:
        return self.next_url is not None


def first_query(config: BackendConfig) -> str:
    return urlencode({"limit": config.page_size, "environment": config.environment.value})


async def pages(get: Get, config: BackendConfig, first: str | None = None) -> AsyncGenerator[BulkPage, None]:
    """From the page that `first` asks for on; without it, all."""
    query = first or first_query(config)
    asked: set[str] = set()
    while True:
        if query in asked or len(asked) >= _MAX_PAGES:
            raise unexpected(ROUTE, msg("the pages do not end: nextUrl repeats or never ends"))
        asked.add(query)
        reply = await get(ROUTE.path, query=query)
        yield decode_page(reply, query)
        # Only now: a wrong next address does not affect the items of this page.
        following = next_query(reply, config, ROUTE)
        if following is None:
            return
        query = following


def decode_page(reply: ApiResponse, query: str) -> BulkPage:
    """Raises Unexpected."""
    items = reply.json.get("items")
    if not isinstance(items, list):
        raise unexpected(ROUTE, msg("the page has no list of items"), request_id=reply.request_id)
    named = tuple(
        (item["shopKey"], item) for item in items if isinstance(item, Mapping) and isinstance(item.get("shopKey"), str)
    )
    return BulkPage(
        items=named,
        undecodable=len(items) - len(named),
        next_url=reply.json.get("nextUrl"),
        query=query,
        version=reply.version,
    )


def cached_page(page: BulkPage, shops: tuple[ShopKey, ...], wanted: Container[str]) -> CachedPage:
    """`shops` are those on the page that are wanted, of all that are `wanted`."""
    others = [key for key in dict.fromkeys(key for key, _ in page.items) if key not in wanted]
    return CachedPage(query=page.query, version=page.version, shops=shops, others=tuple(shop_keys(others)))


def shop_keys(texts: Sequence[str]) -> Iterator[ShopKey]:
    """Those that are shop keys."""
    for text in texts:
        try:
            yield ShopKey(text)
        except ValueError:
            continue


def next_query(reply: ApiResponse, config: BackendConfig, route: ApiRequest) -> str | None:
    """What to ask the same route next; None on the last page."""
    url = reply.json.get("nextUrl", False)
    return None if url is None else followed_query(url, config, route, request_id=reply.request_id)


def followed_query(url: object, config: BackendConfig, route: ApiRequest, *, request_id: str | None = None) -> str:
    """The query of a next address. Raises Unexpected for one that leads elsewhere."""
    fault, query = _followed(url, config, route)
    if fault is not None:
        raise unexpected(route, fault, request_id=request_id)
    return query


def _followed(url: object, config: BackendConfig, route: ApiRequest) -> tuple[Message | None, str]:
    if not isinstance(url, str):
        return msg("nextUrl is missing or not a string"), ""
    try:
        parts = urlsplit(url)
        same = url_origin(parts) == config.origin
    except ValueError:
        return msg("nextUrl is not an address"), ""
    if not same or "@" in parts.netloc:
        return msg("nextUrl has another scheme, host or port and is not followed"), ""
    if parts.path != urlsplit(config.root).path + route.path:
        return msg("nextUrl is another route and is not followed"), ""
    if len(parts.query) > _MAX_QUERY or not (parts.query.isascii() and parts.query.isprintable()):
        return msg("nextUrl is not an address"), ""
    return None, parts.query


def missing_shop_error(shop: ShopKey, garbled: int) -> BackendError:
    """Of a shop that was on no page; `garbled` items had no readable key."""
    if garbled:
        text = msg(
            "{shop} is not among the shops, but some items have no readable key ({count})", count=garbled, shop=shop
        )
        return unexpected(ROUTE, text)
    missing = msg("{request}: {shop} is not among the shops", request=ROUTE.name, shop=shop)
    text = msg("Unknown shop key ({answer})", answer=missing)
    return ShopUnknown(text, reason="SHOP_NOT_FOUND", request=ROUTE.name)
