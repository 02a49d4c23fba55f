"""Deletes what is old of the onboarding: shops that no status has been about since. The last status stays whole."""

from __future__ import annotations

from sqlalchemy import Connection, delete, func, select

from reconciler.adapters.store.db.onboarding_tables import onboarding_shops


def prune_onboarding(connection: Connection, before: str) -> int:
    """Shops whose last status was made before, UTC text."""
    other = onboarding_shops.alias()
    last = select(func.max(other.c.checked)).where(other.c.fleet == onboarding_shops.c.fleet).scalar_subquery()
    old = (onboarding_shops.c.checked < before, onboarding_shops.c.checked < last)
    return connection.execute(delete(onboarding_shops).where(*old)).rowcount
