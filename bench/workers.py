"""One change to many shops by one worker and by two, on a backend that answers after 50 ms: waiting is the limit, not the CPUs.

Each worker is a process that does chunks of a fleet run as `reconciler worker` has them done, over one PostgreSQL. What is
written is judged afterwards by the backend's own trail. Runs alternate, each over other shops of the fleet.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path

import anyio

from bench.timing import Figure
from reconciler.adapters.settings.settings import Settings
from reconciler.core.fleet.fleet_run import FleetRunKind, FleetRunOptions, NewChunk, NewFleetRun
from reconciler.core.model.selection import Selection
from reconciler.core.values import ShopKey
from reconciler.wiring.fleet.chunk_process import run_one
from reconciler.wiring.plan_files import fleet_name
from reconciler.wiring.scale.runs import open_fleet_runs
from reconciler.wiring.session import load_settings, open_session
from reconciler.workflows.plan import PlanRequest, plan_changes
from tests.hosts.fleet import Fleet, commit
from tests.hosts.judge import breaches
from tests.hosts.slow_backend import CLIENT, SECRET
from tests.hosts.write_log import read_changes, read_requests
from tests.support import postgres

PAIRS = 3
SHOPS = 200
"""In one run, in chunks of `CHUNK`."""
CHUNK = 25
ANSWERS_AFTER = 0.05
_SETTINGS = """\
backend: {{url: 'http://127.0.0.1:{port}/', client_id: {client}, client_secret: 'ref+env://BACKEND_SECRET'}}
store: {store}
limits: {{fleet_share: 100%}}
pace: {{requests_per_second: 1000, in_flight: 1}}
scale: {{requests_per_second: 10000, apply_chunk: {chunk}}}
"""


def measure(folder: Path) -> list[Figure]:
    os.environ["BACKEND_SECRET"] = SECRET
    fleet = Fleet(shops=(2 * PAIRS + 1) * SHOPS, max_closed=0, closing=False)
    with postgres.running() as server, _backend(folder / "backend", fleet) as port, ExitStack() as stack:
        settings = _fleet(folder / "fleet", fleet, port, server.fresh())
        workers = [stack.enter_context(_worker(settings.root)) for _ in range(2)]
        runs = iter(_created(settings, fleet))
        _seconds(workers, next(runs))  # imports, connections, the mirror
        pairs = [(_seconds(workers[:1], next(runs)), _seconds(workers, next(runs))) for _ in range(PAIRS)]
    found = breaches(fleet.allowed(), read_changes(folder / "backend"), read_requests(folder / "backend"))
    if found:
        raise RuntimeError("\n".join(found))
    return [
        Figure(
            name=f"one field in {SHOPS:,} shops: one worker",
            floor="two workers",
            subject_seconds=tuple(pair[0] for pair in pairs),
            floor_seconds=tuple(pair[1] for pair in pairs),
        )
    ]


@contextmanager
def _backend(folder: Path, fleet: Fleet) -> Iterator[int]:
    folder.mkdir()
    (folder / "seed.json").write_text(json.dumps(fleet.seed()))
    words = [sys.executable, "-m", "tests.hosts.slow_backend", str(folder), "127.0.0.1", "0", str(ANSWERS_AFTER)]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield int(process.stdout.readline().split()[1])
        finally:
            process.terminate()


def _fleet(folder: Path, fleet: Fleet, port: int, store: str) -> Settings:
    fleet.write(folder)
    text = _SETTINGS.format(port=port, client=CLIENT, store=store, chunk=CHUNK)
    (folder / "reconciler.yaml").write_text(text)
    (folder / ".gitignore").write_text(".reconciler/\n")
    commit(folder, "the fleet")
    settings = load_settings(folder / "reconciler.yaml")
    if not isinstance(settings, Settings):
        raise TypeError(settings)
    return settings


def _created(settings: Settings, fleet: Fleet) -> list[str]:
    """Applies of `SHOPS` shops each, by their ids."""
    plan = anyio.run(plan_changes, open_session(settings), PlanRequest()).plan
    leaves = {str(leaf.shop): leaf.digest for leaf in plan.leaves}
    head = subprocess.run(
        ["git", "rev-parse", "HEAD"], cwd=settings.root, capture_output=True, text=True, check=True
    ).stdout.strip()
    options = FleetRunOptions(selection=Selection(), total=fleet.shops, chunk_size=CHUNK)
    made = []
    with open_fleet_runs(settings) as runs:
        for start in range(0, fleet.shops, SHOPS):
            new = NewFleetRun(
                fleet=fleet_name(settings), kind=FleetRunKind.APPLY, commit=head, actor="bench", options=options
            )
            made.append(runs.create(new, list(_chunks(fleet.names[start : start + SHOPS], leaves))))
    return made


def _chunks(shops: Sequence[str], leaves: dict[str, str]) -> Iterator[NewChunk]:
    first = NewChunk(number=0, wave=1, first=ShopKey(shops[0]), last=ShopKey(shops[0]), shops=0)
    for number, start in enumerate(range(0, len(shops), CHUNK), 1):
        part = shops[start : start + CHUNK]
        approved = tuple((ShopKey(shop), leaves[shop]) for shop in part)
        last = ShopKey(part[-1])
        yield replace(first, number=number, first=ShopKey(part[0]), last=last, shops=len(part), leaves=approved)


@contextmanager
def _worker(folder: Path) -> Iterator[subprocess.Popen[str]]:
    words, pipe = [sys.executable, "-m", "bench.workers", str(folder)], subprocess.PIPE
    with subprocess.Popen(words, stdin=pipe, stdout=pipe, text=True) as process:
        assert process.stdin is not None
        try:
            yield process
        finally:
            process.stdin.close()


def _seconds(workers: Sequence[subprocess.Popen[str]], run: str) -> float:
    """Until all workers find no chunk any more. Each starts at another chunk, as a queue would give it."""
    started = time.perf_counter()
    for place, worker in enumerate(workers):
        assert worker.stdin is not None
        numbers = range(place + 1, SHOPS // CHUNK + 1, len(workers))
        worker.stdin.write(f"{run} {' '.join(map(str, numbers))}\n")
        worker.stdin.flush()
    for worker in workers:
        assert worker.stdout is not None
        if worker.stdout.readline() != "done\n":
            raise RuntimeError("a worker ended")
    return time.perf_counter() - started


def _work(folder: Path) -> None:
    for line in sys.stdin:
        run, *numbers = line.split()
        for number in numbers:
            end = run_one(folder, run, int(number), f"worker {os.getpid()}")
            if end.result is None or set(end.result.counts) - {"applied"}:
                raise RuntimeError(end)
        print("done", flush=True)


if __name__ == "__main__":
    _work(Path(sys.argv[1]))
