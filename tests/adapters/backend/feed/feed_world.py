"""A backend that only has the feed, in memory: its clock, its late commits and its failures are a test's to choose."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs

import httpx

from reconciler.adapters.backend.change_feed import HttpChangeFeed
from reconciler.adapters.backend.wire.times import to_wire
from tests.adapters.backend.fakes import config

START = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
URL = "http://feed.invalid"


@dataclass
class WorldClock:
    """Implements ports.Clock: `seconds` is the time that passes, `ahead` how far our time of day is from the world's."""

    seconds: float = 0.0
    ahead: float = 0.0

    def now(self) -> datetime:
        return START + timedelta(seconds=self.seconds + self.ahead)

    def monotonic(self) -> float:
        return 1000.0 + self.seconds

    async def sleep(self, seconds: float) -> None:
        self.seconds += seconds


@dataclass
class ListedShop:
    updated: str
    version: int = 1


@dataclass
class FeedWorld:
    """`ahead` is how far the backend's clock is from the world's. `before_page` is called before each page is read."""

    clock: WorldClock
    ahead: float = 0.0
    shops: dict[str, ListedShop] = field(default_factory=dict)
    before_page: Callable[[], None] = lambda: None
    asked: list[dict[str, str]] = field(default_factory=list)
    answered: list[int] = field(default_factory=list)
    served: dict[str, int] = field(default_factory=dict)
    status: int = 200

    def stamp(self, off: float = 0.0) -> str:
        return to_wire(START + timedelta(seconds=self.clock.seconds + self.ahead + off))

    def change(self, shop: str, off: float = 0.0) -> None:
        """It becomes visible now; its time is `off` seconds from what the backend's clock says."""
        known = self.shops.get(shop)
        self.shops[shop] = ListedShop(updated=self.stamp(off), version=1 if known is None else known.version + 1)

    def feed(self, page_size: int = 2) -> HttpChangeFeed:
        return HttpChangeFeed(config(URL, page_size=page_size), self.clock, httpx.MockTransport(self._answer))

    def _answer(self, request: httpx.Request) -> httpx.Response:
        if request.url.path == "/oauth/token":
            return httpx.Response(200, json={"access_token": "t", "token_type": "Bearer", "expires_in": 10**8})
        self.before_page()
        query = {name: each[0] for name, each in parse_qs(request.url.query.decode()).items()}
        self.asked.append(query)
        if self.status != httpx.codes.OK:
            self.answered.append(self.status)
            body = {"title": "no", "status": self.status, "code": "SHOP_KEY_MISMATCH", "detail": "no"}
            return httpx.Response(self.status, json=body, headers={"Content-Type": "application/problem+json"})
        return self._page(request, query)

    def _page(self, request: httpx.Request, query: dict[str, str]) -> httpx.Response:
        since, after, limit = query.get("updatedSince", ""), query.get("cursor", ""), int(query["limit"])
        found = [key for key, shop in sorted(self.shops.items()) if key > after and shop.updated >= since]
        items = [self._item(key) for key in found[:limit]]
        more = None if len(found) <= limit else str(request.url.copy_merge_params({"cursor": found[limit - 1]}))
        self.served.update((item["shopKey"], int(item["amazonSettings"]["version"])) for item in items)
        content = json.dumps({"items": items, "nextUrl": more})
        tag = f'"{hash(content)}"'
        if request.headers.get("If-None-Match") == tag:
            self.answered.append(304)
            return httpx.Response(304, headers={"ETag": tag})
        self.answered.append(200)
        return httpx.Response(200, content=content, headers={"ETag": tag, "Content-Type": "application/json"})

    def _item(self, key: str) -> dict[str, Any]:
        shop = self.shops[key]
        return {"shopKey": key, "updatedAt": shop.updated, "amazonSettings": {"version": str(shop.version)}}
