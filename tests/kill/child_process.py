"""A process that forks the tool and kills it: each line on stdin is a run, the answer on stdout says how it ended.

    {"folder": ..., "words": [...], "point": N}  ->  {"ended": exit code or minus the signal, "ticks": how far it came}

A tick is counted before and after each request to the backend, each journal write and each taking or giving back of a lease. At
tick `point` the forked process kills itself with SIGKILL; 0 is never. Acknowledged writes are noted in `acknowledged.txt`, and in
`closed.txt` the tick at which the last closing of a shop was acknowledged.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages

import httpx

from reconciler.adapters.backend.http import transport as transports
from reconciler.cli.app import app
from reconciler.wiring import store


class Ticks:
    def __init__(self, point: int, folder: Path) -> None:
        self.point = point
        self.count = 0
        self.log = folder / "acknowledged.txt"
        self.closings = folder / "closed.txt"

    def tick(self) -> None:
        self.count += 1
        if self.count == self.point:
            os.kill(os.getpid(), signal.SIGKILL)

    def acknowledged(self, line: str) -> None:
        with self.log.open("a") as file:
            file.write(line + "\n")
        if line.startswith("PUT ") and "CLOSED" in line:
            self.closings.write_text(str(self.count + 1))


class Ticking(httpx.AsyncBaseTransport):
    def __init__(self, inner: httpx.AsyncBaseTransport, ticks: Ticks) -> None:
        self.inner = inner
        self.ticks = ticks

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.ticks.tick()
        answer = await self.inner.handle_async_request(request)
        if request.method != "GET" and answer.status_code < 300 and "oauth" not in request.url.path:
            self.ticks.acknowledged(f"{request.method} {request.url.path} {request.content.decode()}")
        self.ticks.tick()
        return answer


class TickingJournal:
    def __init__(self, inner, ticks: Ticks) -> None:
        self.inner = inner
        self.ticks = ticks

    async def record(self, event) -> None:
        self.ticks.tick()
        await self.inner.record(event)
        self.ticks.tick()

    async def record_intent(self, event, lease) -> None:
        self.ticks.tick()
        await self.inner.record_intent(event, lease)
        self.ticks.tick()

    async def record_lazily(self, event) -> None:
        await self.inner.record_lazily(event)
        self.ticks.tick()


class TickingLease:
    def __init__(self, inner, ticks: Ticks) -> None:
        self.inner = inner
        self.ticks = ticks

    @property
    def held(self):
        return self.inner.held

    @property
    def valid_until(self) -> float:
        return self.inner.valid_until

    async def renew(self) -> None:
        await self.inner.renew()

    async def release(self) -> None:
        self.ticks.tick()
        await self.inner.release()
        self.ticks.tick()


class TickingLeases:
    def __init__(self, inner, ticks: Ticks) -> None:
        self.inner = inner
        self.ticks = ticks

    async def acquire(self, shop):
        self.ticks.tick()
        lease = await self.inner.acquire(shop)
        self.ticks.tick()
        return TickingLease(lease, self.ticks)

    def all(self):
        return self.inner.all()


def run(order: dict) -> None:
    """In the forked process: ends it."""
    folder = Path(order["folder"])
    os.chdir(folder)
    ticks = Ticks(order["point"], folder)
    journal, leases, in_process = store.journal, store.leases, transports.in_process
    store.journal = lambda *given: TickingJournal(journal(*given), ticks)
    store.leases = lambda *given: TickingLeases(leases(*given), ticks)
    transports.in_process = lambda application: Ticking(in_process(application), ticks)
    with (folder / "output.txt").open("a") as output:
        os.dup2(output.fileno(), 1)
        os.dup2(output.fileno(), 2)
    code = 1
    try:
        app.main(order["words"], prog_name="reconciler")
    except SystemExit as ended:
        code = int(ended.code or 0)
    finally:
        sys.stdout.flush()
        (folder / "ticks.txt").write_text(str(ticks.count))
        os._exit(code)


def preload() -> None:
    """What a command imports when it runs is imported once, and not after each fork."""
    for room in ("adapters.backend", "adapters.manifests", "adapters.store", "cli", "embedded", "views", "workflows"):
        package = import_module(f"reconciler.{room}")
        for module in walk_packages(package.__path__, f"{package.__name__}."):
            if not module.name.endswith((".__main__", ".env", ".catalogue")):
                import_module(module.name)


def main() -> None:
    preload()
    for line in sys.stdin:
        order = json.loads(line)
        process = os.fork()
        if process == 0:
            run(order)
        _, status = os.waitpid(process, 0)
        ended = os.waitstatus_to_exitcode(status)
        noted = Path(order["folder"]) / "ticks.txt"
        print(json.dumps({"ended": ended, "ticks": int(noted.read_text()) if noted.exists() else 0}), flush=True)


if __name__ == "__main__":
    main()
