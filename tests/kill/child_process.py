"""A process that forks the tool and makes it fail: each line on stdin is a run, each line on stdout its end.

    {"folder": ..., "words": [...], "point": N, "fault": ...}
    -> {"ended": exit code or minus the signal, "ticks": how far it came, "requests": how many it sent}

A tick is counted before and after each request to the backend, each journal write and each taking or giving back of a lease. At
tick `point` the fault happens; 0 is never. With `later`, the tool has channels of alerts and a clock that is so many seconds
later; then a tick is counted before and after each step of a look and its alerts instead (`alerting`). A `watch` counts both, and
its own steps (`watching`).

    kill    the process kills itself with SIGKILL
    pause   it stops itself with SIGSTOP: the answer is {"ended": "stopped"}, and {"continue": true} continues it
    block   its output is a pipe that is full and not read: {"ended": "started"}, and {"read": true} reads it
    hang    the processes of the PostgreSQL server `server` are stopped until the run has ended

The fault `answer` counts requests alone: request `point` takes place, and is answered as `answer` says (`ANSWERS`). So does
`renewal`: request `point` is refused since its access token is over, and so is the renewal of that token, once. Acknowledged
writes are noted in `acknowledged.txt`, and in `closed.txt` the tick at which the last closing of a shop was acknowledged.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages

import httpx

from reconciler.adapters.backend.http import transport as transports
from reconciler.cli.app import app
from reconciler.wiring import store
from tests.kill import alerting, watching
from tests.support.postgres import continue_server, stop_server

ANSWERS: dict[str, tuple[int, dict[str, str], bytes]] = {
    "401-html": (401, {"content-type": "text/html"}, b"<html>who are you</html>"),
    "403-json": (403, {"content-type": "application/json"}, b'{"blocked": "by the firewall"}'),
    "412-html": (412, {"content-type": "text/html"}, b"<html>precondition failed</html>"),
    "423-text": (423, {"content-type": "text/plain"}, b"locked"),
    "429-text": (429, {"content-type": "text/plain", "retry-after": "1"}, b"slow down"),
    "503-text": (503, {"content-type": "text/plain", "retry-after": "1"}, b"try later"),
}
"""Of gateways, firewalls and proxies, after the backend acted: status, headers, body."""
EXPIRED = (
    401,
    {"content-type": "application/problem+json"},
    b'{"title": "Unauthorized", "status": 401, "code": "INVALID_TOKEN", "detail": "the token is over"}',
)
NO_GRANT = (401, {"content-type": "application/json"}, b'{"error": "invalid_client"}')
REPEATED = "repeated"
"""A proxy sends the request a second time, and passes on the answer to that."""


class Ticks:
    def __init__(self, order: dict, folder: Path) -> None:
        self.fault = order.get("fault", "kill")
        self.point = order["point"]
        self.order = order
        self.count = 0
        self.requests = 0
        self.refuses_grant = False
        self.log = folder / "acknowledged.txt"
        self.closings = folder / "closed.txt"

    def tick(self) -> None:
        self.count += 1
        if self.count != self.point:
            return
        match self.fault:
            case "kill":
                os.kill(os.getpid(), signal.SIGKILL)
            case "pause":
                os.kill(os.getpid(), signal.SIGSTOP)
            case "hang":
                stop_server(self.order["server"])
            case "block":
                os.dup2(self.order["pipe"], 1)
                os.dup2(self.order["pipe"], 2)

    def answers_strangely(self) -> str | None:
        """How the present request is answered after it took place, where not by the backend."""
        hit = self.fault == "answer" and self.requests == self.point
        return self.order["answer"] if hit else None

    def refuses(self, path: str) -> httpx.Response | None:
        """An answer in the place of the backend's, to a request that does not take place."""
        self.requests += 1
        if self.fault == "renewal" and self.requests == self.point:
            self.refuses_grant = True
            return response(EXPIRED)
        if self.refuses_grant and "oauth" in path:
            self.refuses_grant = False
            return response(NO_GRANT)
        return None

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
        refusal = self.ticks.refuses(request.url.path)
        if refusal is not None:
            return refusal
        strange = self.ticks.answers_strangely()
        answer = await self.inner.handle_async_request(request)
        if strange == REPEATED:
            await answer.aread()
            answer = await self.inner.handle_async_request(request)
        elif strange is not None:
            await answer.aread()
            answer = response(ANSWERS[strange])
        if request.method != "GET" and answer.status_code < 300 and "oauth" not in request.url.path:
            self.ticks.acknowledged(f"{request.method} {request.url.path} {request.content.decode()}")
        self.ticks.tick()
        return answer


def response(content: tuple[int, dict[str, str], bytes]) -> httpx.Response:
    status, headers, body = content
    return httpx.Response(status, headers=headers, content=body)


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
    ticks = Ticks(order, folder)
    if order["words"][0] == "watch":
        install_ticks(ticks)
        watching.install(folder, ticks.tick, order["later"])
    elif "later" in order:
        alerting.install(folder, ticks.tick, order["later"])
    else:
        install_ticks(ticks)
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
        (folder / "ticks.txt").write_text(json.dumps({"ticks": ticks.count, "requests": ticks.requests}))
        os._exit(code)


def install_ticks(ticks: Ticks) -> None:
    journal, leases, in_process = store.journal, store.leases, transports.in_process
    store.journal = lambda *given: TickingJournal(journal(*given), ticks)
    store.leases = lambda *given: TickingLeases(leases(*given), ticks)
    transports.in_process = lambda application: Ticking(in_process(application), ticks)


def preload() -> None:
    """What a command imports when it runs is imported once, and not after each fork."""
    for room in ("adapters.backend", "adapters.manifests", "adapters.store", "cli", "embedded", "views", "workflows"):
        package = import_module(f"reconciler.{room}")
        for module in walk_packages(package.__path__, f"{package.__name__}."):
            if not module.name.endswith((".__main__", ".env", ".catalogue")):
                import_module(module.name)


class Runner:
    """One forked run at a time may be stopped, or wait for its reader; others run beside it."""

    def __init__(self) -> None:
        self.waiting: tuple[int, dict] | None = None
        self.unread = -1

    def obey(self, order: dict) -> dict:
        if "continue" in order:
            return self.go_on()
        if "read" in order:
            return self.read()
        return self.start(order)

    def start(self, order: dict) -> dict:
        blocked = order.get("fault") == "block"
        if blocked:
            self.unread, order["pipe"] = full_pipe()
        process = os.fork()
        if process == 0:
            run(order)
        if blocked:
            os.close(order["pipe"])
            self.waiting = process, order
            return {"ended": "started", "ticks": 0, "requests": 0}
        _, status = os.waitpid(process, os.WUNTRACED)
        if os.WIFSTOPPED(status):
            self.waiting = process, order
            return {"ended": "stopped", "ticks": 0, "requests": 0}
        if order.get("fault") == "hang":
            continue_server(order["server"])
        return ended(status, order)

    def go_on(self) -> dict:
        process, order = self.taken()
        os.kill(process, signal.SIGCONT)
        return ended(os.waitpid(process, 0)[1], order)

    def read(self) -> dict:
        """What was written in between goes on in the output's file, without what filled the pipe."""
        process, order = self.taken()
        with os.fdopen(self.unread, "rb") as pipe, (Path(order["folder"]) / "output.txt").open("ab") as output:
            output.write(pipe.read().lstrip(b"."))
        return ended(os.waitpid(process, 0)[1], order)

    def taken(self) -> tuple[int, dict]:
        assert self.waiting is not None
        waiting, self.waiting = self.waiting, None
        return waiting


def ended(status: int, order: dict) -> dict:
    noted = Path(order["folder"]) / "ticks.txt"
    content = json.loads(noted.read_text()) if noted.exists() else {"ticks": 0, "requests": 0}
    return {"ended": os.waitstatus_to_exitcode(status), **content}


def full_pipe() -> tuple[int, int]:
    """Its two ends: nothing more can be written until it is read."""
    unread, full = os.pipe()
    os.set_blocking(full, False)
    with suppress(BlockingIOError):
        while True:
            os.write(full, b"." * 4096)
    os.set_blocking(full, True)
    return unread, full


def main() -> None:
    preload()
    runner = Runner()
    for line in sys.stdin:
        print(json.dumps(runner.obey(json.loads(line))), flush=True)


if __name__ == "__main__":
    main()
