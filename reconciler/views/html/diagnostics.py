"""Diagnostics as elements of a page: each separately, or those that say the same once, with the names of the other shops.

In: diagnostics. Out: a list; nothing for none.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Final

from reconciler.core.diagnostics.diagnostic import Diagnostic, Severity
from reconciler.core.diagnostics.grouping import DiagnosticGroup, group_diagnostics
from reconciler.core.diagnostics.messages import Message, msg
from reconciler.views.common.context import RenderContext
from reconciler.views.common.fleet.group_notes import others_note
from reconciler.views.common.pages.omissions import Counted
from reconciler.views.common.phrases import SEVERITY_WORDS, location
from reconciler.views.common.source_block import source_block
from reconciler.views.html.elements import DiagnosticList, HtmlDiagnostic, Tone

_LONGEST: Final = 4_000
"""Characters of one sentence: a list of file names in it can be of any length."""
TONES: Final[dict[Severity, Tone]] = {
    Severity.CRITICAL: "bad",
    Severity.ERROR: "bad",
    Severity.REFUSED: "warn",
    Severity.WARNING: "warn",
    Severity.NOTE: "quiet",
}


def each_of(findings: Iterable[Diagnostic], context: RenderContext) -> tuple[DiagnosticList, ...]:
    return _list(_item(finding, context) for finding in findings)


def grouped(findings: Iterable[Diagnostic], context: RenderContext) -> tuple[DiagnosticList, ...]:
    return _list(_group(group, context) for group in group_diagnostics(findings))


def worst_tone(findings: Iterable[Diagnostic]) -> Tone:
    """Of a page's head."""
    worst = max((finding.severity for finding in findings), default=Severity.NOTE)
    return "good" if worst is Severity.NOTE else TONES[worst]


def _list(items: Iterable[HtmlDiagnostic]) -> tuple[DiagnosticList, ...]:
    shown = tuple(items)
    return (DiagnosticList(items=shown),) if shown else ()


def _group(group: DiagnosticGroup, context: RenderContext) -> HtmlDiagnostic:
    first = _item(group.first, context)
    hints = [msg("help: {text}", text=hint) for hint in group.other_hints]
    note = others_note(group, context)
    notes = [context.translate(msg("note: {text}", text=note))] if note else []
    below = (*first.below, *(context.translate(each) for each in hints), *notes)
    return replace(first, below=below, counts={Counted.DIAGNOSTICS: 1 + len(group.rest)})


def _item(finding: Diagnostic, context: RenderContext) -> HtmlDiagnostic:
    return HtmlDiagnostic(
        tone=TONES[finding.severity],
        severity=context.translate(SEVERITY_WORDS[finding.severity]),
        code=f"{finding.code.number} {finding.code.slug}",
        place=location(finding),
        text=_limited(finding.summary, context),
        source="\n".join(_source(finding, context)),
        below=tuple(_limited(text, context) for text in _below(finding)),
        counts={Counted.DIAGNOSTICS: 1},
    )


def _limited(text: Message, context: RenderContext) -> str:
    whole = context.translate(text)
    if len(whole) <= _LONGEST:
        return whole
    return context.translate(msg("{excerpt} ({count} characters)", excerpt=f"{whole[:_LONGEST]}…", count=len(whole)))


def _below(finding: Diagnostic) -> Iterator[Message]:
    if finding.expected is not None:
        yield msg("expected: {text}", text=finding.expected)
    if finding.hint is not None:
        yield msg("help: {text}", text=finding.hint)


def _source(finding: Diagnostic, context: RenderContext) -> Iterator[str]:
    line = None if finding.origin is None else context.sources.get(finding.origin)
    if finding.origin is not None and line is not None:
        _, *block = source_block(line, finding.origin.line, context, indent="", style=None)
        yield from (each.removeprefix(" ") for each in block)
