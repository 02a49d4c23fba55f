"""A journal that stores nothing, for a run without a store. The events still reach the report and the listeners."""

from __future__ import annotations

from reconciler.core.runs.events import Event, StepStarted
from reconciler.ports import LeaseInfo


class ForgetfulJournal:
    """Implements ports.Journal."""

    async def record(self, event: Event) -> None:
        """Returns at once: there is nothing to wait for."""

    async def record_intent(self, event: StepStarted, lease: LeaseInfo) -> None:
        """As `record`."""

    async def record_lazily(self, event: Event) -> None:
        """As `record`."""
