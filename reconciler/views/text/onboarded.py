"""An onboarding as text: how files would change, then a line a shop with what it lacks, then the count."""

from __future__ import annotations

from reconciler.core.diagnostics.messages import say
from reconciler.core.results.authoring import Does, Onboarded, OnboardedRow
from reconciler.views.file_diff import diff_lines
from reconciler.views.look import Look
from reconciler.views.onboarding import SIGNS, lacks, onboarded_sum, worth_telling
from reconciler.views.page import page
from reconciler.views.paint import Style
from reconciler.views.text.layout import Cell, columns, paragraph

_STYLES = {Does.CREATED: Style.ADD, Does.CHANGED: Style.CHANGE, Does.UNCHANGED: None}


def render_onboarded(onboarded: Onboarded, look: Look) -> str:
    diffs = [line for news in onboarded.news for line in diff_lines(news, look)]
    rows = columns([_cells(row, look) for row in worth_telling(onboarded)], look)
    return page([*diffs, *rows, *paragraph(onboarded_sum(onboarded, look), look)])


def _cells(row: OnboardedRow, look: Look) -> tuple[Cell, ...]:
    missing = look.tell(say("lacks {items}", items=lacks(row, look))) if row.lacks else ""
    style = _STYLES[row.does]
    return Cell(SIGNS[row.does], style), Cell(row.shop, style), Cell(row.file), Cell(missing, Style.WARNING)
