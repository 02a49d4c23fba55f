"""What the shops of a chunk share with those of all other chunks of a fleet run: the request to stop, counts, closures.

In: the tables, asked once in a while and not for each shop. Out: a RunControl. The tables are behind by a moment at most:
what this process knows itself counts at once.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Final

import anyio
import anyio.to_thread

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import Diagnostic, diagnostic
from reconciler.core.diagnostics.messages import Message, msg
from reconciler.core.planning.failure_limit import FailureCounts
from reconciler.core.runs.events import Event
from reconciler.core.runs.report import ShopOutcome
from reconciler.core.values import ShopKey
from reconciler.lib.frozen_class import frozen
from reconciler.ports import Clock, SetupError
from reconciler.ports.executor import StopRequest
from reconciler.ports.fleet.fleet_runs import UNHEALTHY
from reconciler.ports.fleet.shared_limits import ClosureSlots
from reconciler.workflows.execution.cancellation import StopToken
from reconciler.workflows.execution.local_execution import LocalRunControl
from reconciler.workflows.execution.recorder import recording_failed_diagnostic

_ASK_AGAIN: Final = 0.5
"""Seconds until a closure that has to wait asks again; of all that wait in a process one asks."""
_NOTHING: Final = FailureCounts(started=0)


@dataclass(slots=True, kw_only=True)
class ChunkStop:
    """Implements ports.executor.StopRequest. `outer` is that of the process. A process that could not give a sign for `silence`
    seconds counts as gone: others may do its chunk, so it starts nothing more.
    """

    outer: StopRequest
    clock: Clock
    silence: float
    own: StopToken = field(default_factory=StopToken)
    lost: bool = False
    last_sign: float = field(init=False)

    def __post_init__(self) -> None:
        self.last_sign = self.clock.monotonic()

    @property
    def signalled(self) -> bool:
        return self.own.signalled or self.outer.signalled

    @property
    def forced(self) -> bool:
        return self.outer.forced

    @property
    def why(self) -> Diagnostic | None:
        if self.own.why is None and self.clock.monotonic() - self.last_sign > self.silence:
            self.abort(_lost(msg("The chunk gave no sign for {seconds} s", seconds=f"{self.silence:g}")))
        return self.own.why or self.outer.why

    @property
    def requested(self) -> bool:
        return self.signalled or self.why is not None

    def request(self) -> None:
        self.own.request()

    def abort(self, why: Diagnostic) -> None:
        self.own.abort(why)

    def lose(self) -> None:
        """Another worker claimed the chunk, or its run has ended."""
        self.lost = True
        self.abort(_lost(msg("Another worker has claimed the chunk, or its run has ended")))


@frozen(kw_only=False)
class ShopStop:
    """Implements ports.executor.StopRequest for shops under work: they are finished even if the run is stopped, since their
    plan would be another one than was approved; but not under a claim that is lost.
    """

    run: ChunkStop

    @property
    def signalled(self) -> bool:
        return False

    @property
    def forced(self) -> bool:
        return self.run.forced

    @property
    def why(self) -> Diagnostic | None:
        return self.run.why

    @property
    def requested(self) -> bool:
        return self.run.why is not None

    def request(self) -> None:
        self.run.request()

    def abort(self, why: Diagnostic) -> None:
        self.run.abort(why)


def _lost(text: Message) -> Diagnostic:
    hint = msg("Nothing is to be done: the shops that remain are applied by the worker that has the chunk")
    return diagnostic(codes.LEASE_HELD, text, hint=hint)


@dataclass(slots=True)
class SharedCounts:
    """Implements ports.executor.OutcomeCounts. `shared` is what the tables said last; `unsent` is what they do not know yet."""

    stop: StopRequest
    shared: FailureCounts = _NOTHING
    unsent: dict[tuple[ShopKey, str], None] = field(default_factory=dict)
    mine: dict[ShopKey, ShopOutcome] = field(default_factory=dict)

    def start(self, shops: int) -> None:
        """All shops of the waves that are open count as started, on every worker."""

    def add(self, shop: ShopKey, outcome: ShopOutcome) -> None:
        """A shop that was stopped between two steps did not fail: it is continued with the chunk."""
        if outcome is ShopOutcome.PARTLY and self.stop.requested:
            return
        self.mine[shop] = outcome
        self.unsent[shop, outcome.value] = None

    def add_unhealthy(self, shop: ShopKey) -> None:
        self.unsent[shop, UNHEALTHY] = None

    def applied(self, shop: ShopKey) -> bool:
        return self.mine.get(shop) is ShopOutcome.APPLIED

    def totals(self) -> FailureCounts:
        return FailureCounts(
            started=max(self.shared.started, len(self.mine)),
            failed=self.shared.failed + self._unsent(ShopOutcome.UNKNOWN, ShopOutcome.FAILED, ShopOutcome.PARTLY),
            missed=self.shared.missed + self._unsent(ShopOutcome.MISSED),
            unhealthy=self.shared.unhealthy + sum(1 for _, word in self.unsent if word == UNHEALTHY),
            left_closed=self.shared.left_closed + self._unsent(ShopOutcome.LEFT_CLOSED),
        )

    def settle(self, sent: Sequence[tuple[ShopKey, str]], shared: FailureCounts) -> None:
        """The tables have `sent` now, and say `shared`."""
        for each in sent:
            self.unsent.pop(each, None)
        self.shared = shared

    def _unsent(self, *outcomes: ShopOutcome) -> int:
        words = {outcome.value for outcome in outcomes}
        return sum(1 for _, word in self.unsent if word in words)


class SharedRunControl:
    """Implements ports.executor.SharedControl. `slots` None: the run has no limit of closures. `holder` names this claim."""

    def __init__(
        self, *, stop: ChunkStop, in_flight: int, clock: Clock, slots: ClosureSlots | None, holder: str
    ) -> None:
        self.run_stop: StopRequest = stop
        self.stop: StopRequest = ShopStop(stop)
        self.counts = SharedCounts(stop)
        self.slots = slots
        self.holder = holder
        self._clock = clock
        self._local = LocalRunControl(in_flight=in_flight, stop=stop)
        self._turn = anyio.Lock()

    def add_event(self, event: Event) -> None:
        self._local.add_event(event)

    def events(self) -> Sequence[Event]:
        return self._local.events()

    def shop_slot(self) -> AbstractAsyncContextManager[object]:
        return self._local.shop_slot()

    def seller_turn(self, seller: str) -> AbstractAsyncContextManager[object]:
        """Of this process. Another one that writes the same list first is noticed by its version, and the list is read again."""
        return self._local.seller_turn(seller)

    @asynccontextmanager
    async def closure_slot(self, shop: ShopKey) -> AsyncIterator[None]:
        if self.slots is None:
            yield
            return
        slot = await self._taken(self.slots, shop)
        try:
            yield
        finally:
            if slot is not None:
                with anyio.CancelScope(shield=True), suppress(SetupError):  # it ends without being given back
                    await anyio.to_thread.run_sync(self.slots.give_back, self.holder, slot)

    async def _taken(self, slots: ClosureSlots, shop: ShopKey) -> int | None:
        async with self._turn:
            while not self.run_stop.requested:
                try:
                    slot = await anyio.to_thread.run_sync(slots.take, self.holder, shop)
                except SetupError as error:
                    self.stop.abort(recording_failed_diagnostic(error))
                    return None
                if slot is not None:
                    return slot
                await self._clock.sleep(_ASK_AGAIN)
        return None
