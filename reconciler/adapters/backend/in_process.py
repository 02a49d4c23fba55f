"""The transport to an application in this very process: httpx's ASGI transport, no socket."""

from __future__ import annotations

from typing import Any

import httpx


def in_process(application: Any) -> httpx.AsyncBaseTransport:
    """`application` is any ASGI application, ready to answer: no lifespan is run."""
    return httpx.ASGITransport(app=application)
