"""The part of a file that a diagnostic is about: the whole key or value that starts at its place.

In: a file as it was read, its text, diagnostics. Out: each with its span. A file that YAML cannot read has no keys and values:
there it is the word at the place, or the last character of the line.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from yaml.nodes import Node, ScalarNode

from reconciler.adapters.manifests.excerpts.masked_line import split_lines
from reconciler.adapters.manifests.yaml.located_nodes import located_nodes
from reconciler.adapters.manifests.yaml.parsed import Parsed
from reconciler.core.diagnostics.diagnostic import Diagnostic
from reconciler.ports.editor.text_places import PlacedDiagnostic, TextPlace, TextSpan, span_on_line

_WORD: Final = re.compile(r"[^\s:,{}\[\]#'\"&*!|>]+")


def placed(parsed: Parsed, text: str, found: Iterable[Diagnostic]) -> Iterator[PlacedDiagnostic]:
    lines = split_lines(text)
    ends = _ends(parsed)
    for each in found:
        origin = each.origin
        start = TextPlace(0, 0) if origin is None else TextPlace(origin.line - 1, origin.column - 1)
        yield PlacedDiagnostic(each, _span(start, lines, ends))


def _ends(parsed: Parsed) -> Mapping[TextPlace, TextPlace]:
    nodes = ((located.key, located.value) for located in located_nodes(parsed.root))
    return {start_of(node): end_of(node) for pair in nodes for node in pair if isinstance(node, ScalarNode)}


def start_of(node: Node) -> TextPlace:
    return TextPlace(node.start_mark.line, node.start_mark.column)


def end_of(node: Node) -> TextPlace:
    return TextPlace(node.end_mark.line, node.end_mark.column)


def _span(start: TextPlace, lines: list[str], ends: Mapping[TextPlace, TextPlace]) -> TextSpan:
    line = lines[start.line] if start.line < len(lines) else ""
    end = ends.get(start)
    if end is not None and end > start:
        return TextSpan(start, end if end.line == start.line else TextPlace(start.line, len(line)))
    if start == TextPlace(0, 0):
        return span_on_line(0, 0, len(line))
    word = _WORD.match(line, start.character)
    if word is not None:
        return span_on_line(start.line, *word.span())
    first = min(start.character, max(0, len(line) - 1))
    return span_on_line(min(start.line, len(lines) - 1), first, min(first + 1, len(line)))
