"""The one place where a port meets its adapter. No logic: which, not how.

In: settings. Out: adapters, each as the port that asked for it. Heavy rooms are imported where they are wired.

The sidecar's joints (`sidecar`, `operators`, `simulating`) are not opened here: only `serve ipn` and `ipn` need them.
"""

from reconciler.adapters.settings.settings import Settings
from reconciler.wiring.backends import audit, backend, diagnose, observer
from reconciler.wiring.embedded import Served, backend_openapi, serve_backend
from reconciler.wiring.manifest_files import (
    drafts,
    editor_schema,
    file_writer,
    formatter,
    manifest_author,
    manifests_in,
    read_table,
)
from reconciler.wiring.plan_files import fleet, forget_order, keep_order, kept_order, read_plan, save_plan
from reconciler.wiring.runtime import (
    clock,
    digest_key,
    group_names,
    in_flight,
    limits,
    load_settings,
    manifests,
    pace,
    run_info,
    secrets,
    shared_key,
    shop_names,
)
from reconciler.wiring.schemas import schemas
from reconciler.wiring.store import ear, held_leases, history, history_of, journal, leases, memory, store

__all__ = [
    "Served",
    "Settings",
    "audit",
    "backend",
    "backend_openapi",
    "clock",
    "diagnose",
    "digest_key",
    "drafts",
    "ear",
    "editor_schema",
    "file_writer",
    "fleet",
    "forget_order",
    "formatter",
    "group_names",
    "held_leases",
    "history",
    "history_of",
    "in_flight",
    "journal",
    "keep_order",
    "kept_order",
    "leases",
    "limits",
    "load_settings",
    "manifest_author",
    "manifests",
    "manifests_in",
    "memory",
    "observer",
    "pace",
    "read_plan",
    "read_table",
    "run_info",
    "save_plan",
    "schemas",
    "secrets",
    "serve_backend",
    "shared_key",
    "shop_names",
    "store",
]
