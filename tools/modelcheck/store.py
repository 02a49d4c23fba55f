"""The real store (journal, leases, history over SQLite), as a function: a state and a call in, an answer and the next state out.

Each call runs the code that ships, once for each state that it is made in; when a path is replayed, the answer and the next state
are taken from memory. A state is the rows of the store's tables. What an adapter keeps in memory beside them (`memory`) is
kept and put back with the answer.
"""

from __future__ import annotations

import hashlib
import sqlite3
import tempfile
from collections.abc import Callable, Hashable
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Final

from sqlalchemy import event

from reconciler.adapters.store.db.database import Store, open_store

_TABLES: Final = ("runs", "events", "run_shops", "applied", "leases", "store_identity")
Row = tuple[Any, ...]
Rows = dict[str, tuple[Row, ...]]


@dataclass(frozen=True, slots=True)
class _Answer:
    """What a call came to: its result or its error, the state after it, and what the adapter keeps in memory."""

    result: Any
    error: BaseException | None
    state: str
    memory: Any


@dataclass(frozen=True)
class _State:
    """The rows of each table."""

    rows: Rows

    @cached_property
    def journal(self) -> str:
        return "\n".join(str(row) for row in self.rows["events"])


class StoreMachine:
    """`states` are all that were seen, by digest."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="modelcheck-")
        path = Path(self._folder.name) / "journal.db"
        open_store(path).close()
        self.store: Store = open_store(path)
        self.store.close()
        # What is looked at is what is written, not when it reaches the disk.
        event.listen(self.store._engine, "connect", _without_syncing)  # as the simulation does
        self._raw = sqlite3.connect(path, isolation_level=None)
        self._raw.execute("PRAGMA synchronous=OFF")
        tables = {name for (name,) in self._raw.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        self._tables = tuple(name for name in _TABLES if name in tables)
        if "store_identity" in tables:
            self._raw.execute("INSERT INTO store_identity (slot, name) VALUES (1, 'model')")
        self._columns = tuple(row[1] for row in self._raw.execute("PRAGMA table_info(leases)"))
        self.states: dict[str, _State] = {}
        self._memo: dict[Hashable, _Answer] = {}
        self._loaded = ""
        self._loaded = self._dump()
        self.initial = self._loaded

    def close(self) -> None:
        self.store.close()
        self._raw.close()
        with suppress(OSError):
            self._folder.cleanup()

    def call(
        self,
        state: str,
        key: Hashable,
        run: Callable[[], Any],
        *,
        memory: Callable[[], Any] = lambda: None,
        recall: Callable[[Any], None] = lambda _memory: None,
    ) -> tuple[Any, str]:
        """The result of `run` in `state`, and the state after it. Raises what it raises, and then nothing changed."""
        answer = self._memo.get((state, key))
        if answer is None:
            answer = self._memo[state, key] = self._run(state, run, memory)
        else:
            recall(answer.memory)
        if answer.error is not None:
            raise answer.error
        return answer.result, answer.state

    def look(self, state: str, key: Hashable, read: Callable[[], Any]) -> Any:
        """As `call`, for what changes nothing."""
        return self.call(state, ("look", key), read)[0]

    def release(self, state: str, runs: tuple[str, ...]) -> str:
        """The state in which the leases of dead processes are over, as others on their machine notice it."""

        def end() -> None:
            marks = ",".join("?" * len(runs))
            self._raw.execute(f"UPDATE leases SET released = 1 WHERE run IN ({marks})", runs)  # noqa: S608  # marks only

        return self.call(state, ("release", runs), end)[1]

    def lease(self, state: str, shop: str) -> dict[str, Any] | None:
        """The row of the shop's lease."""
        for row in self.states[state].rows["leases"]:
            found = dict(zip(self._columns, row, strict=True))
            if found["shop"] == shop:
                return found
        return None

    def journal(self, state: str) -> str:
        """All events of the state, as text."""
        return self.states[state].journal

    def _run(self, state: str, run: Callable[[], Any], memory: Callable[[], Any]) -> _Answer:
        self._load(state)
        try:
            result = run()
        except Exception as error:  # noqa: BLE001  # raised again for each path that comes here
            return _Answer(None, error.with_traceback(None), self._dump(), memory())
        return _Answer(result, None, self._dump(), memory())

    def _load(self, state: str) -> None:
        if self._loaded == state:
            return
        self._raw.execute("BEGIN IMMEDIATE")
        for table in reversed(self._tables):
            self._raw.execute(f"DELETE FROM {table}")  # noqa: S608  # a name of our own
        for table, rows in self.states[state].rows.items():
            if rows:
                marks = ",".join("?" * len(rows[0]))
                self._raw.executemany(f"INSERT INTO {table} VALUES ({marks})", rows)  # noqa: S608  # as above
        self._raw.execute("COMMIT")
        self._loaded = state

    def _dump(self) -> str:
        """The digest of the rows as they are now."""
        rows = {
            table: tuple(self._raw.execute(f"SELECT * FROM {table} ORDER BY 1, 2"))  # noqa: S608  # as above
            for table in self._tables
        }
        digest = hashlib.blake2b(_meaning(rows).encode(), digest_size=12).hexdigest()
        known = self.states.setdefault(digest, _State(rows))
        # Rows that mean the same may be numbered in another way: then those that are known are loaded.
        self._loaded = digest if known.rows == rows else ""
        return digest


def _meaning(rows: Rows) -> str:
    """The rows without what nothing depends on: how the events of different shops and runs are numbered among each other.

    What does depend on it is kept: how far each run's events in a shop are settled, and which run did something there after
    another one had started.
    """
    events: dict[tuple[str, str], list[Row]] = {}
    for number, run, shop, at, document in rows["events"]:
        events.setdefault((run, shop or ""), []).append((number, at, document))
    left = [
        (run, shop, unfinished, sum(number <= settled for number, *_ in events.get((run, shop), ())))
        for run, shop, _steps, _changes, settled, unfinished in rows["run_shops"]
    ]
    started = [(run, shop) for run, shop, *_ in left if (run, shop) in events]
    after = [
        (one, other, shop)
        for one, shop in started
        for other, where in started
        if other != one and where == shop and events[other, shop][-1][0] > events[one, shop][0][0]
    ]
    texts = sorted((where, [row[1:] for row in found]) for where, found in events.items())
    others = [rows[table] for table in sorted(rows) if table not in ("events", "run_shops")]
    return repr((texts, left, after, others))


def _without_syncing(raw: Any, _entry: object) -> None:
    raw.execute("PRAGMA synchronous=OFF").close()
