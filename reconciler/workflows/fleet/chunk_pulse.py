"""The sign of life of a claimed chunk, and what its worker hears at the same time.

In: the claim, and what the shops share. Out: heartbeats; the request to stop where the run is stopped or the claim is lost; the
counts of all workers. A few statements every few seconds, however many shops there are.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

import anyio
import anyio.to_thread

from reconciler.core.fleet.fleet_run import ClaimedChunk
from reconciler.core.planning.failure_limit import FailureCounts
from reconciler.core.values import ShopKey
from reconciler.lib.frozen_class import frozen
from reconciler.ports import Clock, SetupError
from reconciler.ports.fleet.fleet_runs import FleetRuns
from reconciler.workflows.fleet.shared_control import ChunkStop, SharedRunControl

EVERY: Final = 2.0
"""Seconds between two pulses."""


@frozen(kw_only=False)
class _Heard:
    """What the tables say. `mine`: the claim holds."""

    mine: bool
    stopping: bool
    counts: FailureCounts | None


@dataclass(slots=True, kw_only=True)
class ChunkPulse:
    """`control` is None for a look. `on_stop` is called once, when a stop is requested for any reason."""

    runs: FleetRuns
    claim: ClaimedChunk
    clock: Clock
    stop: ChunkStop
    control: SharedRunControl | None
    on_stop: Callable[[], None]
    every: float = EVERY
    _stop_sent: bool = field(default=False, init=False)

    async def run(self) -> None:
        """Until it is cancelled."""
        while True:
            await self.beat()
            await self.clock.sleep(self.every)

    async def beat(self) -> None:
        """Where the tables cannot be reached, the next one may; if none does for too long, `stop` knows."""
        asked = self.clock.monotonic()
        sent = () if self.control is None else tuple(self.control.counts.unsent)
        try:
            heard = await anyio.to_thread.run_sync(self._ask, sent)
        except SetupError:
            heard = None
        if heard is not None:
            self._hear(heard, sent, asked)
        if self.stop.requested and not self._stop_sent:
            self._stop_sent = True
            self.on_stop()

    def _hear(self, heard: _Heard, sent: tuple[tuple[ShopKey, str], ...], asked: float) -> None:
        if not heard.mine:
            self.stop.lose()
            return
        self.stop.last_sign = asked
        if heard.stopping:
            self.stop.request()
        if self.control is not None and heard.counts is not None:
            self.control.counts.settle(sent, heard.counts)

    def _ask(self, sent: tuple[tuple[ShopKey, str], ...]) -> _Heard:
        """The heartbeat first: a worker that lost the chunk adds nothing."""
        run, control = self.claim.run.id, self.control
        if not self.runs.heartbeat(self.claim):
            return _Heard(mine=False, stopping=True, counts=None)
        if control is None:
            return _Heard(mine=True, stopping=self.runs.stop_requested(run), counts=None)
        if control.slots is not None:
            control.slots.renew(control.holder)
        self.runs.add_outcomes(run, sent)
        return _Heard(mine=True, stopping=self.runs.stop_requested(run), counts=self.runs.failure_counts(run))
