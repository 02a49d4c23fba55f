"""A page of a long list: the rows of a command that lists the same, and where the next page starts."""

from __future__ import annotations

from reconciler.core.results.table_result import TableResult
from reconciler.lib.frozen_class import frozen


@frozen
class TablePage:
    """`table` has keys for machines and words for people; its notices are about other things than paging. `older` is what a
    query gives as `before` for the next page; None: this is the last one.
    """

    table: TableResult
    older: str | None = None
