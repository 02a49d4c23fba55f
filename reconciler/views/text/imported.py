"""An import as text: the files, the secrets that are to be provided, what was proven.

In: an import and a look. Out: text. Findings are told apart.
"""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.core.diagnostics.messages import say
from reconciler.core.results.authoring import Imported
from reconciler.views.cells import visible
from reconciler.views.file_diff import diff_lines
from reconciler.views.import_sums import files_sum, proof_sum, secrets_sum
from reconciler.views.look import Look
from reconciler.views.page import page
from reconciler.views.paint import Style
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
