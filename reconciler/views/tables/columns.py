"""The columns of an export of the former admin, and where each goes: what `import --mapping` shows.

In: a look; none for machines, which read English. Out: a table.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from reconciler.core.diagnostics.messages import Message, msg
from reconciler.core.importing.legacy_columns import NO, TABLE, YES, CellType, Column
from reconciler.core.importing.legacy_screens import LEGACY_SCREENS
from reconciler.core.importing.table_rows import OWNER_HEADERS
from reconciler.views.common.authoring.column_words import OWNER_WORDS, REFERENCE_WORDS
from reconciler.views.common.context import RenderContext
from reconciler.views.tables.table import Table


def mapping_table(context: RenderContext | None) -> Table:
    """A row for each name that a column may have; for people, what all names share is beside the first."""
    rows = (row for column in TABLE for row in _rows(column, context))
    return Table(
        name="import-mapping",
        columns=(
            ("column", msg("Column")),
            ("manifest_key", msg("In the manifest")),
            ("words", msg("Values of a cell")),
        ),
        rows=tuple(rows),
        empty=msg("No supported column"),
    )


def screens_table() -> Table:
    """The 項目対照表: a row for each screen and item of the former admin."""
    rows = tuple(
        (
            screen.before[0],
            screen.before[1] or None,
            screen.now[0],
            screen.now[1] or None,
            screen.manifest_key,
        )
        for screen in LEGACY_SCREENS
    )
    return Table(
        name="former-screens",
        columns=(
            ("former_screen", msg("Former screen")),
            ("former_item", msg("Item and word")),
            ("screen", msg("Present screen")),
            ("item", msg("Item and word now")),
            ("manifest_key", msg("Manifest key")),
        ),
        rows=rows,
        empty=msg("(none)"),
    )


def _rows(column: Column, context: RenderContext | None) -> Iterator[tuple[str, str | None, str]]:
    words = _words(column)
    shared = (column.place, str(words) if context is None else context.translate(words))
    for number, header in enumerate(column.headers):
        yield header, *(shared if context is None or number == 0 else ("", ""))


def _words(column: Column) -> Message:
    match column.cell_type:
        case CellType.SWITCH:
            return msg("{yes}: true; {no}: false", yes=", ".join(YES), no=", ".join(NO))
        case CellType.WORD:
            return msg("{words}", words="; ".join(f"{cell}: {word}" for cell, word in column.words))
        case CellType.REFERENCE:
            return REFERENCE_WORDS
        case _:
            return column.note or msg("a string")


def columns_table(context: RenderContext | None) -> Table:
    """Those of an export, and the owners."""
    table = mapping_table(context)
    hint = str(OWNER_WORDS) if context is None else context.translate(OWNER_WORDS)
    rows = tuple(
        (header, "CODEOWNERS", hint if context is None or not at else "") for at, header in enumerate(OWNER_HEADERS)
    )
    return replace(table, name="onboarding-columns", rows=(*table.rows, *rows))
