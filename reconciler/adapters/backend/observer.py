"""What the backend has, shop by shop: `HttpObserver`, the backend that cannot write.

A few shops are read one by one, many in bulk pages. A shop that cannot be read is unknown, with the reason;
a failed page affects only the shops that were not seen yet. Nothing is kept between two observations.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncGenerator, AsyncIterator, Iterator, Sequence
from contextlib import aclosing
from types import TracebackType
from typing import Final, Self

import anyio
import httpx

from reconciler.adapters.backend.audit import last_changes
from reconciler.adapters.backend.decode import decode_error_diagnostic, decode_observed
from reconciler.adapters.backend.http.client import Client, RequestObserver
from reconciler.adapters.backend.http.config import BackendConfig, WireEnvironment
from reconciler.adapters.backend.http.interpret import copy_error, error_diagnostic, unexpected
from reconciler.adapters.backend.http.messages import API
from reconciler.adapters.backend.page_reading import PageReading
from reconciler.adapters.backend.pagination import (
    ROUTE,
    BulkPage,
    Get,
    cached_page,
    decode_page,
    followed_query,
    missing_shop_error,
    next_query,
    pages,
    shop_keys,
)
from reconciler.adapters.backend.seller_endpoints import seller_endpoints
from reconciler.core.diagnostics.messages import msg
from reconciler.core.drift.audit import AuditEntry
from reconciler.core.model.state import Observed
from reconciler.core.values import ShopKey
from reconciler.lib.event_log import log_context
from reconciler.lib.frozen_class import frozen
from reconciler.lib.tracing import span
from reconciler.ports import BackendError, Clock, Rejected, RequestLogEntry, Unauthorised, Unreachable
from reconciler.ports.sync_cache import CachedPage, PagesRearranged
from reconciler.ports.watch.request_pace import RequestPacer

SINGLE_READ_LIMIT: Final = 20
"""A page costs about as much as this many single reads; a page with fewer of the requested shops does not pay.

The number of pages is unknown. So the remaining shops are read one by one as soon as that costs no more than the pages that did
not pay: never more than twice the cost of the better method, also with thousands of missing shops.
"""

_SINGLE_READ_BATCH: Final = 4
"""Shops asked one by one go in waves of so many times in_flight; between two waves it is seen whether it is of any use."""


@frozen
class _Failed:
    shop: ShopKey
    error: BackendError

    @property
    def observed(self) -> Observed:
        return Observed.unknown(self.shop, error_diagnostic(self.error, self.shop))

    @property
    def tells_nothing(self) -> bool:
        """Whether the backend did not even get to say something about the shop."""
        return isinstance(self.error, Unauthorised | Unreachable)


_Outcome = Observed | _Failed


class FleetReader:
    """`observe` and `shops` over anything that can get."""

    def __init__(self, get: Get, config: BackendConfig) -> None:
        self._get = get
        self._config = config
        self.pages: tuple[CachedPage, ...] = ()
        self._next_url: object = None

    async def observe(self, shops: Sequence[ShopKey]) -> AsyncIterator[Observed]:
        held: list[_Failed] = []
        answered = False
        async with aclosing(self._outcomes(tuple(dict.fromkeys(shops)))) as outcomes:
            async for outcome in outcomes:
                if isinstance(outcome, _Failed) and outcome.tells_nothing and not answered:
                    held.append(outcome)
                    continue
                answered = True
                for failed in held:
                    yield failed.observed
                held.clear()
                yield outcome.observed if isinstance(outcome, _Failed) else outcome
        if held:
            raise copy_error(held[0].error)

    async def shops(self) -> AsyncIterator[ShopKey]:
        """A listing that breaks off, or holds what is no shop key, raises after what it did bring."""
        if self._config.shop_scope is not None:
            yield self._config.shop_scope
            return
        seen: set[str] = set()
        garbled = 0
        async with aclosing(pages(self._get, self._config)) as listing:
            async for page in listing:
                fresh = [key for key in dict.fromkeys(key for key, _ in page.items) if key not in seen]
                if page.has_more and not fresh:
                    raise unexpected(ROUTE, msg("the pages do not end: one had nothing new but a next page"))
                seen.update(fresh)
                keys = list(shop_keys(fresh))
                garbled += page.undecodable + len(fresh) - len(keys)
                for key in keys:
                    yield key
        if garbled:
            raise unexpected(ROUTE, msg("the list contains items that are not shops ({count})", count=garbled))

    def _outcomes(self, shops: tuple[ShopKey, ...]) -> AsyncGenerator[_Outcome, None]:
        if len(shops) > SINGLE_READ_LIMIT and self._config.shop_scope is None:
            return self._read_bulk(shops)
        return self._read_single(shops)

    async def _read_single(self, shops: Sequence[ShopKey]) -> AsyncGenerator[_Outcome, None]:
        size = _SINGLE_READ_BATCH * self._config.in_flight
        for start in range(0, len(shops), size):
            outcomes = await self._wave(shops[start : start + size])
            for outcome in outcomes:
                yield outcome
            down = _down(outcomes)
            if down is not None:
                # The backend is gone; asking for the rest would take hours to say the same of each.
                for shop in shops[start + size :]:
                    yield _Failed(shop=shop, error=down)
                return

    async def _wave(self, shops: Sequence[ShopKey]) -> list[_Outcome]:
        """Nothing is yielded while tasks run: a generator that is left alone must not leave tasks behind."""
        if len(shops) == 1:
            return [await self._one(shops[0])]
        outcomes: list[_Outcome] = []

        async def read(shop: ShopKey) -> None:
            outcomes.append(await self._one(shop))

        async with anyio.create_task_group() as group:
            for shop in shops:
                group.start_soon(read, shop)
        return outcomes

    async def _one(self, shop: ShopKey) -> _Outcome:
        sandbox = self._config.environment is WireEnvironment.SANDBOX
        query = f"environment={self._config.environment.value}" if sandbox else ""
        try:
            with span("read shop", {"reconciler.shop": str(shop)}), log_context(shop=str(shop)):
                reply = await self._get(f"{API}/shops/{shop}/integration", query=query, shop=shop)
        except BackendError as error:
            return _Failed(shop=shop, error=error)
        return decode_observed(reply.json, shop, self._config.environment)

    async def _read_bulk(self, shops: Sequence[ShopKey]) -> AsyncGenerator[_Outcome, None]:
        everything = frozenset(shops)
        left = dict.fromkeys(shops)
        passed: list[CachedPage] = []
        first = True
        singly = False
        poor = 0
        garbled = 0
        failure: BackendError | None = None
        try:
            async with aclosing(pages(self._get, self._config)) as listing:
                async for page in listing:
                    first = False
                    garbled += page.undecodable
                    before = len(left)
                    wanted = tuple(ShopKey(key) for key, _ in page.items if key in left)
                    passed.append(cached_page(page, wanted, everything))
                    self._next_url = page.next_url
                    for seen in self._picked(page, left):
                        yield seen
                    poor += before - len(left) < SINGLE_READ_LIMIT
                    singly = page.has_more and len(left) <= SINGLE_READ_LIMIT * poor
                    if singly or not left:
                        break
        except BackendError as error:
            # A client that may not read in bulk, or a backend without that route, fails on the first page.
            singly = first and isinstance(error, Rejected)
            failure = error
        self.pages = () if left else tuple(passed)
        if singly:
            async for outcome in self._read_single(tuple(left)):
                yield outcome
            return
        for shop in left:
            yield _Failed(shop=shop, error=failure or missing_shop_error(shop, garbled))

    async def read_remaining_pages(self) -> None:
        """A drift check stops at the page with the last declared shop; after it are shops without a manifest."""
        if self._next_url is None:
            return
        first = followed_query(self._next_url, self._config, ROUTE)
        async with aclosing(pages(self._get, self._config, first)) as listing:
            async for page in listing:
                self.pages = (*self.pages, cached_page(page, (), ()))
                self._next_url = page.next_url

    async def reread_changed(
        self, pages: Sequence[CachedPage]
    ) -> AsyncGenerator[tuple[CachedPage, tuple[Observed, ...]], None]:
        for held, following in zip(pages, (*pages[1:], None), strict=True):
            reply = await self._get(ROUTE.path, query=held.query, held=held.version)
            if reply.not_modified:
                continue
            page = decode_page(reply, held.query)
            left = dict.fromkeys(held.shops)
            seen = tuple(self._picked(page, left))
            if left or next_query(reply, self._config, ROUTE) != (following.query if following else None):
                raise PagesRearranged
            yield cached_page(page, held.shops, held.shops), seen

    def _picked(self, page: BulkPage, left: dict[ShopKey, None]) -> Iterator[Observed]:
        """What the page says of the shops that are still wanted. Of a shop it names twice, nothing is believed."""
        times = Counter(key for key, _ in page.items)
        for key, item in page.items:
            if key not in left:
                continue
            shop = ShopKey(key)
            del left[shop]
            if times[key] > 1:
                yield Observed.unknown(shop, decode_error_diagnostic(msg("{shop} is twice on a page", shop=shop), shop))
            else:
                yield decode_observed(item, shop, self._config.environment)


def _down(outcomes: Sequence[_Outcome]) -> BackendError | None:
    failed = [outcome for outcome in outcomes if isinstance(outcome, _Failed) and outcome.tells_nothing]
    return failed[-1].error if failed and len(failed) == len(outcomes) else None


class HttpObserver(PageReading):
    """`ports.ObservingBackend`, `ports.Audit` and `ports.SellerEndpoints` over HTTP. An async context manager: it closes its
    transport, a given one too.

    `transport` None means the network; an application of this process is given as `in_process(application)`. Raises
    ValueError for a config that must not be used.
    """

    def __init__(
        self,
        config: BackendConfig,
        clock: Clock,
        transport: httpx.AsyncBaseTransport | None = None,
        heard: RequestObserver | None = None,
        rate: RequestPacer | None = None,
    ) -> None:
        self._client = Client(config, clock, transport, heard, rate)
        self._reading: FleetReader = FleetReader(self._client.get, config)
        self._config = config

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._client.aclose()

    async def last_changes(self, shop: ShopKey) -> Sequence[AuditEntry]:
        return await last_changes(self._client.get, self._config, shop)

    async def seller_endpoints(self, seller: str) -> frozenset[str]:
        return await seller_endpoints(self._client.get, self._config, seller)

    def observe(self, shops: Sequence[ShopKey]) -> AsyncIterator[Observed]:
        return self._reading.observe(shops)

    @property
    def requests(self) -> Sequence[RequestLogEntry]:
        return self._client.requests
