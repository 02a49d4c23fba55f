"""An import as text: the files, the secrets that are to be provided, what was proven.

In: an import and a look. Out: text. Findings are told apart.

An onboarding as text: how files would change, then a line a shop with what it lacks, then the count.

What a formatting did, as text: each file, or how it would change, then the count.

A new manifest, as text: where it is, and how much is to be filled in.
"""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.core.diagnostics.messages import say
from reconciler.core.results.authoring import Begun, Does, Formatted, Imported, Onboarded, OnboardedRow
from reconciler.views.common.ansi import Style
from reconciler.views.common.context import Look, page
from reconciler.views.common.display_width import visible
from reconciler.views.common.file_diff import diff_lines
from reconciler.views.common.onboarding import SIGNS, lacks, onboarded_sum, worth_telling
from reconciler.views.common.summaries import begun_sum, files_sum, formatted_sum, proof_sum, secrets_sum
from reconciler.views.text.layout import Cell, columns, paragraph


def render_imported(imported: Imported, look: Look) -> str:
    return page(_lines(imported, look))


def _lines(imported: Imported, look: Look) -> Iterator[str]:
    for news in imported.files:
        if imported.check:
            yield from diff_lines(news, look)
        else:
            sign, style = ("+", Style.GOOD) if news.is_new else ("~", Style.WARNING)
            yield f"{look.paint(sign, style)} {visible(news.file)}"
    if imported.secrets:
        yield from paragraph(secrets_sum(imported, look), look, style=Style.QUIET)
        yield from columns(_secrets(imported, look), look, indent="  ")
    yield from paragraph(files_sum(imported, look), look)
    if imported.proof is not None:
        style = Style.GOOD if imported.proof.holds else Style.ERROR
        yield from paragraph(proof_sum(imported.proof, look), look, style=style)


def _secrets(imported: Imported, look: Look) -> Iterator[tuple[Cell, Cell, Cell]]:
    for shop, reference in imported.secrets:
        missing = look.tell(say("not provided yet")) if shop in imported.unproven else ""
        yield Cell(shop), Cell(visible(reference)), Cell(missing, Style.WARNING)


_STYLES = {Does.CREATED: Style.ADD, Does.CHANGED: Style.CHANGE, Does.UNCHANGED: None}


def render_onboarded(onboarded: Onboarded, look: Look) -> str:
    diffs = [line for news in onboarded.news for line in diff_lines(news, look)]
    rows = columns([_cells(row, look) for row in worth_telling(onboarded)], look)
    return page([*diffs, *rows, *paragraph(onboarded_sum(onboarded, look), look)])


def _cells(row: OnboardedRow, look: Look) -> tuple[Cell, ...]:
    missing = look.tell(say("lacks {items}", items=lacks(row, look))) if row.lacks else ""
    style = _STYLES[row.does]
    return Cell(SIGNS[row.does], style), Cell(row.shop, style), Cell(row.file), Cell(missing, Style.WARNING)


def render_formatted(formatted: Formatted, look: Look) -> str:
    style = Style.CHANGE if formatted.files and formatted.check else Style.GOOD
    return page([*_files(formatted, look), look.paint(formatted_sum(formatted, look), style)])


def _files(formatted: Formatted, look: Look) -> Iterator[str]:
    for news in formatted.files:
        if formatted.check:
            yield from diff_lines(news, look)
        else:
            yield look.tell(say("Formatted {file}", file=news.file))


def render_begun(begun: Begun, look: Look) -> str:
    """Nothing where nothing was written: the findings say why."""
    return page([] if begun.news is None else [begun_sum(begun, look)])
