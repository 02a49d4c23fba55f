"""The local store: history and coordination of runs, never the truth about the world; for the sidecar, its inbox and outbox."""

from __future__ import annotations

from reconciler.adapters.store.catalogue import StoreCatalogue
from reconciler.adapters.store.database import Store, open_store
from reconciler.adapters.store.desk import StoreDesk
from reconciler.adapters.store.errors import StoreError
from reconciler.adapters.store.history import StoreHistory
from reconciler.adapters.store.inbox import StoreInbox
from reconciler.adapters.store.inbox_as_it_stands import inbox_as_it_stands
from reconciler.adapters.store.journal import StoreJournal
from reconciler.adapters.store.leases import StoreLeases
from reconciler.adapters.store.notifications import StoreNotifications
from reconciler.adapters.store.outbox import StoreOutbox

__all__ = [
    "Store",
    "StoreCatalogue",
    "StoreDesk",
    "StoreError",
    "StoreHistory",
    "StoreInbox",
    "StoreJournal",
    "StoreLeases",
    "StoreNotifications",
    "StoreOutbox",
    "inbox_as_it_stands",
    "open_store",
]
