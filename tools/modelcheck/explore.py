"""The search: every path up to the scenario's bound, each state once.

In: a scenario. Out: how many states and transitions there are, a digest of the states, and the first violation with its path.
A path is a list of choices; it is replayed from the beginning, since a coroutine cannot be copied. Paths with few surprises are
taken first: a surprise is something that goes wrong, or a step of one process while another could go on. So the first violation
is among the simplest there are.
"""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

from tools.modelcheck.outcomes import Choice, choices
from tools.modelcheck.properties import Properties
from tools.modelcheck.recoverable import Liveness, Moment
from tools.modelcheck.scenarios import Scenario
from tools.modelcheck.store import StoreMachine
from tools.modelcheck.virtual_loop import VirtualLoop
from tools.modelcheck.world import Violation, World

_LONGEST_PATH: Final = 3_000
_FAR: Final = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Path:
    """The choices up to a state, newest last, as a chain. `cost` is what went wrong, `surprises` also counts changes of turn."""

    before: Path | None
    choice: str
    cost: int
    surprises: int
    length: int

    def then(self, choice: Choice, *, first: bool) -> Path:
        surprise = choice.cost or (0 if first else 1)
        return Path(self, choice.name, self.cost + choice.cost, self.surprises + surprise, self.length + 1)

    def names(self) -> list[str]:
        found: list[str] = []
        step: Path | None = self
        while step is not None and step.choice:
            found.append(step.choice)
            step = step.before
        return found[::-1]


ROOT: Final = Path(None, "", 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a path, to be read. `surprise`: it is not what an undisturbed world does next."""

    text: str
    seconds: float
    surprise: bool
    cost: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A violation, and the choices that lead to it."""

    law: str
    text: str
    path: tuple[str, ...]
    story: tuple[Step, ...]

    @property
    def disturbances(self) -> int:
        """Things that went wrong, and changes of turn."""
        return sum(step.surprise for step in self.story)

    @property
    def cost(self) -> int:
        return sum(step.cost for step in self.story)


@dataclass(slots=True, kw_only=True)
class Result:
    """`complete`: nothing within the bound was omitted."""

    scenario: str
    states: int = 0
    transitions: int = 0
    executions: int = 0
    depth: int = 0
    recoveries: int = 0
    digest: str = ""
    complete: bool = False
    found: Found | None = None


@dataclass(slots=True, kw_only=True)
class Search:
    """`most_states` ends the search early, in a fixed order, so that it is the same each time. `longest`: paths are cut there;
    then a state counts as new where a shorter path leads to it.
    """

    scenario: Scenario
    machine: StoreMachine
    most_states: int | None = None
    bound: int | None = None
    longest: int | None = None
    seen: dict[bytes, list[int]] = field(default_factory=dict)
    queue: dict[int, deque[Path]] = field(default_factory=lambda: {0: deque([ROOT])})
    most_cost: int = field(init=False)
    result: Result = field(init=False)
    liveness: Liveness = field(init=False)

    def __post_init__(self) -> None:
        self.result = Result(scenario=self.scenario.name)
        self.liveness = Liveness(self.scenario, self.machine)
        self.most_cost = self.scenario.bound if self.bound is None else self.bound

    def run(self) -> Result:
        while self.queue and not self._full() and self.result.found is None:
            level = self.queue[min(self.queue)]
            self._follow(level.popleft())
            if not level:
                del self.queue[min(self.queue)]
        self.result.complete = not self.queue
        return self._finish()

    def _full(self) -> bool:
        return self.most_states is not None and len(self.seen) >= self.most_states

    def _finish(self) -> Result:
        self.result.states = len(self.seen)
        self.result.recoveries = self.liveness.checked
        whole = hashlib.sha256()
        for digest in sorted(self.seen):
            whole.update(digest)
        self.result.digest = whole.hexdigest()
        return self.result

    def _follow(self, path: Path) -> None:
        """One run: along the path, then undisturbed until nothing new is seen."""
        self.result.executions += 1
        names = path.names() or self.scenario.prologue
        walk = Walk(self.scenario, self.machine, names, self._visit)
        walk.run()
        found = walk.violation or self._unrecoverable(walk)
        if found is not None:
            self.result.found = found

    def _unrecoverable(self, walk: Walk) -> Found | None:
        for moment in walk.moments:
            why = self.liveness.check(moment)
            if why is not None:
                names = walk.taken[: moment.step]
                return Found(law=why.law, text=why.text, path=tuple(names), story=tuple(walk.story[: moment.step]))
        return None

    def _visit(self, walk: Walk, offered: Sequence[Choice]) -> bool:
        """Whether the state is new. Its other choices are queued."""
        self.result.transitions += 1
        digest, here = walk.world.digest(), walk.path
        if not self._is_new(digest, here):
            return False
        self.result.depth = max(self.result.depth, here.length)
        moment = self.liveness.moment(walk.world, len(walk.taken))
        if moment is not None:
            walk.moments.append(moment)
        if self.longest is not None and here.length >= self.longest:
            return False
        for choice in offered[1:]:
            path = here.then(choice, first=False)
            if path.cost <= self.most_cost:
                self.queue.setdefault(path.surprises, deque()).append(path)
        return True

    def _is_new(self, digest: bytes, here: Path) -> bool:
        """A state that was seen is entered again where less went wrong on the way, or, with `longest`, fewer steps led to it."""
        lengths = self.seen.setdefault(digest, [_FAR] * (self.most_cost + 1))
        length = 0 if self.longest is None else here.length
        if min(lengths[: here.cost + 1]) <= length:
            return False
        lengths[here.cost] = length
        return True


class ImpossibleStep(Exception):
    """A path that is replayed names a step that is not among the choices: the code or the scenario is another."""


class Walk:
    """One execution of a scenario. `names` are the choices to take first; then `visit` decides whether it goes on."""

    def __init__(
        self,
        scenario: Scenario,
        machine: StoreMachine,
        names: Sequence[str],
        visit: Callable[[Walk, Sequence[Choice]], bool],
    ) -> None:
        self.scenario = scenario
        self.names = names
        self.visit = visit
        self.loop = VirtualLoop(self._idle)
        self.world = World(self.loop, machine, scenario.platform(), machine.initial)
        self.properties = Properties(self.world, scenario.longest_closed)
        self.taken: list[str] = []
        self.story: list[Step] = []
        self.path: Path = ROOT
        self.moments: list[Moment] = []
        self.violation: Found | None = None
        self._over = False

    def run(self) -> None:
        async def main() -> None:
            self.scenario.populate(self.world)

        try:
            self.loop.run(main)
        finally:
            self._discard()

    def _discard(self) -> None:
        """Ends the tasks of actors that are still at work, without effect."""
        self._over = True
        self.world.end()
        self.loop.call_soon(lambda: None)
        self.loop.run_forever()
        for task in self.world.tasks.values():
            task.cancelled() or task.exception() if task.done() else task.cancel()
        self.loop.close()

    def _idle(self) -> bool:
        if self._over:
            return False
        try:
            self.properties.check()
        except Violation as violation:
            self._fail(violation)
            return False
        offered = choices(self.world, self.scenario.faults)
        if len(self.taken) < len(self.names):
            choice = self._named(offered, self.names[len(self.taken)])
            self._take(choice, first=choice is offered[0])
            return True
        if len(self.taken) > _LONGEST_PATH:
            self._fail(Violation("ends", f"the run does not end within {_LONGEST_PATH} steps"))
            return False
        if not self.visit(self, offered) or not offered or offered[0].cost:
            return False
        self._take(offered[0], first=True)
        return True

    def _fail(self, violation: Violation) -> None:
        self.violation = Found(law=violation.law, text=violation.text, path=tuple(self.taken), story=tuple(self.story))

    def _named(self, offered: Sequence[Choice], name: str) -> Choice:
        for choice in offered:
            if choice.name == name:
                return choice
        possible = ", ".join(one.name for one in offered)
        raise ImpossibleStep(f"step {len(self.taken) + 1}: {name} is not possible here; possible: {possible}")

    def _take(self, choice: Choice, *, first: bool) -> None:
        self.taken.append(choice.name)
        self.story.append(Step(choice.text, choice.seconds, bool(choice.cost) or not first, choice.cost))
        self.path = self.path.then(choice, first=first)
        choice.take()
