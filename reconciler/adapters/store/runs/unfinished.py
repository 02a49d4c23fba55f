"""What one run's events leave open of one shop. A pure fold: events in, `ShopProgress` out.

It is what must be looked at again, not how the shop is: that only the backend knows.

What a run left open of a shop, read back from its events since the shop was last settled.

In: a row of `run_shops`. Out: its `ShopProgress`. An event that cannot be read, a newer version's or a damaged one, may have
been a closing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from sqlalchemy import Connection, RowMapping, select

from reconciler.adapters.store.db.run_tables import events
from reconciler.adapters.store.runs import plan_outline as outline
from reconciler.core.documents.event_codec import DocumentError, decode_event
from reconciler.core.planning.plan import StepKind
from reconciler.core.runs.events import (
    Event,
    ReopenFailed,
    ShopFinished,
    ShopReopened,
    StepDone,
    StepFailed,
    StepStarted,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ShopProgress:
    """`does` is what the shop's steps do, in order; a step that is not among them closes and reopens nothing.

    `closed`: asked to be closed, not certainly refused, not reopened. `intents` maps a step begun and without outcome to its key.
    `before` is what `closed` was before the closing that is under way. `opened`: the run itself opened the shop, or found it so.
    """

    step_kinds: Sequence[StepKind] = ()
    closed: bool = False
    closed_before: bool = False
    opened: bool = False
    intents: Mapping[int, str] = field(default_factory=dict)

    def apply(self, event: Event) -> ShopProgress:
        match event:
            case StepStarted():
                begun = replace(self, intents={**self.intents, event.step: event.key}, closed_before=self.closed)
                return replace(begun, closed=self.closed or self._does(event.step) is StepKind.CLOSE)
            case StepDone():
                opened = self.opened or self._does(event.step) is StepKind.REOPEN
                return replace(self._without(event.step), closed=self._closed_by(event.step), opened=opened)
            case StepFailed():
                certainly_not = event.happened is False and self._does(event.step) is StepKind.CLOSE
                return replace(self._without(event.step), closed=self.closed_before if certainly_not else self.closed)
            case ShopReopened():
                return replace(self, closed=False, opened=True)
            case ReopenFailed():
                return replace(self, closed=True)
            case ShopFinished():
                return replace(self, intents={})
            case _:
                return self

    def _does(self, step: int) -> StepKind | None:
        return self.step_kinds[step] if step < len(self.step_kinds) else None

    def _closed_by(self, step: int) -> bool:
        does = self._does(step)
        return does is StepKind.CLOSE or (self.closed and does is not StepKind.REOPEN)

    def _without(self, step: int) -> ShopProgress:
        return replace(self, intents={begun: key for begun, key in self.intents.items() if begun != step})


def unfinished_work(connection: Connection, row: RowMapping) -> ShopProgress:
    since = (events.c.run == row["run"], events.c.shop == row["shop"], events.c.number > row["settled"])
    standing = ShopProgress(step_kinds=outline.step_kinds(row["steps"]))
    for document in connection.execute(select(events.c.document).where(*since).order_by(events.c.number)).scalars():
        try:
            standing = standing.apply(decode_event(document))
        except DocumentError:
            return replace(standing, closed=True)
    return standing
