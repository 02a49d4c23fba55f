"""Results that are rows, as tables: for a terminal, for people who read the whole, for machines."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from reconciler.core.diagnostics.messages import Message, msg
from reconciler.core.results.table_result import Cell, NamedCell, TableResult
from reconciler.views.common.context import RenderContext
from reconciler.views.tables.columns import columns_table, mapping_table
from reconciler.views.tables.healing import heal_table
from reconciler.views.tables.history import history_full, history_terminal, steps_short, steps_whole
from reconciler.views.tables.reference import codes_table, fields_table
from reconciler.views.tables.table import Table, Word

_NOTHING_APPLIED = msg("No runs recorded.")


def table_for_terminal(result: Any, context: RenderContext) -> Table:
    """What a terminal has room for."""
    match result.kind:
        case "history":
            return history_terminal(result.runs, context, _empty_history(result))
        case "history-steps":
            return steps_short(result.runs, context, _empty_history(result))
        case "table":
            return _brief(table_for_people(result, context), result.brief)
        case _:
            return table_for_people(result, context)


def table_for_people(result: Any, context: RenderContext) -> Table:
    """Everything, in the reader's language."""
    match result.kind:
        case "history":
            return history_full(result.runs, context, _empty_history(result))
        case "history-steps":
            return steps_whole(result.runs, context, _empty_history(result))
        case "columns":
            return (columns_table if result.owners else mapping_table)(context)
        case "codes":
            return codes_table(result, context)
        case "fields":
            return fields_table(result, context)
        case "heal":
            return heal_table(result, context)
        case _:
            table = _table(result, lambda cell: cell_for_people(cell, context))
            return _transposed(table, context) if result.transposed and table.rows else table


def table_for_machines(result: Any) -> Table:
    """English, with keys in the place of titles."""
    if result.kind == "columns":
        return columns_table(None)
    if result.kind == "codes":
        return codes_table(result, None)
    if result.kind == "fields":
        return fields_table(result, None)
    if result.kind == "heal":
        return heal_table(result, None)
    return _table(result, _for_machines)


def _table(result: TableResult, word: Callable[[Cell], Word]) -> Table:
    rows = tuple(tuple(word(cell) for cell in row) for row in result.rows)
    return Table(name=result.name, columns=result.columns, rows=rows, empty=result.empty)


def _brief(table: Table, keys: tuple[str, ...]) -> Table:
    """The columns of these names; all where none are named."""
    at = [index for index, (key, _) in enumerate(table.columns) if not keys or key in keys]
    rows = tuple(tuple(row[index] for index in at) for row in table.rows)
    return replace(table, columns=tuple(table.columns[index] for index in at), rows=rows)


def _transposed(table: Table, context: RenderContext) -> Table:
    """One row as a list of its fields."""
    titles = (("field", msg("Field")), ("value", msg("Value")))
    rows = tuple(
        (context.translate(title), word) for (_, title), word in zip(table.columns, table.rows[0], strict=True)
    )
    return replace(table, columns=titles, rows=rows)


def cell_for_people(cell: Cell, context: RenderContext) -> Word:
    if isinstance(cell, NamedCell):
        return context.translate(cell.title)
    if isinstance(cell, bool):
        return context.translate(msg("yes") if cell else msg("no"))
    return context.time(cell) if isinstance(cell, str) else cell


def _for_machines(cell: Cell) -> Word:
    return cell.key if isinstance(cell, NamedCell) else cell


def _empty_history(result: Any) -> Message:
    return _NOTHING_APPLIED if result.shop is None else msg("No runs found for {shop}.", shop=result.shop)
