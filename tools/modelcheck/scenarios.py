"""The scenarios that are checked: who takes part, what Git declares, and which things may go wrong.

Each is small enough to be explored to its bound. Their names are part of the command that replays a trace.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Final

from tools.modelcheck.actors import DeclaredShop, applier, run_apply, run_recovery
from tools.modelcheck.outcomes import ALL_REQUESTS, ALL_STORE, EVERYTHING, Faults
from tools.modelcheck.platform import Platform, shop_state
from tools.modelcheck.world import Actor, World

OLD: Final = DeclaredShop(enabled=True)
NEW: Final = DeclaredShop(enabled=True, pre_order=True)
EDITED: Final = DeclaredShop(enabled=True, mail="new@shop.example", pre_order=True)
LONGEST_CLOSED: Final = 300.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """`applies` are what each applier declares, by shop, oldest commit first: the last one is what Git declares at the end.
    Of what may go wrong, the sum of the choices' costs on one path is at most `bound`. The long check visits all states up
    to the bound `complete`, and then the first `most_states` up to `bound`.
    `prologue` are steps that every path starts with.
    """

    name: str
    text: str
    applies: tuple[Mapping[str, DeclaredShop], ...]
    faults: Faults
    bound: int
    complete: int
    most_states: int
    prologue: tuple[str, ...] = ()
    recovery: bool = False
    fencing: bool = True
    shops: tuple[str, ...] = ("a",)
    longest_closed: float = LONGEST_CLOSED

    @property
    def wanted(self) -> Mapping[str, DeclaredShop]:
        return self.applies[-1]

    def platform(self) -> Platform:
        return Platform(shops={key: shop_state() for key in self.shops}, fencing=self.fencing)

    def populate(self, world: World) -> None:
        """Starts the actors."""
        for number, declared in enumerate(self.applies):
            actor = applier("ABC"[number], number)
            world.start(actor, partial(run_apply, world, actor, declared, self.longest_closed))
        if self.recovery:
            actor = Actor(name="R", number=len(self.applies), runs=("R-recovery",))
            actor.notes["waits_for_work"] = True
            world.start(actor, partial(run_recovery, world, actor, self.longest_closed))


_ONE: Final = ({"a": NEW},)
_TWO: Final = ({"a": OLD}, {"a": NEW})

_CLOCK: Final = Faults(time=True)
_NETWORK: Final = Faults(requests=frozenset({"lost", "unsent", "late", "stale"}), signals=True)
_TOKENS: Final = Faults(requests=frozenset({"token", "refused"}))
_TAKEOVER: Final = Faults(crashes=True, signals=True, time=True, merchant=frozenset({"closes", "opens"}))
_EDITS: Final = Faults(requests=frozenset({"lost", "late", "stale"}), merchant=frozenset({"edits"}))
_OUTAGES: Final = Faults(outages=frozenset({"store", "backend"}))

SCENARIOS: Final = {
    scenario.name: scenario
    for scenario in (
        Scenario(
            name="one-apply", bound=2, complete=1, most_states=30_000, applies=_ONE,
            faults=Faults(requests=ALL_REQUESTS, store=ALL_STORE),
            text="one apply, and everything that may go wrong with its requests and its store",
        ),
        Scenario(
            name="network", bound=3, complete=2, most_states=20_000, applies=({"a": OLD},), faults=_NETWORK,
            text="one apply over a network that loses and delays requests",
        ),
        Scenario(
            name="tokens", bound=3, complete=2, most_states=20_000, applies=_ONE, faults=_TOKENS,
            text="one apply whose access token expires and is refused",
        ),
        Scenario(
            name="takeover", bound=3, complete=0, most_states=30_000, applies=({"a": OLD},), recovery=True, faults=_TAKEOVER,
            text="one apply that is killed, stopped or paused past its lease, a recovery, and the merchant",
        ),
        Scenario(
            name="edits", bound=2, complete=2, most_states=20_000, applies=({"a": EDITED},), faults=_EDITS,
            text="one apply of three settings, and a merchant who edits one of them",
        ),
        Scenario(
            name="crash-and-resume", bound=2, complete=0, most_states=40_000, applies=_ONE, recovery=True, faults=EVERYTHING,
            text="one apply that may be killed, a recovery, and the merchant",
        ),
        Scenario(
            name="succession", bound=1, complete=0, most_states=40_000, applies=_TWO, faults=_CLOCK,
            prologue=("A.ok",) * 3 + ("B.ok",) * 3,
            text="two applies that planned from the same state, either of which may be paused past its lease",
        ),
        Scenario(
            name="rivals", bound=2, complete=0, most_states=40_000, applies=_TWO, recovery=True, faults=EVERYTHING,
            text="two applies of different commits, a recovery, and the merchant",
        ),
        Scenario(
            name="rivals-unfenced", bound=2, complete=0, most_states=20_000, applies=_TWO, recovery=True, fencing=False,
            faults=EVERYTHING, text="the same at a backend that does not obey fences",
        ),
        Scenario(
            name="outages", bound=2, complete=1, most_states=30_000, applies=_ONE, faults=_OUTAGES,
            text="one apply while the store, the backend or both are unavailable",
        ),
        Scenario(
            name="two-shops", bound=1, complete=0, most_states=15_000, applies=({"a": OLD, "b": NEW},), shops=("a", "b"),
            recovery=True, faults=EVERYTHING, text="one apply of two shops, a recovery, and the merchant",
        ),
    )
}  # fmt: skip
