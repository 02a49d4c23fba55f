"""From every state a fault-free resume and apply must end with the shop as Git declares it, and with nothing pending.

In: the platform and the store at a moment at which every process is gone. Out: why not, or None. Nothing else outlives the
processes, so moments that are equal in it are checked once.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import partial
from typing import Any

from tools.modelcheck.actors import applier, run_apply
from tools.modelcheck.outcomes import Faults, choices
from tools.modelcheck.platform import MERCHANT, Platform
from tools.modelcheck.process import leases_of, pending_of
from tools.modelcheck.scenarios import Scenario
from tools.modelcheck.store import StoreMachine
from tools.modelcheck.virtual_loop import VirtualLoop
from tools.modelcheck.world import LEASE_SECONDS, Violation, World


@dataclass(frozen=True, slots=True)
class Moment:
    """What outlives the processes. `step` is how far the path had come."""

    platform: Platform
    state: str
    now: float
    step: int


class Liveness:
    """`checked` counts the moments that differ in what a later process can see: the shops, what the journal has as unfinished,
    and the fences.
    """

    def __init__(self, scenario: Scenario, machine: StoreMachine) -> None:
        self._scenario = scenario
        self._machine = machine
        self._known: set[bytes] = set()

    @property
    def checked(self) -> int:
        return len(self._known)

    def moment(self, world: World, step: int) -> Moment | None:
        """None where an equal one was checked, or is about to be."""
        leases = [world.machine.lease(world.state, shop) for shop in sorted(world.platform.shops)]
        fences = [None if lease is None else lease["fence"] for lease in leases]
        text = repr((world.platform.now(), pending_of(world), fences))
        digest = hashlib.blake2b(text.encode(), digest_size=16).digest()
        if digest in self._known:
            return None
        self._known.add(digest)
        return Moment(world.platform.copy(), world.state, world.now, step)

    def check(self, moment: Moment) -> Violation | None:
        return _Ending(self._scenario, self._machine, moment).run()


class _Ending:
    def __init__(self, scenario: Scenario, machine: StoreMachine, moment: Moment) -> None:
        self._scenario = scenario
        self._loop = VirtualLoop(self._idle)
        self._world = World(self._loop, machine, moment.platform.copy(), moment.state)
        self._world.now = moment.now + LEASE_SECONDS + 1
        self._actor = applier("Z", 0)

    def run(self) -> Violation | None:
        async def main() -> None:
            declared = self._scenario.wanted
            self._world.start(
                self._actor, partial(run_apply, self._world, self._actor, declared, self._scenario.longest_closed)
            )

        try:
            self._loop.run(main)
            return self._reason()
        finally:
            self._world.end()
            self._loop.close()

    def _idle(self) -> bool:
        offered = choices(self._world, Faults())
        if not offered:
            return False
        offered[0].take()
        return True

    def _reason(self) -> Violation | None:
        if self._actor.failure is not None:
            return Violation("recoverable", f"the next apply ends with {self._actor.failure!r}")
        for key, shop in self._world.platform.shops.items():
            if shop.status == "CLOSED" and shop.closed_by != MERCHANT:
                return Violation("recoverable", f"{key} stays closed after a resume and an apply without faults")
            for name, value in _wire(self._scenario, key).items():
                if not any(part.get(name) == value for part in shop.parts.values()):
                    return Violation(
                        "recoverable", f"{key} is not as Git wants it after an apply without faults: {name}"
                    )
        owed = pending_of(self._world)
        if owed:
            return Violation(
                "recoverable", f"{owed[0].shop} is still unfinished after a resume and an apply without faults"
            )
        if leases_of(self._world, self._actor, "nobody").all():
            return Violation("recoverable", "a lease is still held after an apply without faults")
        return None


def _wire(scenario: Scenario, key: str) -> dict[str, Any]:
    declared = scenario.wanted[key]
    values = {"useAmazon": declared.enabled, "notificationEmail": declared.mail, "preOrder": declared.pre_order}
    return {name: value for name, value in values.items() if value is not None}
