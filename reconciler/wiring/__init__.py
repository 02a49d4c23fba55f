"""The one place where a port meets its adapter. No logic: which, not how.

In: settings. Out: adapters, each as the port that asked for it. Heavy rooms are imported where they are wired.

The sidecar's joints (`sidecar`, `operators`, `simulating`) are not opened here: only `serve ipn` and `ipn` need them.
"""

from reconciler.adapters.settings.settings import Settings
from reconciler.wiring.backends import audit, backend, backend_error_diagnostic, observer
from reconciler.wiring.embedded import Served, backend_openapi, serve_backend
from reconciler.wiring.manifest_files import (
    drafts,
    editor_schema,
    file_writer,
    formatter,
    load_table,
    manifest_author,
    manifests_in,
)
from reconciler.wiring.plan_files import delete_rollout, fleet_id, load_plan, load_rollout, save_plan, save_rollout
from reconciler.wiring.runtime import (
    clock,
    digest_key,
    group_names,
    in_flight,
    limits,
    load_settings,
    manifests,
    new_run_info,
    pace,
    secrets,
    shared_digest_key,
    shop_names,
)
from reconciler.wiring.schemas import schemas
from reconciler.wiring.store import (
    held_leases,
    history,
    history_of,
    journal,
    leases,
    notification_source,
    open_run_store,
    sync_cache,
)

__all__ = [
    "Served",
    "Settings",
    "audit",
    "backend",
    "backend_error_diagnostic",
    "backend_openapi",
    "clock",
    "delete_rollout",
    "digest_key",
    "drafts",
    "editor_schema",
    "file_writer",
    "fleet_id",
    "formatter",
    "group_names",
    "held_leases",
    "history",
    "history_of",
    "in_flight",
    "journal",
    "leases",
    "limits",
    "load_plan",
    "load_rollout",
    "load_settings",
    "load_table",
    "manifest_author",
    "manifests",
    "manifests_in",
    "new_run_info",
    "notification_source",
    "observer",
    "open_run_store",
    "pace",
    "save_plan",
    "save_rollout",
    "schemas",
    "secrets",
    "serve_backend",
    "shared_digest_key",
    "shop_names",
    "sync_cache",
]
