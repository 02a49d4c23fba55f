"""The rows of one table: read in batches, written, and reduced to a digest that both kinds of database agree on.

The digest is the sum of the digests of the rows, so it does not depend on their order: databases sort text differently.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from sqlalchemy import Connection, Table, select

from reconciler.lib.frozen_class import frozen

Row = Mapping[str, Any]

BATCH: Final = 200
"""Rows in memory at once. A notification has at most some hundred kilobytes."""
_SIZE: Final = 1 << 256


@frozen(kw_only=False)
class TableDigest:
    rows: int = 0
    total: int = 0

    def add(self, batch: Sequence[Row]) -> TableDigest:
        total = sum((_row_digest(row) for row in batch), self.total)
        return TableDigest(self.rows + len(batch), total % _SIZE)

    @property
    def text(self) -> str:
        return f"{self.total:064x}"


def read_batches(connection: Connection, table: Table) -> Iterator[Sequence[Row]]:
    """From the server as well only a batch at a time."""
    options = {"stream_results": True, "yield_per": BATCH}
    with connection.execute(select(table).execution_options(**options)) as result:
        for rows in result.mappings().partitions():
            yield [dict(row) for row in rows]


def table_digest(connection: Connection, table: Table) -> TableDigest:
    digest = TableDigest()
    for batch in read_batches(connection, table):
        digest = digest.add(batch)
    return digest


def _row_digest(row: Row) -> int:
    values = json.dumps([row[name] for name in sorted(row)], default=_in_hex, separators=(",", ":"))
    return int.from_bytes(hashlib.sha256(values.encode()).digest())


def _in_hex(value: Any) -> str:
    return f"\\x{bytes(value).hex()}"
