"""Implements ports.watch.change_feed.ChangeFeed over `GET /integrations?updatedSince=`.

The backend's times have seconds, may be those of several machines, and may become visible late. So each question goes back
`OVERLAP` seconds behind what the backend's clock certainly said when the last question started; what was reported already is
recognised by its digest. How far the backend's clock is from ours does not matter, and how much time passed is measured with the
monotonic clock. While nothing changes, the same page is requested and answered with 304, at last an empty one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import aclosing
from datetime import datetime, timedelta
from types import TracebackType
from typing import TYPE_CHECKING, Final, Self
from urllib.parse import urlencode

from reconciler.adapters.backend.feed_cursor import STAMP, FeedCursor, backend_identity, read_cursor, state_digest
from reconciler.adapters.backend.http.client import Client, RequestObserver
from reconciler.adapters.backend.http.config import BackendConfig
from reconciler.adapters.backend.http.shared_rate import SharedRate
from reconciler.adapters.backend.pagination import ROUTE, BulkPage, decode_page, next_query, pages, shop_keys
from reconciler.adapters.backend.wire.times import to_wire
from reconciler.core.diagnostics.messages import msg
from reconciler.lib.frozen_class import frozen
from reconciler.ports import Clock, Rejected
from reconciler.ports.watch.change_feed import ChangePage, FeedMissing

if TYPE_CHECKING:
    import httpx

OVERLAP: Final = 120
"""Seconds by which a change may become visible late, together with how far the clocks of the backend's machines differ."""


@frozen
class _Listed:
    """A shop as the backend lists it. `changed` is empty where the backend says no usable time."""

    changed: str
    digest: str


@frozen
class _HeldPage:
    """The whole answer to a question, if it was one page."""

    query: str
    version: str
    shops: Mapping[str, _Listed]


@frozen
class _BackendTime:
    """The backend's clock said `newest` or more at the monotonic time `at`."""

    newest: str
    at: float


class HttpChangeFeed:
    """An async context manager: it closes its transport, a given one too. The other arguments are those of HttpObserver."""

    def __init__(
        self,
        config: BackendConfig,
        clock: Clock,
        transport: httpx.AsyncBaseTransport | None = None,
        heard: RequestObserver | None = None,
        rate: SharedRate | None = None,
    ) -> None:
        self._client = Client(config, clock, transport, heard, rate)
        self._config = config
        self._clock = clock
        self._held: _HeldPage | None = None
        self._time: _BackendTime | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._client.aclose()

    async def changed_since(self, cursor: str | None) -> ChangePage:
        if self._config.shop_scope is not None:
            raise FeedMissing(msg("the client is one of a single shop"))
        backend = backend_identity(self._config)
        known = read_cursor(cursor, backend) or FeedCursor(backend=backend)
        started, own = self._clock.monotonic(), to_wire(self._clock.now())
        listed = await self._list(known.since)
        self._note_time(listed)
        since = self._next_since(known.since, started, own)
        changed = [key for key, shop in listed.items() if shop.digest not in known.seen]
        seen = {shop.digest for shop in listed.values() if not shop.changed or shop.changed >= since}
        following = FeedCursor(backend=backend, since=since, seen=frozenset(seen))
        return ChangePage(shops=frozenset(shop_keys(changed)), cursor=following.text)

    async def _list(self, since: str) -> Mapping[str, _Listed]:
        """What changed at that time or later."""
        words = {"limit": self._config.page_size, "environment": self._config.environment.value}
        query = urlencode(words | ({"updatedSince": since} if since else {}))
        held = self._held if self._held is not None and self._held.query == query else None
        try:
            reply = await self._client.get(ROUTE.path, query=query, held=None if held is None else held.version)
        except Rejected as error:
            raise FeedMissing(error.text) from None
        if held is not None and reply.not_modified:
            return held.shops
        page = decode_page(reply, query)
        found = dict(_listed(page))
        following = next_query(reply, self._config, ROUTE)
        if following is None:
            held = None if page.version is None else _HeldPage(query=query, version=page.version, shops=found)
            self._held = held
            return found
        async with aclosing(pages(self._client.get, self._config, following)) as rest:
            async for page in rest:
                found.update(_listed(page))
        return found

    def _note_time(self, listed: Mapping[str, _Listed]) -> None:
        """A time of another day than ours was written by a wrong clock."""
        tomorrow = to_wire(self._clock.now() + timedelta(days=1))
        newest = max((shop.changed for shop in listed.values() if shop.changed <= tomorrow), default="")
        if newest and (self._time is None or newest > self._time.newest):
            self._time = _BackendTime(newest=newest, at=self._clock.monotonic())

    def _next_since(self, since: str, started: float, own: str) -> str:
        """`OVERLAP` before what the backend's clock said at the least when the question started: a shop of an early page may
        have changed while later pages were read. Never later than our `own` clock said then: a time that a wrong clock once
        wrote hides nothing.
        """
        if self._time is None:
            return since
        newest = datetime.fromisoformat(self._time.newest)
        overlap = timedelta(seconds=OVERLAP)
        certain = newest + timedelta(seconds=started - self._time.at) - overlap
        ours = datetime.fromisoformat(own) - overlap
        return max(since, _stamp(min(certain, newest + timedelta(seconds=1), ours)))


def _listed(page: BulkPage) -> Iterator[tuple[str, _Listed]]:
    for key, item in page.items:
        yield key, _Listed(changed=_moment(item.get("updatedAt")), digest=state_digest(item))


def _moment(value: object) -> str:
    if not isinstance(value, str) or STAMP.fullmatch(value) is None:
        return ""
    try:
        return _stamp(datetime.fromisoformat(value))
    except ValueError:
        return ""


def _stamp(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")
