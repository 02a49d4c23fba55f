"""Tables of JSON values, in memory and in a file of lines. One line is one transaction; a torn last line never happened."""

from __future__ import annotations

import copy
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any


class Journal:
    def __init__(self, path: Path | None = None) -> None:
        self._tables: dict[str, dict[str, Any]] = {}
        self._pending: list[tuple[str, str, Any]] = []
        self._file = None
        if path is not None:
            kept = self._replay(path) if path.exists() else 0
            self._file = path.open("ab")
            self._file.truncate(kept)

    def get(self, table: str, key: str) -> Any:
        """A copy of the value, None if there is none; what the open transaction put is seen."""
        for name, at, value in reversed(self._pending):
            if (name, at) == (table, key):
                return copy.deepcopy(value)
        return copy.deepcopy(self._tables.get(table, {}).get(key))

    def items(self, table: str) -> Iterator[tuple[str, Any]]:
        """What is committed, in order of its first commit. The values must not be changed."""
        return iter(list(self._tables.get(table, {}).items()))

    def put(self, table: str, key: str, value: Any) -> None:
        self._pending.append((table, key, copy.deepcopy(value)))

    def commit(self) -> None:
        """On disk before it is in memory."""
        if not self._pending:
            return
        if self._file is not None:
            self._file.write(json.dumps(self._pending, ensure_ascii=False).encode() + b"\n")
            self._file.flush()
            os.fsync(self._file.fileno())
        self._apply(self._pending)
        self._pending = []

    def discard(self) -> None:
        self._pending = []

    def close(self) -> None:
        if self._file is not None:
            self._file.close()

    def _replay(self, path: Path) -> int:
        """The length of the file up to its last whole line."""
        kept = 0
        for line in path.read_bytes().splitlines(keepends=True):
            if not line.endswith(b"\n"):
                break
            self._apply(json.loads(line))
            kept += len(line)
        return kept

    def _apply(self, entries: list[Any]) -> None:
        for table, key, value in entries:
            rows = self._tables.setdefault(table, {})
            if value is None:
                rows.pop(key, None)
            else:
                rows[key] = value
