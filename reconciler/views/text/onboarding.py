"""An onboarding as text: how files change, a line per shop with what is missing, the count, what to do next.

In: an onboarding and a context. Out: text. Diagnostics are separate. Of many shops, equal rows are one; `--expand` shows each.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from reconciler.core.diagnostics.messages import msg
from reconciler.core.results.authoring.file_changes import FileAction
from reconciler.core.results.authoring.onboard_result import OnboardResult
from reconciler.views.common.ansi import Style
from reconciler.views.common.authoring.onboarding import (
    OnboardingRow,
    folds_rows,
    onboarded_sum,
    onboarding_next_step,
    onboarding_rows,
)
from reconciler.views.common.context import RenderContext, join_lines
from reconciler.views.common.file_diff import diff_lines
from reconciler.views.common.fleet.file_groups import folds_files, group_edits, same_edit_note
from reconciler.views.common.shop_lists import EXPAND_HINT
from reconciler.views.text.layout import Cell, columns, paragraph

_STYLES: Final = {FileAction.CREATED: Style.ADD, FileAction.CHANGED: Style.CHANGE, FileAction.UNCHANGED: None}


def render_onboard(onboarded: OnboardResult, context: RenderContext) -> str:
    return join_lines(_lines(onboarded, context))


def _lines(onboarded: OnboardResult, context: RenderContext) -> Iterator[str]:
    diffs, rows = list(_diffs(onboarded, context)), onboarding_rows(onboarded, context)
    yield from diffs
    if diffs and rows:
        yield ""  # else the sign of a row looks like one of the diff
    yield from columns([_cells(row, context) for row in rows], context)
    if folds_rows(onboarded, context):
        yield from paragraph(context.translate(EXPAND_HINT), context, "  ", style=Style.QUIET)
    yield from paragraph(onboarded_sum(onboarded, context), context, style=Style.HEADING)
    step = onboarding_next_step(onboarded, context)
    if step:
        yield from paragraph(step, context, style=Style.HEADING)


def _diffs(onboarded: OnboardResult, context: RenderContext) -> Iterator[str]:
    """Of many files, each different edit; new manifests are only counted, in the rows."""
    if not folds_files(onboarded.news, context):
        yield from (line for news in onboarded.news for line in diff_lines(news, context))
        return
    for alike in group_edits(onboarded.news, (row.shop for row in onboarded.rows)).edits:
        yield from diff_lines(alike[0], context)
        note = same_edit_note(alike, context)
        yield from paragraph(note, context, style=Style.QUIET) if note else ()


def _cells(row: OnboardingRow, context: RenderContext) -> tuple[Cell, ...]:
    style = _STYLES[row.does]
    missing = context.translate(msg("missing: {items}", items=row.missing)) if row.missing else ""
    return Cell(row.sign, style), Cell(row.shops, style), Cell(row.names), Cell(missing, Style.WARNING)
