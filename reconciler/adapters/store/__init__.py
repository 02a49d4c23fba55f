"""The local store: history and coordination of runs, never the truth about the world."""

from __future__ import annotations

from reconciler.adapters.store.database import Store, open_store
from reconciler.adapters.store.errors import StoreError
from reconciler.adapters.store.history import StoreHistory
from reconciler.adapters.store.journal import StoreJournal
from reconciler.adapters.store.leases import StoreLeases

__all__ = ["Store", "StoreError", "StoreHistory", "StoreJournal", "StoreLeases", "open_store"]
