"""Deletes what is old of healing. A proposed plan stays: it is withdrawn when its findings are resolved."""

from __future__ import annotations

from sqlalchemy import Connection, delete

from reconciler.adapters.store.db.heal_tables import heals


def prune_heals(connection: Connection, before: str) -> int:
    """Heals that were made before, UTC text."""
    return connection.execute(delete(heals).where(heals.c.at < before)).rowcount
