"""What one run's events leave unfinished in one shop. A pure fold: events in, `ShopProgress` out.

It is what must be read again, not the state of the shop: only the backend knows that.

What a run left unfinished in a shop, from its events since the shop was last settled.

In: a row of `run_shops`. Out: its `ShopProgress`. An unreadable event, of a newer version or damaged, may have
been a closing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field, replace

from sqlalchemy import Connection, RowMapping, select

from reconciler.adapters.store.db.run_tables import events
from reconciler.adapters.store.runs import plan_outline as outline
from reconciler.core.diagnostics import codes
from reconciler.core.documents.event_codec import DocumentError, decode_event
from reconciler.core.planning.plan import StepKind
from reconciler.core.runs.events import (
    ClosureSuperseded,
    Event,
    ReopenFailed,
    ShopFinished,
    ShopReopened,
    StepDone,
    StepFailed,
    StepStarted,
)
from reconciler.lib.frozen_class import frozen


@frozen
class ShopProgress:
    """`does` is what the shop's steps do, in order; a step that is not among them closes and reopens nothing.

    `closed`: asked to be closed, not certainly refused, not reopened. `intents` maps a started step without outcome to its key.
    `before` is what `closed` was before the closing in flight. `opened`: the run itself opened the shop, or found it open,
    or found that an actor that is no run closed it.
    `closing_keys` name its requests to close; `disputed`: one of them was refused for a version that had changed, and it is
    unknown who closed the shop.
    """

    step_kinds: Sequence[StepKind] = ()
    closed: bool = False
    closed_before: bool = False
    opened: bool = False
    intents: Mapping[int, str] = field(default_factory=dict)
    closing_keys: frozenset[str] = frozenset()
    disputed: bool = False

    def apply(self, event: Event) -> ShopProgress:
        match event:
            case StepStarted():
                return self._begin(event)
            case StepDone():
                return self._done(event.step)
            case StepFailed():
                if (
                    self._does(event.step) is StepKind.CLOSE
                    and event.why.code is codes.STALE
                    and event.happened is None
                ):
                    return replace(self._without(event.step), disputed=True)
                certainly_not = event.happened is False and self._does(event.step) is StepKind.CLOSE
                return replace(self._without(event.step), closed=self.closed_before if certainly_not else self.closed)
            case ShopReopened():
                return replace(self, closed=False, opened=True)
            case ClosureSuperseded():
                return replace(self, closed=False, opened=self.opened or not event.by_run)
            case ReopenFailed():
                return replace(self, closed=True)
            case ShopFinished():
                return replace(self, intents={}) if self.intents else self
            case _:
                return self

    def _begin(self, event: StepStarted) -> ShopProgress:
        """A write that is attempted again has an intent for each attempt, and one outcome."""
        before = self.closed_before if event.step in self.intents else self.closed
        started = replace(self, intents={**self.intents, event.step: event.key}, closed_before=before)
        if self._does(event.step) is not StepKind.CLOSE:
            return started
        return replace(started, closed=True, closing_keys=self.closing_keys | {event.key})

    def _done(self, step: int) -> ShopProgress:
        opened = self.opened or self._does(step) is StepKind.REOPEN
        closed = self._closed_by(step)
        if step not in self.intents and (closed, opened) == (self.closed, self.opened):
            return self  # as nearly each step that only reads back
        return replace(self, intents=self._other_intents(step), closed=closed, opened=opened)

    def _does(self, step: int) -> StepKind | None:
        return self.step_kinds[step] if step < len(self.step_kinds) else None

    def _closed_by(self, step: int) -> bool:
        does = self._does(step)
        return does is StepKind.CLOSE or (self.closed and does is not StepKind.REOPEN)

    def _without(self, step: int) -> ShopProgress:
        return replace(self, intents=self._other_intents(step))

    def _other_intents(self, step: int) -> Mapping[int, str]:
        return {number: key for number, key in self.intents.items() if number != step}


def unfinished_work(connection: Connection, row: RowMapping) -> ShopProgress:
    since = (events.c.run == row["run"], events.c.shop == row["shop"], events.c.number > row["settled"])
    standing = ShopProgress(step_kinds=outline.step_kinds(row["steps"]))
    for document in connection.execute(select(events.c.document).where(*since).order_by(events.c.number)).scalars():
        try:
            standing = standing.apply(decode_event(document))
        except DocumentError:
            return replace(standing, closed=True)
    return standing
