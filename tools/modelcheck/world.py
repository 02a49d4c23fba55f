"""One run of the model: the platform, the store, time, and the actors whose every wait is a call that must be answered.

In: a scenario. Out: at each moment when all actors wait, the calls that are pending; answering one is a step. The order of
steps and what goes wrong in them is chosen elsewhere (`outcomes`, `explore`).
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from reconciler.adapters.backend.http.messages import RawResponse
from tools.modelcheck.platform import Platform, Request
from tools.modelcheck.store import StoreMachine

START: Final = datetime(2026, 4, 1, 3, 0, tzinfo=UTC)
LEASE_SECONDS: Final = 60.0


class Crashed(BaseException):
    """The process is gone: no `except Exception` of the tool sees this, and none of its `finally` has an effect."""


class Violation(Exception):
    """A property does not hold. `law` is the property's name."""

    def __init__(self, law: str, text: str) -> None:
        super().__init__(f"{law}: {text}")
        self.law = law
        self.text = text


@dataclass(slots=True, eq=False)
class Call:
    """What an actor waits for. `perform` makes it take effect and gives the answer; it raises what the adapter would raise."""

    actor: Actor
    kind: str
    label: str
    shop: str
    perform: Callable[[], Any]
    request: Request | None = None
    future: asyncio.Future[Any] = field(default_factory=lambda: asyncio.get_running_loop().create_future())

    @property
    def effective(self) -> bool:
        """Whether it changes something outside the actor."""
        return self.kind == "store" or (self.request is not None and self.request.writes)


@dataclass(slots=True, eq=False)
class Timer:
    due: float
    actor: Actor
    future: asyncio.Future[None]


@dataclass(slots=True, eq=False)
class Actor:
    """A process of the tool. `history` digests all that it was answered, shop by shop, and so determines its state. `runs` are
    the names that its runs have in the store.
    """

    name: str
    number: int
    runs: tuple[str, ...]
    history: dict[str, bytes] = field(default_factory=dict)
    ended: bool = False
    dead: bool = False
    started: bool = False
    failure: BaseException | None = None
    notes: dict[str, Any] = field(default_factory=dict)

    @property
    def living(self) -> bool:
        return not (self.ended or self.dead)


@dataclass(slots=True, eq=False)
class LateRequest:
    """A request that the client gave up on, and that is still on its way."""

    request: Request
    sender: str


class World:
    """`now` is in seconds since START. `state` names the store's state."""

    def __init__(self, loop: asyncio.AbstractEventLoop, machine: StoreMachine, platform: Platform, state: str) -> None:
        self.loop = loop
        self.machine = machine
        self.platform = platform
        self.state = state
        self.now = 0.0
        self.actors: list[Actor] = []
        self.pending: list[Call] = []
        self.timers: list[Timer] = []
        self.late: list[LateRequest] = []
        self.down: set[str] = set()
        self.last: Actor | None = None
        self.last_fault = 0.0
        self.tasks: dict[str, asyncio.Task[None]] = {}
        self.observers: list[Any] = []
        self.memory: dict[str, Any] = {}

    def start(self, actor: Actor, body: Callable[[], Coroutine[Any, Any, None]]) -> None:
        self.actors.append(actor)

        async def live() -> None:
            try:
                await self.call(Call(actor, "start", "start", "", lambda: None))
                actor.started = True
                await body()
            except BaseException as error:  # noqa: BLE001  # looked at by the properties
                if not (actor.dead or actor.notes.get("cancelled")):
                    actor.failure = error
            actor.ended = True
            self.remember(actor, "ends")

        self.tasks[actor.name] = self.loop.create_task(live())

    async def call(self, call: Call) -> Any:
        """What the call is answered with, once the search chooses it."""
        actor, request = call.actor, call.request
        if actor.dead:
            raise Crashed
        self.pending.append(call)
        for observer in self.observers:
            observer.on_call(call)
        try:
            return await call.future
        finally:
            if call in self.pending:  # given up by its caller
                self.pending.remove(call)
                if request is not None and request.writes and not actor.dead:
                    self.late.append(LateRequest(request, actor.name))

    async def sleep(self, actor: Actor, seconds: float) -> None:
        if actor.dead:
            raise Crashed
        timer = Timer(self.now + max(0.0, seconds), actor, self.loop.create_future())
        self.timers.append(timer)
        try:
            await timer.future
        finally:
            if timer in self.timers:
                self.timers.remove(timer)

    def act(self, request: Request, sender: str) -> RawResponse:
        """The request reaches the platform."""
        shop = self.platform.shops.get(request.shop)
        was = ("", "", {}) if shop is None else (shop.status, shop.sender, shop.values())
        answer = self.platform.answer(request, sender)
        for observer in self.observers:
            observer.on_effect(request, sender, was, answer)
        return answer

    def reply(self, call: Call, answer: Any, seen: object) -> None:
        """`seen` is what the actor learns from the answer."""
        self._deliver(call, seen)
        call.future.set_result(answer)

    def fail(self, call: Call, error: BaseException) -> None:
        self._deliver(call, f"{type(error).__name__}: {error}")
        call.future.set_exception(error)

    def _deliver(self, call: Call, seen: object) -> None:
        self.pending.remove(call)
        self.last = call.actor
        self.remember(call.actor, f"{call.label}={seen}", call.shop)

    def remember(self, actor: Actor, event: str, shop: str = "") -> None:
        digest = hashlib.blake2b(actor.history.get(shop, b""), digest_size=16)
        digest.update(f"{self.now:g} {event}".encode())
        actor.history[shop] = digest.digest()

    def kill(self, actor: Actor) -> None:
        """Its calls have no effect any more, and its leases end as the others on its machine notice."""
        actor.dead = True
        for waiting in [call for call in self.pending if call.actor is actor]:
            self.pending.remove(waiting)
            waiting.future.set_exception(Crashed())
        for timer in [timer for timer in self.timers if timer.actor is actor]:
            self.timers.remove(timer)
            timer.future.set_exception(Crashed())
        self.state = self.machine.release(self.state, actor.runs)

    def cancel(self, actor: Actor) -> None:
        self.remember(actor, "is cancelled")
        self.tasks[actor.name].cancel()

    def until_next_timer(self) -> float:
        return max(0.0, min(timer.due for timer in self.timers) - self.now)

    def pass_time(self) -> None:
        """To the moment of the next timer."""
        self.jump(self.until_next_timer())

    def jump(self, seconds: float) -> None:
        self.now += max(0.0, seconds)
        for timer in sorted((timer for timer in self.timers if timer.due <= self.now + 1e-9), key=lambda one: one.due):
            self.timers.remove(timer)
            self.remember(timer.actor, "wakes")
            if not timer.future.done():
                timer.future.set_result(None)

    def end(self) -> None:
        """Nothing that still runs has any effect."""
        for actor in self.actors:
            actor.dead = True
        for future in (*(call.future for call in self.pending), *(timer.future for timer in self.timers)):
            if not future.done():
                future.set_exception(Crashed())
        self.pending.clear()
        self.timers.clear()

    def digest(self) -> bytes:
        """Equal digests mean that everything that can happen from here on is equal."""
        actors = [
            (actor.name, "dead" if actor.dead else "ended" if actor.ended else sorted(actor.history.items()))
            for actor in self.actors
        ]
        late = sorted(
            (one.sender, one.request.name, one.request.headers.get("If-Match"), one.request.key) for one in self.late
        )
        text = repr((self.platform.canonical(), self.state, round(self.now, 3), actors, late, sorted(self.down)))
        return hashlib.blake2b(text.encode(), digest_size=16).digest()


@dataclass(slots=True)
class WorldClock:
    """Implements ports.Clock for one actor."""

    world: World
    actor: Actor

    def now(self) -> datetime:
        return START + timedelta(seconds=self.world.now)

    def monotonic(self) -> float:
        return self.world.now

    async def sleep(self, seconds: float) -> None:
        await self.world.sleep(self.actor, seconds)
