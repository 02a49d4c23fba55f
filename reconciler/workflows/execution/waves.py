"""The waves of an apply: one after the other, with a soak and a second read before the next starts.

In: the waves, the shops with writes, and how to start one. Out: events. A wave without work is skipped silently, so that a
continued run starts with the remaining work. A request to stop ends a wait at once. It decides nothing about how a shop is
written.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Sequence
from dataclasses import field
from typing import Any, Final

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import Diagnostic, diagnostic
from reconciler.core.diagnostics.messages import msg
from reconciler.core.model.state import Observed, Unknown
from reconciler.core.planning.failure_limit import FailureLimit
from reconciler.core.planning.plan import ShopPlan
from reconciler.core.planning.waves import Wave
from reconciler.core.runs.events import Event, WaveFinished, WaveSoaking, WaveStarted
from reconciler.core.values import ShopKey
from reconciler.lib.frozen_class import frozen
from reconciler.ports import Backend, BackendError, Clock
from reconciler.ports.executor import Executor, ShopTask, StopRequest
from reconciler.ports.runtime import ShopHealthProbe
from reconciler.workflows.execution.errors import prediction_missed
from reconciler.workflows.execution.halt import HaltMonitor
from reconciler.workflows.execution.steps import expected_final, matches

Tell = Callable[[Event], Coroutine[Any, Any, None]]

_LISTENING: Final = 1.0
"""Seconds of a wait after which a request to stop is checked."""


@frozen
class Rollout:
    """In which parts a plan is carried out, and what halts it. `soak` in seconds, after each wave but the last.

    `closed`: so many shops at most are closed for their changes at one time; None: as many as are worked on.
    """

    waves: tuple[Wave, ...]
    soak: float = 0.0
    tolerance: FailureLimit = field(default_factory=FailureLimit)
    closed: int | None = None


@frozen
class WaveRunner:
    """Who takes the waves."""

    course: Rollout
    backend: Backend
    clock: Clock
    stop: StopRequest
    gate: HaltMonitor
    executor: Executor
    tell: Tell
    health: ShopHealthProbe | None = None

    async def run(self, ready: Sequence[ShopPlan], begin: ShopTask) -> None:
        """Until the failure limit is exceeded, or a stop is requested."""
        waves = [(wave, self._work(wave, ready)) for wave in self.course.waves]
        busy = [(wave, work) for wave, work in waves if work]
        for left, (wave, work) in enumerate(busy, start=1 - len(busy)):
            if self.stop.requested or not await self._run_wave(wave, work, begin, last=not left):
                return

    def _work(self, wave: Wave, ready: Sequence[ShopPlan]) -> list[ShopPlan]:
        taken = set(wave.shops)
        return [shop for shop in ready if shop.shop in taken]

    async def _run_wave(self, wave: Wave, work: list[ShopPlan], begin: ShopTask, *, last: bool) -> bool:
        self.gate.start_wave(work)
        waves = len(self.course.waves)
        await self.tell(WaveStarted(wave=wave.number, waves=waves, name=wave.name, shops=len(work)))
        await self.executor.run(work, begin)
        if not (last or self.gate.halted or self.stop.requested):
            await self._soak(wave)
        if self.stop.requested:
            return False
        why = self.gate.findings
        await self.tell(WaveFinished(wave=wave.number, why=why))
        return not why

    async def _soak(self, wave: Wave) -> None:
        """The wait, and then a second read of the wave's shops."""
        left = self.course.soak
        if left:
            await self.tell(WaveSoaking(wave=wave.number, seconds=round(left)))
        while left > 0 and not self.stop.requested:
            await self.clock.sleep(min(left, _LISTENING))
            left -= _LISTENING
        if not self.stop.requested:
            await self._look_again(soaked=bool(self.course.soak))

    async def _look_again(self, *, soaked: bool) -> None:
        """Right after a wave there is nothing to be read that was not just read."""
        shops = self.gate.applied
        keys = [shop.shop for shop in shops]
        if soaked and keys:
            worlds = await self._worlds(keys)
            for shop in shops:
                why = _moved(shop, worlds.get(shop.shop))
                if why is not None:
                    self.gate.add_missed(why, shop.shop)
        if self.health is not None:
            for key, why in (await self.health.unhealthy(keys)).items():
                self.gate.add_unhealthy(why, key)

    async def _worlds(self, shops: Sequence[ShopKey]) -> dict[ShopKey, Observed]:
        """Where nothing at all can be read, none: what cannot be seen is not taken for well."""
        try:
            return {world.shop: world async for world in self.backend.observe(shops)}
        except BackendError:
            return {}


def _moved(shop: ShopPlan, world: Observed | None) -> Diagnostic | None:
    """Why the shop does not count as standing as it was written: the first field that does not, or that it cannot be seen."""
    if world is None:
        return diagnostic(
            codes.UNREACHABLE, msg("The shop could not be checked again"), shop=shop.shop, origin=shop.origin
        )
    unknown = next((read.reason for read in world.reads.values() if isinstance(read, Unknown)), None)
    if unknown is not None:
        return unknown.for_shop(shop.shop)
    strayed = (
        prediction_missed(ref, wanted, world.value(ref), shop).why
        for ref, wanted in expected_final(shop)
        if not matches(wanted, world.value(ref), ref)
    )
    return next(strayed, None)
