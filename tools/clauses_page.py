"""The table of `docs/conformance.md`: one row for each clause of the contract."""

from __future__ import annotations

from reconciler.core.conformance.clause import GROUP_TITLES, Clause
from reconciler.core.conformance.clauses import ALL_CLAUSES


def clauses_table() -> str:
    rows = "".join(_row(each) for each in ALL_CLAUSES)
    return f"| Clause | Group | What the contract says | Writes | Capability |\n|---|---|---|---|---|\n{rows}"


def _row(clause: Clause) -> str:
    capability = "" if clause.capability is None else f"`{clause.capability}`"
    writes = "yes" if clause.writes else ""
    return f"| `{clause.id}` | {GROUP_TITLES[clause.group]} | {clause.title} | {writes} | {capability} |\n"
