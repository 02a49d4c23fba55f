"""The table of `docs/conformance.md`: one row for each clause of the contract."""

from __future__ import annotations

from reconciler.core.conformance.clause import GROUP_TITLES, Clause
from reconciler.core.conformance.clauses import ALL_CLAUSES
from reconciler.core.diagnostics.messages import msg
from reconciler.views.i18n import Language

_HEAD = (msg("Clause"), msg("Group"), msg("What the contract says"), msg("Writes"), msg("Capability"))


def clauses_table(language: Language) -> str:
    head = " | ".join(language.translate(title) for title in _HEAD)
    rows = "".join(_row(each, language) for each in ALL_CLAUSES)
    return f"| {head} |\n|---|---|---|---|---|\n{rows}"


def _row(clause: Clause, language: Language) -> str:
    capability = "" if clause.capability is None else f"`{clause.capability}`"
    writes = language.translate(msg("yes")) if clause.writes else ""
    group, title = language.translate(GROUP_TITLES[clause.group]), language.translate(clause.title)
    return f"| `{clause.id}` | {group} | {title} | {writes} | {capability} |\n"
