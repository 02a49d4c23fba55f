"""octoDNS's provider for the store of `bench.stub_admin_api`: reads zones, writes none. Runs in octoDNS's environment.

Either as its providers do, one request a zone over a connection that each thread keeps, or by the store's pages of 500, all of
them before the first zone.
"""

from __future__ import annotations

import json
import threading
from http.client import HTTPConnection
from logging import getLogger
from typing import Any

from octodns.provider.base import BaseProvider
from octodns.record import Record

from bench.octodns_zones import API, PAGE, SUFFIX, records

TTL = 3600


class StoreProvider(BaseProvider):
    SUPPORTS = frozenset({"TXT"})
    SUPPORTS_GEO = False

    def __init__(self, id: str, port: int, *, pages: bool = False, **settings: Any) -> None:  # noqa: A002  # octoDNS's name
        self.log = getLogger(f"StoreProvider[{id}]")
        super().__init__(id, **settings)
        self._port = port
        self._pages = pages
        self._own = threading.local()
        self._lock = threading.Lock()
        self._all: dict[str, Any] = {}

    def populate(self, zone: Any, target: bool = False, lenient: bool = False) -> bool:  # noqa: ARG002  # octoDNS's names
        shop = zone.name.removesuffix(SUFFIX)
        answer = self._listed(shop) if self._pages else self._get(f"{API}/shops/{shop}/integration")
        for name, value in records(answer).items():
            data = {"type": "TXT", "ttl": TTL, "value": value}
            zone.add_record(Record.new(zone, name, data, source=self, lenient=lenient), lenient=lenient)
        return True

    def _apply(self, plan: Any) -> None:
        raise RuntimeError(f"nothing should have changed: {plan}")

    def _listed(self, shop: str) -> Any:
        with self._lock:
            if not self._all:
                self._fetch_all()
        return self._all[shop]

    def _fetch_all(self) -> None:
        url: str | None = f"{API}/integrations?limit={PAGE}&environment=PRODUCTION"
        while url is not None:
            page = self._get(url)
            self._all |= {item["shopKey"]: item for item in page["items"]}
            url = page["nextUrl"] and page["nextUrl"].removeprefix(f"http://127.0.0.1:{self._port}")

    def _get(self, url: str) -> Any:
        if not hasattr(self._own, "connection"):
            self._own.connection = HTTPConnection("127.0.0.1", self._port)
        self._own.connection.request("GET", url)
        answer = self._own.connection.getresponse()
        body = answer.read()
        if answer.status != 200:
            raise RuntimeError(f"{url}: {answer.status}")
        return json.loads(body)
