"""The events of a run, kept also if its journal fails.

In: events, as they happen, and a journal. Out: all of them, and a stop if the journal could not store one: from then on nothing
new may start, but started work is finished without waiting for the journal, and reported. Events that it did not store are
offered once more at the end, and so are lazily recorded ones that were to be stored with them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import Diagnostic, diagnostic
from reconciler.core.diagnostics.messages import Message, msg
from reconciler.core.runs.events import Event, RunEvent, ShopEvent, StepStarted
from reconciler.core.values import ShopKey
from reconciler.ports import Journal, LeaseHeld, LeaseInfo, SetupError


@dataclass(slots=True, kw_only=True)
class EventRecorder:
    """`late` are the events that the journal did not store, in their order; `noted` those of each shop that wait for its next
    one. `fail` gets the reason, once per failure; `keep` takes every event, for the report.
    """

    journal: Journal
    fail: Callable[[Diagnostic], None]
    keep: Callable[[Event], None]
    unrecorded: list[Event] = field(default_factory=list)
    deferred: dict[ShopKey, list[Event]] = field(default_factory=dict)

    async def record(self, event: Event) -> None:
        """Raises nothing of the journal's. The order within a shop is that of its events, after any failure."""
        if self.unrecorded:
            self.unrecorded.append(event)
        else:
            await self._keep(event)
        self.keep(event)

    async def record_intent(self, event: StepStarted, lease: LeaseInfo) -> None:
        """Before a write, and only while the shop is written under `lease`. Raises LeaseHeld, nothing else of the journal's."""
        if self.unrecorded:
            self.unrecorded.append(event)
        else:
            await self._keep_intent(event, lease)
        self.keep(event)

    async def _keep_intent(self, event: StepStarted, lease: LeaseInfo) -> None:
        taken_along = self._taken_along(event)
        try:
            await self.journal.record_intent(event, lease)
        except LeaseHeld:
            raise
        except Exception as error:  # noqa: BLE001  # as in `_keep`
            self.unrecorded += (*taken_along, event)
            self.fail(recording_failed_diagnostic(error))

    async def record_lazily(self, event: ShopEvent) -> None:
        """It is kept with what is recorded next of its shop, in its order."""
        if self.unrecorded:
            self.unrecorded.append(event)
        else:
            await self.journal.record_lazily(event)
            self.deferred.setdefault(event.shop, []).append(event)
        self.keep(event)

    async def flush(self) -> None:
        """Once more, in order, until one fails: a later run recovers what is missing."""
        late, self.unrecorded = self.unrecorded, []
        for event in late:
            if not self.unrecorded:
                await self._keep(event)

    async def _keep(self, event: Event) -> None:
        taken_along = self._taken_along(event)
        try:
            await self.journal.record(event)
        except Exception as error:  # noqa: BLE001  # after any error a shop may be closed, and that comes first
            self.unrecorded += (*taken_along, event)
            self.fail(recording_failed_diagnostic(error))

    def _taken_along(self, event: Event) -> Sequence[Event]:
        if not isinstance(event, RunEvent):
            return self.deferred.pop(event.shop, [])
        noted, self.deferred = self.deferred, {}
        return [event for of_shop in noted.values() for event in of_shop]


def recording_failed_diagnostic(error: Exception) -> Diagnostic:
    """Of an error that is not the store's own, the name only: its message may hold anything."""
    return diagnostic(
        codes.UNUSABLE,
        msg("The run could not be recorded, so nothing further was started: {reason}", reason=_reason(error)),
        hint=msg(
            "Fix this, then run `reconciler apply` again; it first recovers the shops that this run left unfinished"
        ),
    )


def _reason(error: Exception) -> Message:
    return error.text if isinstance(error, SetupError) else msg("{kind}", kind=type(error).__name__)
