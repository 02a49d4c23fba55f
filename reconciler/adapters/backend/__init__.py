"""The admin backend over HTTP: `HttpObserver` reads, `HttpBackend` also writes. Everything else here is their inside.

In: a `BackendConfig`, a clock, and where the backend is in-process its transport. Out: `Observed`, `Receipt`, or one of
the errors of `ports`. What is spoken on the wire stands in `docs/backend.md`.
"""

from __future__ import annotations

from reconciler.adapters.backend import bare_httpx  # noqa: F401  # first, before what imports httpx whole
from reconciler.adapters.backend.config import BackendConfig, Environment
from reconciler.adapters.backend.errors import diagnose
from reconciler.adapters.backend.execute import HttpBackend
from reconciler.adapters.backend.observe import HttpObserver

__all__ = ["BackendConfig", "Environment", "HttpBackend", "HttpObserver", "diagnose"]
