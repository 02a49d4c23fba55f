"""Which shop has which path: all shops' Amazon設定, read in bulk from the backend and cached for a while.

In: the observing backend, a clock. Out: a shop's identity by the path of its 販売事業者様サイトURL, or by its key. Reads only.
Only `run` loads, every few minutes and on a request for an unknown path, so many requests cause one load. Amazon waits
15 seconds: a caller waits for a load for WAIT at most.

"There is no such shop" makes Amazon give up, so it is returned only after a complete load that started after the call; the same
holds for `fresh` by path. By key, `fresh` reads that shop alone. Otherwise it is DirectoryUnavailable: the shop may have changed
a moment ago. Where nothing is wrong, and only the next load is not due yet, it is ShopsReadRecently. A shop that could not be
read keeps its known path. A path of several shops is decided by the host, and belongs to none if that is not enough. Paths are
compared as they are on the wire: non-ASCII characters percent-encoded, `%e3` as `%E3`, no other normalisation.
"""

from __future__ import annotations

import re
import string
from collections.abc import Mapping, Sequence
from dataclasses import field, replace
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Final
from urllib.parse import quote, urlsplit

import anyio

from reconciler.core.model.kinds import AmazonSettings
from reconciler.core.model.state import Observed
from reconciler.core.values import ShopKey
from reconciler.lib.frozen_class import frozen
from reconciler.ports import BackendError, Clock, ObservingBackend
from reconciler.ports.shop_directory import DirectoryUnavailable, ShopIdentity, ShopsReadRecently

REFRESH_INTERVAL: Final = timedelta(minutes=5)
RETRY_INTERVAL: Final = timedelta(seconds=10)
"""Between two loads at least, for any requests; ten times the duration of a load if that is more."""

STALE_AFTER: Final = timedelta(hours=24)
"""How long the backend may be away before what is remembered counts as nothing."""

MAX_WAIT: Final = 8.0

_Path = str


@frozen
class _Known:
    """`complete`: every shop of the backend could be read, so a path that is not here belongs to none.

    `loaded` is when that load started, None: never; `number` counts the loads from 1. A path has all shops that claim it.
    """

    loaded: datetime | None = None
    number: int = 0
    complete: bool = False
    shops: Mapping[ShopKey, ShopIdentity] = field(default_factory=dict)
    paths: Mapping[_Path, tuple[ShopIdentity, ...]] = field(default_factory=dict)


class BackendDirectory:
    """Implements ports.ShopDirectory, as long as `run` runs."""

    def __init__(self, backend: ObservingBackend, clock: Clock, *, wait: float = MAX_WAIT) -> None:
        self._backend = backend
        self._clock = clock
        self._wait = wait
        self._known = _Known()
        self._tried: datetime | None = None
        self._took = timedelta()
        self._loads_started = 0
        self._loading = False
        self._wanted = anyio.Event()
        self._done = anyio.Event()

    @property
    def loaded(self) -> datetime | None:
        """As of when it knows the shops."""
        return self._known.loaded

    async def run(self) -> None:
        """Until it is cancelled."""
        while True:
            await self._load()
            await self._pause()

    async def by_path(self, path: str, *, host: str = "", fresh: bool = False) -> ShopIdentity | None:
        path, since = _one_spelling(path), self._loads_started
        if fresh or path not in self._usable().paths:
            await self._ask()
        known = self._usable()
        if fresh or path not in known.paths:
            self._insist(known, since)
        return _of_host(known.paths.get(path, ()), host)

    async def by_key(self, shop: ShopKey, *, fresh: bool = False) -> ShopIdentity | None:
        if fresh:
            return await self._read_one(shop)
        since = self._loads_started
        if shop not in self._usable().shops:
            await self._ask()
        known = self._usable()
        if shop not in known.shops:
            self._insist(known, since)
        return known.shops.get(shop)

    async def _read_one(self, shop: ShopKey) -> ShopIdentity:
        """Read alone, and remembered. Raises DirectoryUnavailable."""
        identity: ShopIdentity | None = None
        try:
            with anyio.fail_after(self._wait):
                async for observed in self._backend.observe([shop]):
                    identity = identity_of(observed)
        except (BackendError, TimeoutError):
            identity = None
        if identity is None:
            raise DirectoryUnavailable("the shop could not be read")
        shops = {**self._known.shops, shop: identity}
        self._known = replace(self._known, shops=shops, paths=_by_path(shops))
        return identity

    async def by_seller(self, seller_id: str) -> Sequence[ShopIdentity]:
        known = self._usable()
        found = tuple(shop for shop in known.shops.values() if shop.seller_id == seller_id)
        if not found and not known.complete:
            raise DirectoryUnavailable("not all shops could be read")
        return found

    def _insist(self, known: _Known, since: int) -> None:
        """Raises DirectoryUnavailable if the load was incomplete, had started before `since`, or is still running."""
        if not known.complete:
            raise DirectoryUnavailable("not all shops could be read")
        if known.number <= since and self._loading:
            raise DirectoryUnavailable("the shops could not be read in time")
        if known.number <= since:
            raise ShopsReadRecently("the shops were read a moment ago, and are not read again yet")

    def _usable(self) -> _Known:
        """What is known, or nothing where that is too long ago."""
        loaded = self._known.loaded
        return self._known if loaded is not None and self._clock.now() - loaded <= STALE_AFTER else _Known()

    async def _ask(self) -> None:
        """Has it loaded again and waits for that; not where it was loaded just now."""
        if not self._loading:
            if self._is_quiet():
                return
            self._wanted.set()
        done = self._done
        with anyio.move_on_after(self._wait):
            await done.wait()

    def _is_quiet(self) -> bool:
        return self._tried is not None and timedelta() <= self._clock.now() - self._tried < max(
            RETRY_INTERVAL, 10 * self._took
        )

    async def _pause(self) -> None:
        async with anyio.create_task_group() as group:

            async def in_time() -> None:
                await self._clock.sleep(REFRESH_INTERVAL.total_seconds())
                group.cancel_scope.cancel()

            group.start_soon(in_time)
            await self._wanted.wait()
            group.cancel_scope.cancel()

    async def _load(self) -> None:
        """Other failures than the backend's are raised; no waiting caller is left without a result."""
        began = self._clock.now()
        self._loads_started += 1
        self._loading, self._wanted = True, anyio.Event()
        try:
            self._known = await self._read(began)
        except BackendError:
            self._known = replace(self._known, complete=False)
        finally:
            self._tried = self._clock.now()
            self._took = self._tried - began
            self._loading = False
            self._done.set()
            self._done = anyio.Event()

    async def _read(self, began: datetime) -> _Known:
        listed = [shop async for shop in self._backend.shops()]
        shops: dict[ShopKey, ShopIdentity] = {}
        unread = 0
        async for observed in self._backend.observe(listed):
            identity = identity_of(observed)
            if identity is None:
                unread += 1
                identity = self._usable().shops.get(observed.shop)
            if identity is not None:
                shops[observed.shop] = identity
        return _Known(loaded=began, number=self._loads_started, complete=not unread, shops=shops, paths=_by_path(shops))


def _of_host(shops: tuple[ShopIdentity, ...], host: str) -> ShopIdentity | None:
    """The one, if any, of those that claim one path. Raises DirectoryUnavailable if that is unknown."""
    if len(shops) > 1:
        name = _host(f"//{host}")
        shops = tuple(shop for shop in shops if name is not None and _host(shop.site_url) == name)
        if len(shops) != 1:
            raise DirectoryUnavailable("several shops have this path")
    return shops[0] if shops else None


def identity_of(observed: Observed) -> ShopIdentity | None:
    """None where the shop could not be read."""
    settings = observed.kind(AmazonSettings)
    if settings is None:
        return None
    return ShopIdentity(
        shop=observed.shop,
        site_url=_text(settings.merchant_site_url),
        seller_id=_text(settings.seller_id),
        email=_text(settings.notification_email),
    )


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _by_path(shops: Mapping[ShopKey, ShopIdentity]) -> Mapping[_Path, tuple[ShopIdentity, ...]]:
    paths: dict[_Path, tuple[ShopIdentity, ...]] = {}
    for identity in shops.values():
        path = _path(identity.site_url)
        if path is not None:
            paths[path] = (*paths.get(path, ()), identity)
    return paths


def _path(url: str | None) -> _Path | None:
    """None if there is no host."""
    if url is None:
        return None
    try:
        path = urlsplit(url).path
    except ValueError:
        return None
    return _one_spelling(path) if path not in {"", "/"} else None


@lru_cache(maxsize=1024)
def _one_spelling(path: str) -> _Path:
    return re.sub("%[0-9a-fA-F]{2}", lambda sign: sign[0].upper(), quote(path, safe=string.punctuation))


def _host(url: str | None) -> str | None:
    """In lower case, without a port."""
    try:
        return urlsplit(url or "").hostname
    except ValueError:
        return None
