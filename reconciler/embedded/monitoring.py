"""The served backend for those who run it: /healthz, /readyz and /metrics, outside the contract's paths.

It is ready while its database answers. Requests are counted by the contract's routes, as the contract writes them
(`/admin-api/v1/shops/{shopKey}/storefront`), and by the applications of the pages; no label holds a shop.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Final

import anyio
from fastapi import FastAPI
from starlette.types import ASGIApp, Scope

from reconciler.embedded.api.routes import ROUTERS
from reconciler.embedded.storage.database import DatabaseError
from reconciler.serving.health import READY, ReadyCheck, ReadyState, make_health_app, not_ready, with_health
from reconciler.serving.request_metrics import RequestMetrics

ANSWERS_WITHIN: Final = 2.0
"""Seconds for the database, until it counts as not reachable."""

_PAGES: Final = ("/admin", "/shop", "/amazon", "/embedded")
_OTHER: Final = "other"
_PLACE: Final = re.compile(r"\\\{\w+\\\}")


def monitored(application: FastAPI) -> ASGIApp:
    metrics = RequestMetrics("backend", route_of)
    return with_health(metrics.around(application), make_health_app(database_check(application), metrics.text))


def database_check(application: FastAPI) -> ReadyCheck:
    database = application.state.services.database

    async def ready() -> ReadyState:
        try:
            with anyio.fail_after(ANSWERS_WITHIN):
                await anyio.to_thread.run_sync(database.check, abandon_on_cancel=True)
        except (DatabaseError, TimeoutError):
            return not_ready("no-database")
        return READY

    return ready


def route_of(scope: Scope) -> str:
    path: str = scope["path"]
    first = f"/{path.split('/', 2)[1]}" if path.startswith("/") else path
    if first in _PAGES:
        return first
    return next((template for pattern, template in _templates() if pattern.fullmatch(path)), _OTHER)


@cache
def _templates() -> tuple[tuple[re.Pattern[str], str], ...]:
    """Of the contract's routes, with what matches their paths."""
    paths = dict.fromkeys(str(getattr(route, "path", "")) for router in ROUTERS for route in router.routes)
    return tuple((re.compile(_PLACE.sub("[^/]+", re.escape(path))), path) for path in paths)
