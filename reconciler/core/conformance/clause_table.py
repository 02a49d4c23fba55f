"""Clauses as a table: the result of `backend clauses`, and of `explain` with the id of a clause."""

from __future__ import annotations

from collections.abc import Sequence

from reconciler.core.conformance.clause import GROUP_TITLES, Clause
from reconciler.core.diagnostics.messages import msg
from reconciler.core.results.table_result import NamedCell, TableResult


def clause_table(clauses: Sequence[Clause]) -> TableResult:
    columns = (
        ("id", msg("Clause")),
        ("group", msg("Group")),
        ("title", msg("What the contract says")),
        ("writes", msg("Writes")),
        ("capability", msg("Capability")),
    )
    rows = tuple(
        (
            each.id,
            NamedCell(each.group.value, GROUP_TITLES[each.group]),
            NamedCell(str(each.title), each.title),
            each.writes,
            each.capability,
        )
        for each in clauses
    )
    return TableResult(
        name="clauses",
        columns=columns,
        rows=rows,
        empty=msg("(none)"),
        transposed=len(rows) == 1,
        brief=() if len(rows) == 1 else ("id", "group", "title"),
    )
