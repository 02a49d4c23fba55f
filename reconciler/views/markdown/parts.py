"""Escaping, tables and folds. In: strings. Out: GitHub-flavoured Markdown.

Values are in `<code>` with entities rather than in backticks: no run of backticks can end it, and a pipe cannot end the cell.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Final

from reconciler.core.diagnostics.diagnostic import Diagnostic, StaleField
from reconciler.core.diagnostics.grouping import group_diagnostics
from reconciler.core.diagnostics.messages import msg
from reconciler.views.common.context import RenderContext
from reconciler.views.common.display_width import escape_unprintable
from reconciler.views.common.fleet.group_notes import others_note
from reconciler.views.common.phrases import MOVED, MOVED_COLUMNS, SEVERITY_WORDS, location, moved_fields, moved_values

_LIVE: Final = frozenset("\\`*_{}[]<>&|~")
_CALLS: Final = frozenset("@#")
"""Mentions and issue numbers are looked for after entities are read: a comment behind the sign keeps them from being found."""


def escaped(text: str) -> str:
    """Text in which nothing is markup, a link or a mention."""
    return "".join(_escaped(character) for character in escape_unprintable(text)).replace("://", "&#58;//")


def code_span(text: str) -> str:
    """A value, in the type of code."""
    return f"<code>{escaped(text)}</code>"


def _escaped(character: str) -> str:
    if character in _CALLS:
        return f"&#{ord(character)};<!-- -->"
    return f"&#{ord(character)};" if character in _LIVE else character


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(header)} |"
    yield f"|{'---|' * len(header)}"
    for row in rows:
        yield f"| {' | '.join(row)} |"


def details(summary: str, lines: Iterable[str]) -> Iterator[str]:
    yield f"<details><summary>{summary}</summary>"
    yield ""
    yield from lines
    yield ""
    yield "</details>"


def shop_diagnostic_items(findings: Sequence[Diagnostic], context: RenderContext) -> Iterator[str]:
    """Those of one shop. Fields that changed since a plan was made are in one table, below the others."""
    yield from diagnostic_items((finding for finding in findings if finding.stale_field is None), context)
    moved = moved_fields(findings)
    if moved:
        yield from diagnostic_items((replace(moved[0][0], summary=MOVED, origin=None),), context)
        yield ""
        header = [escaped(context.translate(title)) for title in (*MOVED_COLUMNS, msg("Place"))]
        yield from table(header, (_row(finding, field, context) for finding, field in moved))


def _row(finding: Diagnostic, field: StaleField, context: RenderContext) -> tuple[str, ...]:
    values = (code_span(value) for value in moved_values(field, context))
    return (escaped(context.translate(field.name)), *values, code_span(location(finding)))


def grouped_diagnostic_items(findings: Iterable[Diagnostic], context: RenderContext) -> Iterator[str]:
    """The first of each kind in full, the others by the names of their shops."""
    for group in group_diagnostics(findings):
        yield from diagnostic_items((group.first,), context)
        note = others_note(group, context)
        if note:
            yield f"  <br>{escaped(context.translate(msg('note: {text}', text=note)))}"


def diagnostic_items(findings: Iterable[Diagnostic], context: RenderContext) -> Iterator[str]:
    """One list item each; what was expected and what to do are part of it."""
    for finding in findings:
        place = location(finding)
        where = f" {code_span(place)}" if place else ""
        name = f"{finding.code.number} {finding.code.slug}"
        severity, summary = (
            context.translate(SEVERITY_WORDS[finding.severity]),
            escaped(context.translate(finding.summary)),
        )
        yield f"- **{severity}** {code_span(name)}{where} {summary}"
        if finding.expected is not None:
            yield f"  <br>{escaped(context.translate(msg('expected: {text}', text=finding.expected)))}"
        if finding.hint is not None:
            yield f"  <br>{escaped(context.translate(msg('help: {text}', text=finding.hint)))}"
