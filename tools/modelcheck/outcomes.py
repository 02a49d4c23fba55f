"""What may happen next: every answer to every pending call, a crash, time, the merchant, a request that arrives late.

In: a world. Out: choices in a fixed order; the first is the undisturbed one. `cost` is 0 for what happens in a healthy world, in
any order, and 1 for each thing that goes wrong or that another actor does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Final

from reconciler.adapters.store.db.errors import StoreError
from reconciler.core.diagnostics.messages import msg
from reconciler.workflows.execution.cancellation import StopToken
from tools.modelcheck.network import UNSENT, request_faults, seen
from tools.modelcheck.process import unfinished_of
from tools.modelcheck.world import LEASE_SECONDS, Actor, Call, LateRequest, World

PAST_THE_LEASE: Final = LEASE_SECONDS + 1


@dataclass(slots=True)
class Choice:
    """`name` is unique among the choices of one moment and the same each time that the path is taken. `text` describes it;
    `seconds` is how much time it takes.
    """

    name: str
    text: str
    cost: int
    take: Callable[[], None]
    seconds: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Faults:
    """Which things may go wrong in a scenario."""

    requests: frozenset[str] = frozenset()
    store: frozenset[str] = frozenset()
    crashes: bool = False
    signals: bool = False
    time: bool = False
    merchant: frozenset[str] = frozenset()
    outages: frozenset[str] = frozenset()
    shops_in_turn: bool = True
    """Of one process, the steps on its first shop come before those on its others: they commute."""


ALL_REQUESTS: Final = frozenset(
    {"lost", "unsent", "late", "repeated", "foreign", "refused", "cached", "stale", "token"}
)
ALL_STORE: Final = frozenset({"failed", "overdue"})
EVERYTHING: Final = Faults(
    requests=ALL_REQUESTS,
    store=ALL_STORE,
    crashes=True,
    signals=True,
    time=True,
    merchant=frozenset({"closes", "opens", "edits"}),
)


def choices(world: World, faults: Faults) -> list[Choice]:
    """Empty when nothing can happen any more."""
    found = [choice for call in _in_order(world, faults) for choice in _answers(world, call, faults)]
    found += _network(world)
    if _may_wait(world):
        found.append(Choice("time", "nobody moves", 0, lambda: _wait(world), world.until_next_timer()))
    if not world.pending and not world.timers:
        return found
    found += _disturbances(world, faults)
    return found


def _in_order(world: World, faults: Faults) -> list[Call]:
    """The actor that moved last comes first."""
    first: dict[str, str] = {}
    for call in world.pending:
        name = call.actor.name
        first[name] = min(first.get(name, call.shop), call.shop)
    offered = [
        call
        for call in world.pending
        if (call.shop == first[call.actor.name] or not faults.shops_in_turn) and _startable(world, call)
    ]
    return sorted(offered, key=lambda call: (call.actor is not world.last, call.actor.number))


def _startable(world: World, call: Call) -> bool:
    """A recovery with nothing to do changes nothing: it starts once something is unfinished."""
    return call.kind != "start" or not call.actor.notes.get("waits_for_work") or bool(unfinished_of(world, call.actor))


def _may_wait(world: World) -> bool:
    """Time passes where an actor waits for nothing else."""
    if not world.timers:
        return False
    busy = {call.actor.name for call in world.pending if call.actor.started or call.kind != "start"}
    return any(timer.actor.name not in busy for timer in world.timers)


def _wait(world: World) -> None:
    world.last = None
    world.pass_time()


def _answers(world: World, call: Call, faults: Faults) -> Iterator[Choice]:
    same = [other for other in world.pending if other.actor is call.actor]
    prefix = call.actor.name if len(same) == 1 else f"{call.actor.name}{same.index(call) + 1}"
    step = f"{call.actor.name}: {call.label}"

    def choice(name: str, text: str, take: Callable[[], None], cost: int = 1) -> Choice:
        return Choice(f"{prefix}.{name}", f"{step}: {text}" if text else step, cost, take)

    down = _is_down(world, call)
    if down is not None:
        yield choice("down", "no answer, since it is down", down, 0)
        return
    yield choice("ok", "", lambda: _ok(world, call), 0)
    if call.kind == "store":
        if "failed" in faults.store:
            yield choice(
                "failed", "the store fails, and nothing is kept", lambda: _store_fails(world, call, kept=False)
            )
        if "overdue" in faults.store:
            yield choice(
                "overdue", "it is kept, but its answer is an error", lambda: _store_fails(world, call, kept=True)
            )
    if call.request is not None:
        for name, text, take in request_faults(world, call, call.request, faults.requests):
            yield choice(name, text, take)
    if faults.crashes and call.effective:
        yield choice("done-crash", "it takes effect, and the process is killed", lambda: _done_and_killed(world, call))


def _ok(world: World, call: Call) -> None:
    try:
        answer = call.perform()
    except Exception as error:  # noqa: BLE001  # what the adapter raises
        world.fail(call, error)
        return
    if call.request is not None and answer.status < 300:
        for observer in world.observers:
            observer.on_acknowledged(call.actor, call.request)
    world.reply(call, answer, seen(answer))


def _store_fails(world: World, call: Call, *, kept: bool) -> None:
    if kept:
        try:
            call.perform()
        except Exception as error:  # noqa: BLE001  # as in _ok
            world.fail(call, error)
            return
    world.last_fault = world.now
    world.fail(call, StoreError(msg("the store cannot be used")))


def _done_and_killed(world: World, call: Call) -> None:
    with suppress(Exception):  # no process is left to get it
        call.perform()
    world.last_fault = world.now
    world.last = None
    world.kill(call.actor)


def _network(world: World) -> Iterator[Choice]:
    for number, late in enumerate(world.late, start=1):

        def land(late: LateRequest = late) -> None:
            world.late.remove(late)
            world.act(late.request, late.sender)

        yield Choice(f"network.{number}", f"{late.sender}: {late.request.name} arrives late", 0, land)


def _disturbances(world: World, faults: Faults) -> Iterator[Choice]:
    if faults.crashes:
        for actor in world.actors:
            if actor.living and actor.started:
                yield Choice(f"{actor.name}.crash", f"{actor.name} is killed", 1, partial(_crash, world, actor))
    if faults.signals:
        yield from _signals(world)
    if faults.time:
        yield Choice("clock", "nobody is served for longer than a lease", 1, lambda: _jump(world), PAST_THE_LEASE)
    for key, shop in sorted(world.platform.shops.items()):
        if "closes" in faults.merchant and shop.status == "OPEN":
            yield _merchant(world, f"merchant.closes-{key}", "the merchant closes the shop", key, "CLOSED")
        if "opens" in faults.merchant and shop.status == "CLOSED":
            yield _merchant(world, f"merchant.opens-{key}", "the merchant opens the shop", key, "OPEN")
        if "edits" in faults.merchant:
            edit = partial(world.platform.merchant_edits, key, f"{world.now:g}@merchant.example")
            yield Choice(f"merchant.edits-{key}", "the merchant changes the mail address", 1, edit)
    for name in sorted(faults.outages):
        yield _outage(world, name)


def _crash(world: World, actor: Actor) -> None:
    world.last_fault = world.now
    world.last = None
    world.kill(actor)


def _signals(world: World) -> Iterator[Choice]:
    """A first request to stop, a second one, and a cancellation, as by a program that embeds the tool."""
    for actor in world.actors:
        if not (actor.living and actor.started):
            continue
        stop = actor.notes.get("stop")
        if stop is not None and not stop.forced:
            yield Choice(f"{actor.name}.stop", f"{actor.name} is asked to stop", 1, partial(_stop, world, actor))
        if not actor.notes.get("cancelled"):
            yield Choice(f"{actor.name}.cancel", f"{actor.name} is cancelled", 1, partial(_cancel, world, actor))


def _stop(world: World, actor: Actor) -> None:
    """The request is part of the actor's state, although it is no answer."""
    stop: StopToken = actor.notes["stop"]
    world.last_fault = world.now
    world.remember(actor, "is asked to stop")
    stop.request()


def _cancel(world: World, actor: Actor) -> None:
    world.last_fault = world.now
    actor.notes["cancelled"] = True
    world.cancel(actor)


def _jump(world: World) -> None:
    world.last_fault = world.now + PAST_THE_LEASE
    world.jump(PAST_THE_LEASE)


def _merchant(world: World, name: str, text: str, key: str, status: str) -> Choice:
    def act() -> None:
        world.last_fault = world.now
        world.platform.merchant_sets(key, status)

    return Choice(name, text, 1, act)


def _outage(world: World, name: str) -> Choice:
    def turn() -> None:
        world.last_fault = world.now
        world.down ^= {name}

    if name in world.down:
        return Choice(f"{name}.up", f"the {name} works again", 0, turn)
    return Choice(f"{name}.down", f"the {name} goes down", 1, turn)


def _is_down(world: World, call: Call) -> Callable[[], None] | None:
    if call.kind == "store" and "store" in world.down:
        return lambda: world.fail(call, StoreError(msg("the store cannot be used")))
    if call.kind == "request" and "backend" in world.down:
        return lambda: world.reply(call, UNSENT, "none")
    return None
