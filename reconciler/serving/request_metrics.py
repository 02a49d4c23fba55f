"""Requests of a server, counted for Prometheus: by route and status, and how long they took.

In: a word for each request, of a closed list: no part of a path that someone chose, so no shop. Out: an application that counts
what another one answers, and a text. The registry is its own.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Histogram, disable_created_metrics, generate_latest
from starlette.types import ASGIApp, Message, Receive, Scope, Send

disable_created_metrics()  # type: ignore[no-untyped-call]  # a second series for each counter

_SECONDS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
_NO_ANSWER: Final = "none"
"""The status of a request whose connection ended before its answer started."""


class RequestMetrics:
    """`service` names the server, `route_of` the class of a request."""

    def __init__(self, service: str, route_of: Callable[[Scope], str]) -> None:
        self.registry = CollectorRegistry()
        self._route_of = route_of
        name = f"reconciler_{service}"
        self._count = Counter(
            f"{name}_requests", "Requests by route and HTTP status", ("route", "status"), registry=self.registry
        )
        self._seconds = Histogram(
            f"{name}_request_seconds",
            "Time from a request to the end of its answer, by route",
            ("route",),
            buckets=_SECONDS,
            registry=self.registry,
        )

    def around(self, app: ASGIApp) -> ASGIApp:
        async def counted(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] != "http":
                await app(scope, receive, send)
                return
            route, began, status = self._route_of(scope), time.perf_counter(), _NO_ANSWER

            async def noting(message: Message) -> None:
                nonlocal status
                if message["type"] == "http.response.start":
                    status = str(message["status"])
                await send(message)

            try:
                await app(scope, receive, noting)
            finally:
                self._count.labels(route, status).inc()
                self._seconds.labels(route).observe(time.perf_counter() - began)

        return counted

    def text(self) -> bytes:
        """In Prometheus's text format."""
        return generate_latest(self.registry)
