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

from reconciler.adapters.store import Store, open_store

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
    """The rows of each table, and a digest of the events, which only ever grow."""

    rows: Rows
    events: str

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
        """The digest of the rows as they are now. Of the events only the new ones are read."""
        before = self.states.get(self._loaded, _NOTHING)
        rows = {
            table: tuple(self._raw.execute(f"SELECT * FROM {table} ORDER BY 1, 2"))  # noqa: S608  # as above
            for table in self._tables
            if table != "events"
        }
        events, chain = before.rows["events"], before.events
        last = events[-1][0] if events else 0
        new = tuple(self._raw.execute("SELECT * FROM events WHERE number > ? ORDER BY 1", (last,)))
        for row in new:
            chain = hashlib.blake2b(f"{chain}{row!r}".encode(), digest_size=12).hexdigest()
        digest = hashlib.blake2b(f"{chain}{rows!r}".encode(), digest_size=12).hexdigest()
        if digest not in self.states:
            self.states[digest] = _State({**rows, "events": events + new}, chain)
        self._loaded = digest
        return digest


_NOTHING: Final = _State({"events": ()}, "")


def _without_syncing(raw: Any, _entry: object) -> None:
    raw.execute("PRAGMA synchronous=OFF").close()
