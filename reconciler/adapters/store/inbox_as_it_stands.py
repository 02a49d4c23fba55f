"""The inbox for those who only look: neither made nor migrated. A sidecar of another version may be at work on it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager

from sqlalchemy import inspect

from reconciler.adapters.store.database import Store, store_as_it_stands
from reconciler.adapters.store.errors import StoreError
from reconciler.adapters.store.inbox_tables import ipn_messages
from reconciler.core.diagnostics.messages import say


@contextmanager
def inbox_as_it_stands(location: str) -> Iterator[Store]:
    """Raises StoreError, also where there is no inbox in it."""
    with closing(store_as_it_stands(location)) as store:
        with store.reading() as connection:
            has_inbox = inspect(connection).has_table(ipn_messages.name)
        if not has_inbox:
            raise StoreError(
                say("The store {place} holds no inbox: no sidecar was ever at work on it", place=store.place)
            )
        yield store
