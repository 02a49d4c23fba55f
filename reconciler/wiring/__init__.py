"""The one place where a port meets its adapter. No logic: which, not how.

In: settings. Out: adapters, each as the port that asked for it. Heavy rooms are imported where they are wired.
"""

from reconciler.adapters.settings import Settings
from reconciler.wiring.backends import audit, backend, diagnose, observer
from reconciler.wiring.embedded import Served, backend_openapi, serve_backend
from reconciler.wiring.machine import (
    clock,
    digest_key,
    in_flight,
    limits,
    load_settings,
    manifests,
    pace,
    run_info,
    secrets,
    shared_key,
)
from reconciler.wiring.plans import read_plan, save_plan
from reconciler.wiring.schemas import schemas
from reconciler.wiring.store import held_leases, history, history_of, journal, leases, store

__all__ = [
    "Served",
    "Settings",
    "audit",
    "backend",
    "backend_openapi",
    "clock",
    "diagnose",
    "digest_key",
    "held_leases",
    "history",
    "history_of",
    "in_flight",
    "journal",
    "leases",
    "limits",
    "load_settings",
    "manifests",
    "observer",
    "pace",
    "read_plan",
    "run_info",
    "save_plan",
    "schemas",
    "secrets",
    "serve_backend",
    "shared_key",
    "store",
]
