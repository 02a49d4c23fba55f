"""The store, SQLite or PostgreSQL: history and coordination of runs, and the sidecar's inbox and outbox.

It contains neither desired nor observed settings.
"""

from __future__ import annotations

from reconciler.adapters.store.alerts.alert_outbox import StoreAlerts
from reconciler.adapters.store.copying.copy_store import copy_store
from reconciler.adapters.store.db.backup import backup_store
from reconciler.adapters.store.db.database import Store, open_store
from reconciler.adapters.store.db.errors import StoreError
from reconciler.adapters.store.db.read_only import open_store_for_reading, refuse_other_version
from reconciler.adapters.store.findings.finding_store import StoreFindings
from reconciler.adapters.store.findings.heals import StoreHeals
from reconciler.adapters.store.inbox.admin import StoreInboxAdmin
from reconciler.adapters.store.inbox.inbox import StoreInbox
from reconciler.adapters.store.inbox.io import open_inbox_readonly
from reconciler.adapters.store.inbox.notifications import StoreNotifications
from reconciler.adapters.store.inbox.open_authorizations import StoreAuthorizations
from reconciler.adapters.store.inbox.outbox import StoreOutbox
from reconciler.adapters.store.inbox.work_queue import StoreWorkQueue
from reconciler.adapters.store.retention.prune_store import prune_rows
from reconciler.adapters.store.runs.history import StoreHistory
from reconciler.adapters.store.runs.journal import StoreJournal
from reconciler.adapters.store.runs.leases import StoreLeases

__all__ = [
    "Store",
    "StoreAlerts",
    "StoreAuthorizations",
    "StoreError",
    "StoreFindings",
    "StoreHeals",
    "StoreHistory",
    "StoreInbox",
    "StoreInboxAdmin",
    "StoreJournal",
    "StoreLeases",
    "StoreNotifications",
    "StoreOutbox",
    "StoreWorkQueue",
    "backup_store",
    "copy_store",
    "open_inbox_readonly",
    "open_store",
    "open_store_for_reading",
    "prune_rows",
    "refuse_other_version",
]
