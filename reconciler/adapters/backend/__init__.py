"""The admin backend over HTTP: `HttpObserver` reads, `HttpBackend` also writes.

In: a `BackendConfig`, a clock, and a transport where the backend is in-process. Out: `Observed`, `WriteResult`, or an error
of `ports`. The contract is in `docs/backend.md`.
"""

from __future__ import annotations

from reconciler.adapters.backend.http import import_httpx as bare_httpx  # noqa: F401  # first, before what imports httpx whole
from reconciler.adapters.backend.http.config import BackendConfig, WireEnvironment
from reconciler.adapters.backend.http.interpret import error_diagnostic
from reconciler.adapters.backend.observer import HttpObserver
from reconciler.adapters.backend.writer import HttpBackend

__all__ = ["BackendConfig", "HttpBackend", "HttpObserver", "WireEnvironment", "error_diagnostic"]
