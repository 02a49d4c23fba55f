"""Diagnostics as the protocol has them: text in the chosen language, exact range, code, and a link to what the code means."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from lsprotocol import types

from reconciler.core.diagnostics.diagnostic import Diagnostic, Severity
from reconciler.core.diagnostics.messages import msg
from reconciler.lsp.positions import Positions
from reconciler.lsp.words import Words
from reconciler.ports.editor.text_places import PlacedDiagnostic

SOURCE: Final = "reconciler"
_SEVERITIES: Final = {
    Severity.CRITICAL: types.DiagnosticSeverity.Error,
    Severity.ERROR: types.DiagnosticSeverity.Error,
    Severity.REFUSED: types.DiagnosticSeverity.Error,
    Severity.WARNING: types.DiagnosticSeverity.Warning,
    Severity.NOTE: types.DiagnosticSeverity.Information,
}


def to_diagnostics(
    found: Iterable[PlacedDiagnostic], positions: Positions, words: Words, codes_page: str | None
) -> list[types.Diagnostic]:
    """`codes_page` is the address of the page of codes, where it is installed."""
    link = None if codes_page is None else types.CodeDescription(href=codes_page)
    return [
        types.Diagnostic(
            range=positions.range_of(each.span),
            message="\n".join(_lines(each.diagnostic, words)),
            severity=_SEVERITIES[each.diagnostic.severity],
            code=each.diagnostic.code.number,
            code_description=link,
            source=SOURCE,
        )
        for each in found
    ]


def _lines(found: Diagnostic, words: Words) -> Iterator[str]:
    yield words.say(found.summary)
    if found.expected is not None:
        yield words.say(msg("expected: {text}", text=found.expected))
    if found.hint is not None:
        yield words.say(msg("help: {text}", text=found.hint))
