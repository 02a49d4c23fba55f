"""Serves the backend on loopback: in a thread for tests, or as a process with `python -m tests.second_backend`."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aiohttp import web

from tests.second_backend.actors import Actors
from tests.second_backend.application import Asked, make_application
from tests.second_backend.breaches import BREACHES
from tests.second_backend.faults import Faults
from tests.second_backend.journal import Journal
from tests.second_backend.state import OFFERS, State


@dataclass
class Second:
    """A second backend that is not served yet, or is: what a test needs of it."""

    state: State
    world: Actors
    faults: Faults
    asked: list[Asked] = field(default_factory=list)

    @property
    def application(self) -> web.Application:
        return make_application(self.state, self.faults, self.asked)


def second_backend(
    journal: Path | None = None,
    seed: dict[str, Any] | None = None,
    *,
    offers: Iterable[str] = OFFERS,
    auto_link: bool = True,
    breaches: Iterable[str] = (),
) -> Second:
    """Seeded if it holds no shop. Raises ValueError for a breach or an offer that it does not know."""
    unknown = (set(breaches) - set(BREACHES)) | (set(offers) - OFFERS)
    if unknown:
        raise ValueError(f"unknown: {', '.join(sorted(unknown))}")
    state = State(Journal(journal), frozenset(offers), auto_link, frozenset(breaches))
    world = Actors(state)
    if seed is not None and not list(state.shops()):
        world.seed(seed)
    return Second(state, world, Faults())


@contextmanager
def serve_second(second: Second) -> Iterator[str]:
    """The address, until the block ends."""
    started = threading.Event()
    found: list[Any] = []

    async def run() -> None:
        runner = web.AppRunner(second.application, access_log=None, shutdown_timeout=1, max_line_size=65536)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        found.extend((runner.addresses[0][1], asyncio.get_running_loop(), asyncio.Event()))
        started.set()
        await found[2].wait()
        await runner.cleanup()

    thread = threading.Thread(target=asyncio.run, args=(run(),), daemon=True)
    thread.start()
    assert started.wait(10), "the server did not start"
    port, loop, stop = found
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(10)
        second.state.journal.close()
