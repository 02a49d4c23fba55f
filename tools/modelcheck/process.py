"""The ports of one process of the tool, over the world: the real HTTP client, journal, leases and history, whose every wait is a
call of the world.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any, Final

import anyio
import httpx

from reconciler.adapters.backend import BackendConfig, HttpBackend
from reconciler.adapters.backend.http.messages import NoResponse, RawResponse
from reconciler.adapters.store.runs.history import StoreHistory
from reconciler.adapters.store.runs.journal import StoreJournal
from reconciler.adapters.store.runs.leases import StoreLeases
from reconciler.adapters.store.runs.process_identity import Process
from reconciler.core.model.canonical import DigestKey
from reconciler.core.planning.plan import Plan
from reconciler.core.values import Secret, SecretRef, ShopKey
from reconciler.ports import LeaseInfo, RunInfo, UnfinishedShop
from tools.modelcheck.platform import CLIENT, Request
from tools.modelcheck.world import START, Actor, Call, World, WorldClock

KEY: Final = DigestKey(b"a key of the model check")
_ELSEWHERE: Final = Process(place=None, pid=1, born=1)
"""Whether the process lives is the world's to say (`World.kill`), not this machine's."""
_CONFIG: Final = BackendConfig(
    base_url="https://platform.example", client_id=CLIENT, client_secret=Secret("model", SecretRef("ref+env://MODEL"))
)


def run_info(run: str) -> RunInfo:
    return RunInfo(
        run=run, actor=run, host="host", pid=1, command="reconciler apply", version="0", started=START, fingerprint="f"
    )


@dataclass(slots=True)
class Exchange:
    """Stands in for `http.transport.HttpExchange`: a request is a call of the world."""

    world: World
    actor: Actor
    transport: Any = None

    async def send(self, method: str, url: str, headers: dict[str, str], content: bytes) -> RawResponse | NoResponse:
        request = Request.of(method, url, headers, content)
        act = lambda: self.world.act(request, self.actor.name)  # noqa: E731
        call = Call(self.actor, "request", request.name, request.shop, act, request)
        answer: RawResponse | NoResponse = await self.world.call(call)
        return answer


def backend_of(world: World, actor: Actor) -> HttpBackend:
    backend = HttpBackend(_CONFIG, WorldClock(world, actor), httpx.AsyncBaseTransport())
    client: Any = backend._client  # the seam at which requests leave
    client._wire = Exchange(world, actor, SimpleNamespace(aclose=_nothing))
    return backend


async def _nothing() -> None:
    """There is no connection to close."""


@dataclass(slots=True)
class Commits:
    """Stands in for `db.group_commit.GroupCommit`: a commit is a call of the world."""

    submit_call: Callable[[Any], Any]

    async def submit(self, item: Any) -> Any:
        with anyio.CancelScope(shield=True):
            return await self.submit_call(item)


def journal_of(world: World, actor: Actor, run: str, plan: Plan) -> StoreJournal:
    journal = StoreJournal(world.machine.store, run_info(run), plan, WorldClock(world, actor), KEY)
    inner: Any = journal
    commit = inner._commit
    recorded = [0]

    def recall(memory: Any) -> None:
        progress, missed, inner._started = memory
        inner._course.progress.clear()
        inner._course.progress.update(progress)
        inner._course.missed.clear()
        inner._course.missed.update(missed)

    def memory() -> Any:
        return dict(inner._course.progress), set(inner._course.missed), inner._started

    async def submit(item: Any) -> Any:
        entry, lease = item.entry, getattr(item, "lease", None)
        shop = str(entry.shop or "")
        key = ("journal", run, recorded[0], _documents(item), None if lease is None else lease.fence, world.now)

        def perform() -> Any:
            recorded[0] += 1
            answers, world.state = world.machine.call(
                world.state, key, lambda: commit([item]), memory=memory, recall=recall
            )
            return answers[0]

        return await world.call(Call(actor, "store", f"journal {type(entry.event).__name__}", shop, perform))

    inner._commits = Commits(submit)
    return journal


def _documents(item: Any) -> str:
    return json.dumps([entry.document for entry in (*item.before, item.entry)], sort_keys=True)


@dataclass(slots=True)
class WorldLeases:
    """Implements ports.Leases: the store's, whose every commit is a call of the world."""

    inner: StoreLeases
    world: World

    async def acquire(self, shop: ShopKey) -> Any:
        return await self.inner.acquire(shop)

    def all(self) -> Sequence[LeaseInfo]:
        world = self.world
        held: Sequence[LeaseInfo] = world.machine.look(world.state, ("leases", world.now), self.inner.all)
        return held


def leases_of(world: World, actor: Actor, run: str) -> WorldLeases:
    leases = StoreLeases(world.machine.store, run_info(run), WorldClock(world, actor), process=_ELSEWHERE)
    inner: Any = leases
    commit = inner._commit

    async def submit(item: Any) -> Any:
        what = item.decide.__qualname__.split(".")[1].strip("_")
        held = [
            cell.cell_contents for cell in item.decide.__closure__ or () if isinstance(cell.cell_contents, LeaseInfo)
        ]
        fence = held[0].fence if held else None

        def perform() -> Any:
            if what == "given_back":
                for observer in world.observers:
                    observer.on_release(actor, item.shop)
            key = ("lease", run, what, item.shop, fence, world.now)
            answers, world.state = world.machine.call(world.state, key, lambda: commit([item]))
            return answers[0]

        return await world.call(Call(actor, "store", f"lease {what}", item.shop, perform))

    inner._commits = Commits(submit)
    return WorldLeases(leases, world)


def unfinished_of(world: World, actor: Actor, shop: ShopKey | None = None) -> Sequence[UnfinishedShop]:
    """What the journal says is unfinished now: of runs whose lease is over."""
    return _unfinished(world, WorldClock(world, actor), shop, world.now)


def pending_of(world: World) -> Sequence[UnfinishedShop]:
    """What the journal will say is unfinished once all processes are gone and their leases are over."""
    return _unfinished(world, _Far(), None, None)


class _Far:
    """A clock so late that no lease lives."""

    def now(self) -> datetime:
        return START + timedelta(days=30)


def _unfinished(world: World, clock: Any, shop: ShopKey | None, at: float | None) -> Sequence[UnfinishedShop]:
    history = StoreHistory(world.machine.store, clock)
    left: Sequence[UnfinishedShop] = world.machine.look(
        world.state, ("unfinished", shop, at), lambda: tuple(history.unfinished(shop))
    )
    return left
