"""Diagnostics as text: the place first, as compilers write it, then what is wrong, what would be right and a way on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from reconciler.core.diagnostics.diagnostic import Diagnostic, MovedField, Severity
from reconciler.core.diagnostics.messages import Text, say
from reconciler.views.common.ansi import Style
from reconciler.views.common.context import Look, page
from reconciler.views.common.display_width import visible
from reconciler.views.common.phrases import MOVED, MOVED_COLUMNS, WORDS, moved_fields, moved_values, place_of
from reconciler.views.text.layout import Cell, columns, named, paragraph

STYLES: Final = {
    Severity.ERROR: Style.ERROR,
    Severity.REFUSED: Style.REFUSED,
    Severity.WARNING: Style.WARNING,
    Severity.NOTE: Style.NOTE,
}


def render_findings(findings: Iterable[Diagnostic], look: Look) -> str:
    """Nothing for no findings."""
    return page(line for finding in findings for line in finding_lines(finding, look))


def shop_finding_lines(findings: Sequence[Diagnostic], look: Look, indent: str) -> Iterator[str]:
    """Those of one shop. Fields that moved since a plan was made stand in one table, below the others."""
    for finding in findings:
        if finding.moved is None:
            yield from finding_lines(finding, look, indent)
    moved = moved_fields(findings)
    if moved:
        yield from _table(moved, look, indent)


def _table(moved: Sequence[tuple[Diagnostic, MovedField]], look: Look, indent: str) -> Iterator[str]:
    first, _ = moved[0]
    word = look.paint(look.tell(WORDS[first.severity]), STYLES[first.severity])
    yield from paragraph(f"{word} {first.code.number} {first.code.slug}: {look.tell(MOVED)}", look, indent)
    head = tuple(Cell(look.tell(title), Style.QUIET) for title in MOVED_COLUMNS)
    yield from columns([head, *(_row(finding, field, look) for finding, field in moved)], look, f"{indent}    ")
    yield from _last_line(first, look, indent)


def _row(finding: Diagnostic, field: MovedField, look: Look) -> tuple[Cell, ...]:
    values = (Cell(value) for value in moved_values(field, look))
    return (Cell(visible(field.called)), *values, Cell(place_of(finding), Style.QUIET))


def finding_lines(finding: Diagnostic, look: Look, indent: str = "") -> Iterator[str]:
    """What is expected and the way on stand indented below."""
    place = place_of(finding)
    word = look.paint(look.tell(WORDS[finding.severity]), STYLES[finding.severity])
    head = f"{place}: " if place else ""
    told = f"{head}{word} {finding.code.number} {finding.code.slug}: {look.tell(finding.summary)}"
    yield from paragraph(told, look, indent, whole=named(finding.summary) | {place})
    if finding.expected is not None:
        yield from _below(say("expected: {text}", text=finding.expected), look, indent)
    yield from _last_line(finding, look, indent)


def _last_line(finding: Diagnostic, look: Look, indent: str) -> Iterator[str]:
    if finding.way_on is not None:
        yield from _below(say("way on: {text}", text=finding.way_on), look, indent)


def _below(text: Text, look: Look, indent: str) -> Iterator[str]:
    return paragraph(look.tell(text), look, f"{indent}    ", whole=named(text))
