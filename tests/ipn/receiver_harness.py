"""The real receiver: an inbox on SQLite, the key ring over a throwaway signer's certificate, the application.

Named fakes: a clock that is set by the test, a directory of one shop, keys in memory. Posted to in this process, or over a
socket where transport is what a test is about.
"""

from __future__ import annotations

import io
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property
from pathlib import Path
from socket import create_server
from typing import Any

import anyio
import httpx
from anyio.abc import SocketStream
from sqlalchemy import select

from reconciler.adapters.files.certificate_files import FolderOfCertificates
from reconciler.adapters.store.db.database import Store, open_store
from reconciler.adapters.store.db.inbox_tables import ipn_quarantine
from reconciler.adapters.store.inbox.admin import StoreInboxAdmin
from reconciler.adapters.store.inbox.inbox import StoreInbox
from reconciler.adapters.store.inbox.work_queue import StoreWorkQueue
from reconciler.core.values import ShopKey
from reconciler.ipn.receive.app import PortDispatcher, PublicApp, readiness_check
from reconciler.ipn.receive.certificate_cache import OTHERS, CertificateCache
from reconciler.ipn.receive.kept_certificates import KeptCertificates
from reconciler.ipn.receive.message_verifier import MessageVerifier, TrustPolicy
from reconciler.ipn.receive.readmission import Readmission
from reconciler.ipn.receive.receiver import Receiver
from reconciler.ipn.receive.request_limits import BodyLimiter, RequestLimits, ShutdownToken
from reconciler.ipn.runtime.backgrounds import Background, lifespan
from reconciler.ipn.telemetry.metrics import CountedKeys, Metrics
from reconciler.ports.inbox import Inbox, InboxMessage
from reconciler.ports.inbox_admin import InboxFilter
from reconciler.ports.shop_directory import ShopIdentity
from reconciler.ports.signing_keys import SigningKeys
from reconciler.serving.health import make_health_app
from reconciler.serving.server import Server, ServerHooks, build_server
from tests.support.manual_clock import HandClock
from tests.support.sns_signer import SELLER, TOPIC_PATTERN, Keys, Signer, capture_message

SHOP = ShopKey("kyoto-tea")
PATH = "/amazon-pay/kyoto-tea"
IDENTITY = ShopIdentity(
    shop=SHOP, site_url=f"https://ipn.platform.example{PATH}", seller_id=SELLER, email="pay@kyoto-tea.example"
)


@dataclass
class House:
    """Implements ShopDirectory. `fresh` is the result of a read without cache; an exception is raised."""

    shops: dict[str, ShopIdentity | Exception] = field(default_factory=lambda: {PATH: IDENTITY})
    fresh: dict[str, ShopIdentity | Exception] | None = None
    asked: list[tuple[str, bool]] = field(default_factory=list)
    loaded: Any = 1

    async def by_path(self, path: str, *, host: str = "", fresh: bool = False) -> ShopIdentity | None:
        self.asked.append((path, fresh))
        found = (self.fresh if fresh and self.fresh is not None else self.shops).get(path)
        if isinstance(found, Exception):
            raise found
        return found

    async def by_key(self, shop: ShopKey, *, fresh: bool = False) -> ShopIdentity | None:
        known = [each for each in self.shops.values() if isinstance(each, ShopIdentity)]
        return next((each for each in known if each.shop == shop), None)

    async def by_seller(self, seller_id: str) -> list[ShopIdentity]:
        known = [shop for shop in self.shops.values() if isinstance(shop, ShopIdentity)]
        return [shop for shop in known if shop.seller_id == seller_id]


@dataclass
class FrontDesk:
    store: Store
    clock: HandClock = field(default_factory=HandClock)
    signer: Signer = field(default_factory=Signer)
    house: House = field(default_factory=House)
    limits: RequestLimits = field(default_factory=RequestLimits)
    topics: tuple[str, ...] = (TOPIC_PATTERN,)
    environment: str = "production"
    keys: SigningKeys | None = None
    pinned: bool = False
    kept: Path | None = None
    inbox: Inbox | None = None
    rung: int = 0

    def __post_init__(self) -> None:
        self.metrics = Metrics()
        self.closing = ShutdownToken()
        self.keys = self.keys or Keys({self.signer.url: self.signer.pem})
        self.inbox = self.inbox or StoreInbox(self.store)
        self.catalogue = StoreInboxAdmin(self.store)
        files = None if self.kept is None else FolderOfCertificates(self.kept, private=True)
        self.ring = CertificateCache(
            CountedKeys(self.keys, self.metrics),
            self.clock,
            pinned=self.pinned,
            kept=None if files is None else KeptCertificates(files, self.metrics),
        )
        self.others = CertificateCache(CountedKeys(self.keys, self.metrics), self.clock, OTHERS, pinned=self.pinned)

    @property
    def verifier(self) -> MessageVerifier:
        trusted = TrustPolicy(topics=self.topics, environment=self.environment, max_age=timedelta(days=21), sha1=True)
        return MessageVerifier(self.house, self.ring, self.others, trusted)

    @cached_property
    def front(self) -> PublicApp:
        receiver = Receiver(
            directory=self.house,
            verifier=self.verifier,
            inbox=self.inbox,
            clock=self.clock,
            metrics=self.metrics,
            kept=self._ring,
        )
        return PublicApp(receiver, BodyLimiter(self.limits, self.closing), self.metrics, whole=self.limits.whole)

    @property
    def operators(self) -> Any:
        ready = readiness_check(self.closing, self.house, StoreWorkQueue(self.store, self.clock))
        return make_health_app(ready, self.metrics.text)

    @property
    def readmission(self) -> Readmission:
        """Under the present topics."""
        return Readmission(
            verifier=self.verifier, directory=self.house, inbox=self.inbox, admin=self.catalogue, clock=self.clock
        )

    def _ring(self) -> None:
        self.rung += 1

    async def post(self, content: bytes | None = None, path: str = PATH, **words: Any) -> httpx.Response:
        """Without a content: a genuine capture."""
        posted = self.signer.body(capture_message()) if content is None else content
        async with self.client() as http:
            return await http.post(path, content=posted, **words)

    def client(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(transport=httpx.ASGITransport(self.front), base_url="http://sidecar")

    async def entries(self) -> list[InboxMessage]:
        return list(reversed(await self.catalogue.entries(InboxFilter(limit=9999))))

    def refused(self) -> list[str]:
        """The reasons of what is in quarantine, in order."""
        with self.store.reading() as connection:
            return list(connection.scalars(select(ipn_quarantine.c.reason).order_by(ipn_quarantine.c.number)))

    def counted(self, name: str) -> dict[str, float]:
        """The lines of one metric that are not 0, by their labels."""
        lines = (line.rpartition(" ") for line in self.metrics.text().decode().splitlines() if not line.startswith("#"))
        wanted = f"reconciler_ipn_{name}"
        return {
            reported.removeprefix(wanted): float(value)
            for reported, _, value in lines
            if reported.partition("{")[0] == wanted and float(value)
        }


def open_desk(folder: Path, **other: Any) -> FrontDesk:
    return FrontDesk(store=open_store(folder / "inbox.db"), **other)


@dataclass
class Served:
    port: int
    operators_port: int
    server: Server
    streams: list[SocketStream] = field(default_factory=list)

    async def connect(self) -> SocketStream:
        """Closed at the end."""
        self.streams.append(await anyio.connect_tcp("127.0.0.1", self.port))
        return self.streams[-1]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def operators_url(self) -> str:
        return f"http://127.0.0.1:{self.operators_port}"


@asynccontextmanager
async def served(
    desk: FrontDesk, *, head: float = 5.0, backgrounds: dict[str, Background] | None = None
) -> AsyncIterator[Served]:
    """Over a socket, as in production, until the block ends: then it is stopped."""
    listening = [create_server(("127.0.0.1", 0)) for _ in range(2)]
    ports = [each.getsockname()[1] for each in listening]
    living = lifespan(backgrounds or {}, desk.clock, desk.metrics)
    app = PortDispatcher(living, desk.front, desk.operators, ports[1])
    hooks = ServerHooks(stopping=desk.closing.close, malformed=desk.metrics.malformed)
    running = build_server(app, hooks, head_within=head)
    async with anyio.create_task_group() as group:
        group.start_soon(lambda: running.serve(sockets=listening))
        at = Served(ports[0], ports[1], running)
        try:
            yield at
        finally:
            running.should_exit = True
            for stream in at.streams:
                await anyio.aclose_forcefully(stream)


async def everything(stream: SocketStream) -> bytes:
    """Until the other side closes; fails where that takes long."""
    content = b""
    with anyio.fail_after(30):
        try:
            async for chunk in stream:
                content += chunk
        except anyio.BrokenResourceError:
            pass  # the connection is closed abruptly
    return content


def head(length: int | str, *more: str, method: str = "POST", path: str = PATH) -> bytes:
    lines = [f"{method} {path} HTTP/1.1", "Host: ipn.platform.example", f"Content-Length: {length}", *more, "", ""]
    return "\r\n".join(lines).encode()


def lines_of(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]
