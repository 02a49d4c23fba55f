"""Diagnostics as text: the place first, as compilers write it, then what is wrong, what would be right and a way on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from reconciler.core.diagnostics import Diagnostic, Severity
from reconciler.core.texts import say
from reconciler.views.look import Look
from reconciler.views.page import page
from reconciler.views.paint import Style
from reconciler.views.phrases import WORDS, place_of

STYLES: Final = {
    Severity.ERROR: Style.ERROR,
    Severity.REFUSED: Style.REFUSED,
    Severity.WARNING: Style.WARNING,
    Severity.NOTE: Style.NOTE,
}


def render_findings(findings: Iterable[Diagnostic], look: Look) -> str:
    """Nothing for no findings."""
    return page(line for finding in findings for line in finding_lines(finding, look))


def finding_lines(finding: Diagnostic, look: Look, indent: str = "") -> Iterator[str]:
    """What is expected and the way on stand indented below."""
    place = place_of(finding)
    word = look.paint(look.tell(WORDS[finding.severity]), STYLES[finding.severity])
    head = f"{place}: " if place else ""
    yield f"{indent}{head}{word} {finding.code.number} {finding.code.slug}: {look.tell(finding.summary)}"
    if finding.expected is not None:
        yield f"{indent}    {look.tell(say('expected: {text}', text=finding.expected))}"
    if finding.way_on is not None:
        yield f"{indent}    {look.tell(say('way on: {text}', text=finding.way_on))}"
