"""A fleet in a repository, a fleet run of its commit, and what the embedded backend has written down of it.

In: a folder and a store. Out: chunks to be run, in this process or in others; the backend's trail of changes is the judge.
"""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import anyio
from sqlalchemy import func, select, update

from reconciler.adapters.settings.settings import Settings
from reconciler.adapters.store.db.fleet_tables import closure_slots, run_chunks
from reconciler.adapters.store.db.run_tables import leases
from reconciler.adapters.store.db.run_tables import runs as applies
from reconciler.core.fleet.chunk_end import ChunkEnd
from reconciler.core.fleet.fleet_run import (
    ChunkState,
    FleetRun,
    FleetRunKind,
    FleetRunOptions,
    NewChunk,
    NewFleetRun,
    RunChunk,
    StopReason,
)
from reconciler.core.model.selection import Selection
from reconciler.core.planning.failure_limit import FailureLimit
from reconciler.core.values import ShopKey
from reconciler.embedded.actors.world import World
from reconciler.wiring.fleet.chunk_process import chunk_tools
from reconciler.wiring.plan_files import fleet_name
from reconciler.wiring.scale.runs import open_fleet_runs
from reconciler.wiring.session import load_settings, open_session
from reconciler.wiring.store import open_run_store
from reconciler.workflows.execution.cancellation import StopToken
from reconciler.workflows.fleet.run_chunk import ChunkTools, run_chunk
from reconciler.workflows.plan import PlanRequest, plan_changes
from reconciler.workflows.session import Session
from tests.support.example_fleet import MANIFEST, TOKEN
from tests.support.forge.remote import git

ROOT = Path(__file__).parents[3]
STATES = ("CLOSED", "OPEN")
SETTINGS = """\
store: '{store}'
embedded: {{seed: seed.json}}
limits: {{fleet_share: 100%, lease_seconds: 10}}
pace: {{requests_per_second: 1000, in_flight: 4}}
scale: {{requests_per_second: 10000, stall: 120s}}
"""


@dataclass(frozen=True, slots=True)
class Change:
    number: int
    shop: str
    field: str
    after: Any
    write_key: str | None


@dataclass(slots=True)
class ChunkFleet:
    """`shops` are open shops in which Amazon Pay is to be switched on, which closes them for a moment."""

    folder: Path
    shops: Sequence[str]
    commit: str = field(init=False)

    @classmethod
    def made(cls, folder: Path, store: str, shops: int) -> ChunkFleet:
        keys = [f"shop-{number:03}" for number in range(1, shops + 1)]
        (folder / "shops").mkdir(parents=True)
        for key in keys:
            (folder / "shops" / f"{key}.yaml").write_text(MANIFEST.format(shop=key, wave="late", closing="allow"))
        seed = [{"shopKey": key, "entitlements": {"commerceCreator": "RUNNING"}} for key in keys]
        (folder / "seed.json").write_text(json.dumps({"shops": seed}))
        (folder / "reconciler.yaml").write_text(SETTINGS.format(store=store))
        (folder / ".gitignore").write_text(".reconciler/\n")
        git(folder, "init", "-q", "-b", "main", ".")
        fleet = cls(folder, keys)
        fleet.commit_all()
        return fleet

    def commit_all(self) -> str:
        git(self.folder, "add", "-A")
        git(self.folder, "commit", "-q", "--allow-empty", "-m", "x")
        self.commit = git(self.folder, "rev-parse", "HEAD")
        return self.commit

    def one_at_a_time(self) -> None:
        """So that a process which is stopped has no other request in flight: it would hold the backend's database up."""
        file = self.folder / "reconciler.yaml"
        file.write_text(file.read_text().replace("in_flight: 4", "in_flight: 1"))
        self.commit_all()

    @property
    def settings(self) -> Settings:
        found = load_settings(self.folder / "reconciler.yaml")
        assert isinstance(found, Settings), found
        return found

    def options(self, **words: Any) -> FleetRunOptions:
        return replace(FleetRunOptions(selection=Selection(), total=len(self.shops), chunk_size=25), **words)

    def look(self, *, chunks: int = 1, **words: Any) -> str:
        """The id of a look."""
        return self._create(FleetRunKind.LOOK, [{} for _ in range(chunks)], self.options(**words))

    def apply(self, *, chunks: int = 1, closed: int | None = None, failures: int = 0, **words: Any) -> str:
        """The id of an apply, with the leaves of the present plan."""
        plan = anyio.run(plan_changes, open_session(self.settings), PlanRequest()).plan
        leaves = {str(leaf.shop): leaf.digest for leaf in plan.leaves}
        options = self.options(closed=closed, tolerance=FailureLimit(number=failures), **words)
        return self._create(FleetRunKind.APPLY, [leaves] * chunks, options)

    def _create(self, kind: FleetRunKind, leaves: Sequence[Mapping[str, str]], options: FleetRunOptions) -> str:
        size = -(-len(self.shops) // len(leaves))
        parts = [self.shops[start : start + size] for start in range(0, len(self.shops), size)]
        chunks = [
            NewChunk(
                number=number,
                wave=1,
                first=ShopKey(part[0]),
                last=ShopKey(part[-1]),
                shops=len(part),
                leaves=tuple((ShopKey(shop), given[shop]) for shop in part if shop in given),
            )
            for number, (part, given) in enumerate(zip(parts, leaves, strict=True), start=1)
        ]
        new = NewFleetRun(
            fleet=fleet_name(self.settings), kind=kind, commit=self.commit, actor="operator@laptop", options=options
        )
        with open_fleet_runs(self.settings) as runs:
            return runs.create(new, chunks)

    def chunk(self, run: str, number: int = 1) -> RunChunk:
        with open_fleet_runs(self.settings) as runs:
            return next(chunk for chunk in runs.chunks(run) if chunk.number == number)

    @contextmanager
    def tools(self, stop: StopToken | None = None) -> Iterator[ChunkTools]:
        with open_run_store(self.settings) as opened:
            yield chunk_tools(self.settings, opened, stop or StopToken())

    def run(self, run: str, number: int = 1, **changes: Any) -> ChunkEnd:
        """In this process."""
        with self.tools() as tools:
            return anyio.run(run_chunk, replace(tools, **changes), run, number, "here")

    @staticmethod
    def run_with(tools: ChunkTools, run: str, number: int = 1) -> ChunkEnd:
        return anyio.run(run_chunk, tools, run, number, "here")

    @contextmanager
    def stopping(self, run: str) -> Iterator[ChunkTools]:
        """Someone stops the run once the chunk is claimed."""
        with self.tools() as tools:
            yield replace(
                tools, session_at=self._after(tools, lambda: tools.runs.request_stop(run, StopReason.CANCELLED))
            )

    @contextmanager
    def losing(self, run: str) -> Iterator[ChunkTools]:
        """Another worker claims the chunk in between, since this one seemed to be gone."""

        def claim() -> None:
            self.stall(run)
            assert tools.runs.claim(run, 1, "other") is not None

        with self.tools() as tools:
            yield replace(tools, session_at=self._after(tools, claim))

    @staticmethod
    def _after(tools: ChunkTools, act: Callable[[], object]) -> Callable[[FleetRun], AbstractContextManager[Session]]:
        def session_at(run: FleetRun) -> AbstractContextManager[Session]:
            act()
            return tools.session_at(run)

        return session_at

    def stall(self, run: str) -> None:
        """The claims of the run, and its closures, are older than any stall limit."""
        with open_run_store(self.settings) as opened, opened.writing() as connection:
            old = datetime(2026, 1, 1, tzinfo=UTC)
            connection.execute(update(run_chunks).where(run_chunks.c.run == run).values(seen=old))
            taken = (closure_slots.c.run == run, closure_slots.c.until.is_not(None))
            connection.execute(update(closure_slots).where(*taken).values(until=old))

    def reopen(self, run: str) -> None:
        """The chunks of the run have no end yet, and their workers are gone."""
        with open_run_store(self.settings) as opened, opened.writing() as connection:
            chunks = update(run_chunks).where(run_chunks.c.run == run)
            connection.execute(chunks.values(state=ChunkState.RUNNING.value, result=None))
        self.stall(run)

    def expire_leases(self) -> None:
        with open_run_store(self.settings) as opened, opened.writing() as connection:
            connection.execute(update(leases).values(expires=datetime(2026, 1, 1, tzinfo=UTC)))

    def merchant_edits(self, shop: str, **changes: object) -> None:
        with closing(World.open(self.folder / ".reconciler" / "embedded.db")) as world:
            world.merchant_edits(shop, changes)

    @property
    def keys(self) -> list[ShopKey]:
        return [ShopKey(shop) for shop in self.shops]

    @property
    def name(self) -> str:
        return fleet_name(self.settings)

    def child(self, run: str, number: int = 1, **fault: Any) -> subprocess.Popen[str]:
        """In another process; see `chunk_child`."""
        words = {"folder": str(self.folder), "run": run, "number": number, **fault}
        command = [sys.executable, "-m", "tests.support.fleet.chunk_child", json.dumps(words)]
        environment = os.environ | {"FLEET_TOKEN": TOKEN}
        return subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True)

    def runs_started(self) -> int:
        """How many applies are in the journal."""
        with open_run_store(self.settings) as opened, opened.reading() as connection:
            return connection.execute(select(func.count()).select_from(applies)).scalar_one()

    # The judge

    def changes(self) -> list[Change]:
        """All that the backend changed for the tool, in order."""
        with closing(sqlite3.connect(self.folder / ".reconciler" / "embedded.db", timeout=30)) as raw:
            rows = raw.execute("SELECT change_id, shop_key, field, after, write_key FROM changes ORDER BY change_id")
            return [Change(number, shop, name, json.loads(after), key) for number, shop, name, after, key in rows]

    def most_closed(self) -> int:
        """How many shops were closed at one time."""
        closed, most = set[str](), 0
        for change in self.changes():
            if change.after in STATES:
                (closed.add if change.after == "CLOSED" else closed.discard)(change.shop)
                most = max(most, len(closed))
        return most

    def left_closed(self) -> list[str]:
        last = {change.shop: change.after for change in self.changes() if change.after in STATES}
        return [shop for shop, state in last.items() if state == "CLOSED"]

    def written_twice(self) -> list[tuple[str, str]]:
        """Fields that were set more than once. A closure that was interrupted is repeated."""
        times = Counter((change.shop, change.field) for change in self.changes() if change.after not in STATES)
        return [written for written, count in times.items() if count > 1]

    def switched_on(self) -> list[str]:
        return sorted(
            {change.shop for change in self.changes() if change.field == "useAmazon" and change.after is True}
        )


def ended(process: subprocess.Popen[str]) -> dict[str, Any]:
    """What a child says at its end."""
    out, _ = process.communicate(timeout=120)
    assert process.returncode == 0, (process.returncode, out)
    return json.loads(out.splitlines()[-1])


def killed(process: subprocess.Popen[str]) -> None:
    process.communicate(timeout=120)
    assert process.returncode == -signal.SIGKILL
