"""The sidecar's server that verifies and keeps nothing: PATH FILE, a shop's path and a certificate. Prints its port;
ends on SIGTERM. Its log goes nowhere, as that of the sidecar in the benchmark.
"""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from starlette.applications import Starlette
from starlette.types import Receive, Scope, Send

from reconciler.core.values import ShopKey
from reconciler.ipn.receive.app import PublicApp
from reconciler.ipn.receive.certificate_cache import CertificateCache
from reconciler.ipn.receive.message_verifier import MessageVerifier, TrustPolicy
from reconciler.ipn.receive.receiver import Receiver
from reconciler.ipn.receive.request_limits import BodyLimiter, RequestLimits, ShutdownToken
from reconciler.ipn.telemetry import logs
from reconciler.ipn.telemetry.metrics import Metrics
from reconciler.lib.output_queue import OutputQueue, QueuedLog
from reconciler.ports.inbox import ReceivedMessage, StoreOutcome
from reconciler.ports.quarantine import RejectedMessage
from reconciler.ports.shop_directory import ShopIdentity
from reconciler.serving.listener import bind, port_of
from reconciler.serving.server import ServerHooks, serve
from reconciler.wiring.runtime import clock
from tests.support.sns_signer import SELLER, TOPIC_PATTERN, Keys, certificate_url

TRUSTED = TrustPolicy(topics=(TOPIC_PATTERN,), environment="production", max_age=timedelta(days=21), sha1=True)


class NothingKept:
    """Implements ports.Inbox."""

    async def keep(self, arrival: ReceivedMessage) -> StoreOutcome:  # noqa: ARG002  # the port's signature
        return StoreOutcome.STORED

    async def quarantine(self, refusal: RejectedMessage) -> None: ...

    async def prune(self, before: datetime) -> int:  # noqa: ARG002  # as above
        return 0


class OneShop:
    """Implements ports.ShopDirectory."""

    loaded = datetime.now(UTC)

    def __init__(self, path: str) -> None:
        self._path = path
        self._shop = ShopIdentity(
            shop=ShopKey("kyoto-tea"), site_url=f"https://ipn.platform.example{path}", seller_id=SELLER, email=None
        )

    async def by_path(self, path: str, *, host: str = "", fresh: bool = False) -> ShopIdentity | None:  # noqa: ARG002  # as above
        return self._shop if path == self._path else None

    async def by_seller(self, seller: str) -> Sequence[ShopIdentity]:
        return [self._shop] if seller == SELLER else []

    async def by_key(self, shop: ShopKey) -> ShopIdentity | None:  # noqa: ARG002  # as above
        return self._shop


def main(path: str, certificate: bytes) -> None:
    logs.configure(QueuedLog(OutputQueue(os.open(os.devnull, os.O_WRONLY))))  # type: ignore[arg-type]  # what a logger uses of one
    metrics, shutting, limits = Metrics(), ShutdownToken(), RequestLimits()
    directory = OneShop(path)
    ring = CertificateCache(Keys({certificate_url(): certificate}), clock(), pinned=True)
    receiver = Receiver(
        directory=directory,
        verifier=MessageVerifier(directory, ring, ring, TRUSTED),
        inbox=NothingKept(),
        clock=clock(),
        metrics=metrics,
        kept=lambda: None,
    )
    front = PublicApp(receiver, BodyLimiter(limits, shutting), metrics, whole=limits.whole)

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await (Starlette() if scope["type"] == "lifespan" else front)(scope, receive, send)

    hooks = ServerHooks(stopping=shutting.close, malformed=metrics.malformed)
    with bind("127.0.0.1", 0) as listener:
        print(port_of(listener), flush=True)
        asyncio.run(serve(app, [listener], on_ready=lambda _port: None, hooks=hooks))


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]).read_bytes())
