"""What happened in a run, kept also where its journal fails.

In: events, as they happen, and a journal. Out: all of them, and a stop where the journal could not keep one: from then on nothing
new may be begun, but what was begun is brought to its end without waiting for the journal, and told. What it did not take is
offered to it once more at the end, and so is what was only noted and was to be kept with it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import Diagnostic, found
from reconciler.core.diagnostics.messages import Text, say
from reconciler.core.runs.events import Event, OfRun, OfShop
from reconciler.core.values import ShopKey
from reconciler.ports import Journal, Unusable


@dataclass(slots=True, kw_only=True)
class Chronicle:
    """`late` are the events that the journal did not take, in their order; `noted` those of each shop that wait for its next one.
    `fail` is told why, once for each that failed.
    """

    journal: Journal
    fail: Callable[[Diagnostic], None]
    events: list[Event] = field(default_factory=list)
    late: list[Event] = field(default_factory=list)
    noted: dict[ShopKey, list[Event]] = field(default_factory=dict)

    async def record(self, event: Event) -> None:
        """Raises nothing of the journal's. The order within a shop is that of its events, whatever failed."""
        if self.late:
            self.late.append(event)
        else:
            await self._keep(event)
        self.events.append(event)

    async def note(self, event: OfShop) -> None:
        """It is kept with what is recorded next of its shop, in its order."""
        if self.late:
            self.late.append(event)
        else:
            await self.journal.note(event)
            self.noted.setdefault(event.shop, []).append(event)
        self.events.append(event)

    async def settle(self) -> None:
        """Once more, in order, for as long as it goes well: what stays out is what a later run looks after."""
        late, self.late = self.late, []
        for event in late:
            if not self.late:
                await self._keep(event)

    async def _keep(self, event: Event) -> None:
        taken_along = self._taken_along(event)
        try:
            await self.journal.record(event)
        except Exception as error:  # noqa: BLE001  # whatever it is, a shop may be closed, and that comes first
            self.late += (*taken_along, event)
            self.fail(unkept(error))

    def _taken_along(self, event: Event) -> Sequence[Event]:
        if not isinstance(event, OfRun):
            return self.noted.pop(event.shop, [])
        noted, self.noted = self.noted, {}
        return [event for of_shop in noted.values() for event in of_shop]


def unkept(error: Exception) -> Diagnostic:
    """Of an error that is not the store's own, the name only: its message may hold anything."""
    return found(
        codes.UNUSABLE,
        say("What the run did could not be recorded, so nothing more was begun: {reason}", reason=_reason(error)),
        way_on=say("Mend it, then run apply again: it first looks after the shops that this run left"),
    )


def _reason(error: Exception) -> Text:
    return error.text if isinstance(error, Unusable) else say("{kind}", kind=type(error).__name__)
