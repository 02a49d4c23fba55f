"""What `import --mapping` and `onboard --columns` show, as text: former and present screens, columns by manifest key, words.

In: the tables of the former admin, and a context. Out: text.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Final

from reconciler.core.diagnostics.messages import Message, msg
from reconciler.core.importing.legacy_columns import NO, TABLE, YES, CellType, Column
from reconciler.core.importing.legacy_screens import LEGACY_SCREENS
from reconciler.core.importing.table_rows import OWNER_HEADERS
from reconciler.views.common.ansi import Style
from reconciler.views.common.authoring.column_words import OWNER_WORDS, REFERENCE_WORDS
from reconciler.views.common.context import RenderContext, join_lines
from reconciler.views.common.display_width import pad_to_width
from reconciler.views.common.phrases import join_list
from reconciler.views.text.layout import labelled, paragraph

_INDENT: Final = "  "
_OWNERS: Final = "CODEOWNERS"


def render_mapping(context: RenderContext) -> str:
    return join_lines([*_screens(context), "", *_columns(context, owners=False)])


def render_columns(context: RenderContext) -> str:
    """Those of an onboarding: the owners as well."""
    return join_lines(_columns(context, owners=True))


def _screens(context: RenderContext) -> Iterator[str]:
    """Each former screen with the present one, and its items below it."""
    yield _title(msg("Screens of the former admin → present screens"), context)
    whole: dict[str, str] = {}
    for screen in LEGACY_SCREENS:
        (former, before), (present, now) = screen.before, screen.now
        if not before:
            whole[former] = present
            yield from paragraph(f"{former} → {present}", context, _INDENT, style=Style.HEADING)
            continue
        place = "" if whole.get(former) == present else f"{present} "
        key = f" (`{screen.manifest_key}`)" if screen.manifest_key else ""
        yield from paragraph(f"{before} → {place}{now}{key}", context, _INDENT * 2)


def _columns(context: RenderContext, *, owners: bool) -> Iterator[str]:
    yield _title(msg("Manifest keys and the columns that fill them"), context)
    imported = [column for column in TABLE if column.place is not None]
    width = max(len(column.place or "") for column in imported)
    for column in imported:
        yield from _labelled(column.place or "", width, join_list(column.headers, context), context)
        for words in _words(column, context):
            yield from _labelled("", width, words, context, style=Style.QUIET)
    if owners:
        yield from _labelled(_OWNERS, width, join_list(OWNER_HEADERS, context), context)
        yield from _labelled("", width, context.translate(OWNER_WORDS), context, style=Style.QUIET)
    yield ""
    yield _title(msg("Words of a switch"), context)
    for word, cells in (("true", YES), ("false", NO)):
        yield from _labelled(word, width, join_list(cells, context), context)
    yield ""
    yield _title(msg("Not imported"), context)
    for column in TABLE:
        if column.place is None and column.note is not None:
            text = f"{join_list(column.headers, context)}: {context.translate(column.note)}"
            yield from paragraph(text, context, _INDENT)


def _title(text: Message, context: RenderContext) -> str:
    return context.paint(context.translate(text), Style.HEADING)


def _labelled(
    label: str, width: int, text: str, context: RenderContext, *, style: Style | None = None
) -> Iterator[str]:
    for line in labelled(f"{_INDENT}{pad_to_width(label, width)}  ", text, context):
        yield context.paint(line, style)


def _words(column: Column, context: RenderContext) -> Iterator[str]:
    """What its cells may say, where they are not taken as they are."""
    match column.cell_type:
        case CellType.SWITCH:
            yield context.translate(msg("a switch"))
        case CellType.REFERENCE:
            yield context.translate(REFERENCE_WORDS)
        case CellType.WORD:
            cells: dict[str, list[str]] = defaultdict(list)
            for cell, word in column.words:
                cells[word].append(cell)
            yield from (f"{join_list(same, context)} → {word}" for word, same in cells.items())
        case _:
            yield from [] if column.note is None else [context.translate(column.note)]
