"""Lines of a file that YAML can read: each value on a line is judged by what its place is for.

In: a parsed file, its text, a place in it. Out: the line as it may be shown, or None. A line on which, or above which, a key
names a secret is not shown; a value is shown where a message may quote it, and an id only where it has the form of one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from yaml.nodes import Node, ScalarNode

from reconciler.adapters.manifests.describe import is_partial_place, is_plain_word, is_secret
from reconciler.adapters.manifests.documents.base import FORM_KEYWORD, Document
from reconciler.adapters.manifests.documents.formats import format_by_name
from reconciler.adapters.manifests.documents.json_schema import shape
from reconciler.adapters.manifests.excerpts.masked_line import Span, looks_secret, masked_line, split_lines
from reconciler.adapters.manifests.excerpts.schema_words import Schema, known_choices, known_keys, schema_at, types_of
from reconciler.adapters.manifests.excerpts.secret_words import names_secret
from reconciler.adapters.manifests.yaml.located_nodes import LocatedNode, located_nodes
from reconciler.adapters.manifests.yaml.parsed import Parsed, Path, origin_of
from reconciler.core.diagnostics.redaction import REDACTED
from reconciler.core.diagnostics.source_line import SourceLine
from reconciler.core.values import Origin

_SHOP: Final = ("shop",)
_WORD: Final = re.compile(r"[\w-]+")


@dataclass(frozen=True)
class ParsedLines:
    """`texts`: texts at known places may be shown; in the settings file, where any of them may hold a password, they may not."""

    parsed: Parsed
    text: str
    model: type[Document]
    texts: bool = True

    def line_at(self, origin: Origin, subject: str | None) -> SourceLine | None:
        """None also where the file does not have there what the diagnostic is about: it changed since."""
        lines, number = self._lines, origin.line - 1
        meant = self._meant(origin, subject)
        if meant is None or number >= len(lines) or self.is_secret(number):
            return None
        return masked_line(lines[number], (*self._hidden(number), *self._comment(number)), meant)

    def is_secret(self, number: int) -> bool:
        """Whether a secret may be on the line: a key on it, or above its values, names one, or it looks like one."""
        names = any(self._names_secret(located.path) for located in self._on(number))
        return names or looks_secret(self._lines[number])

    def shown_text(self) -> str:
        """Every line as it may be shown, with its comments."""
        return "\n".join(map(self._shown, range(len(self._lines))))

    def _shown(self, number: int) -> str:
        line = self._lines[number]
        spoken = (word for start, end in self._comment(number) for word in _WORD.findall(line[start:end]))
        if self.is_secret(number) or any(names_secret(word, (word,)) for word in spoken):
            return REDACTED
        shown = masked_line(line, tuple(self._hidden(number)), (0, 0))
        return REDACTED if shown is None else shown.text

    @cached_property
    def _lines(self) -> list[str]:
        return split_lines(self.text)

    @cached_property
    def _nodes(self) -> tuple[LocatedNode, ...]:
        return tuple(located_nodes(self.parsed.root))

    @cached_property
    def _by_line(self) -> dict[int, list[LocatedNode]]:
        found: dict[int, list[LocatedNode]] = {}
        for located in self._nodes:
            for number in range(_first_line(located), _last_line(located.value) + 1):
                found.setdefault(number, []).append(located)
        return found

    @cached_property
    def _known_places(self) -> frozenset[str]:
        return frozenset(_dotted(located) for located in self._nodes)

    def _on(self, number: int) -> list[LocatedNode]:
        return self._by_line.get(number, [])

    def _names_secret(self, path: Path) -> bool:
        known = known_keys(self.model)
        return any(names_secret(str(step), known) for step in path)

    def _meant(self, origin: Origin, subject: str | None) -> Span | None:
        """The part on the line of the key or value that starts there; None if it is not the one that is meant.

        The start of the file and the shop's key mean the whole file, for which no line is shown.
        """
        whole_file = (origin.line, origin.column) == (1, 1)
        for located in self._on(origin.line - 1):
            for node in (located.key, located.value):
                if node is None or origin_of(self.parsed.file, node.start_mark) != origin:
                    continue
                whole = whole_file or located.path == _SHOP
                if self._is_subject(located, subject) if subject in self._known_places else not whole:
                    return self._span(_innermost(node), origin.line - 1)
        return None

    def _is_subject(self, located: LocatedNode, subject: str | None) -> bool:
        """Also a key of the mapping that is the subject."""
        return f"{_dotted(located)}.".startswith(f"{subject}.")

    def _span(self, node: Node, number: int) -> Span:
        """The part of the node that is on the line."""
        line = self._lines[number]
        start = node.start_mark.column if node.start_mark.line == number else len(line) - len(line.lstrip())
        end = node.end_mark.column if node.end_mark.line == number else len(line.rstrip())
        return start, max(start, end)

    def _hidden(self, number: int) -> Iterator[Span]:
        for located in self._on(number):
            node = located.value
            if isinstance(node, ScalarNode) and node.start_mark.line <= number and not self._is_harmless(located):
                yield self._span(node, number)

    def _comment(self, number: int) -> Iterator[Span]:
        """The text after a `#` that is not part of a key or value."""
        line, taken = self._lines[number], [self._span(node, number) for node in self._scalars(number)]
        for at, sign in enumerate(line):
            beside = at == 0 or line[at - 1].isspace()
            if sign == "#" and beside and not any(start <= at < end for start, end in taken):
                yield at, len(line)
                return

    def _scalars(self, number: int) -> Iterator[ScalarNode]:
        for located in self._on(number):
            for node in (located.key, located.value):
                if isinstance(node, ScalarNode) and node.start_mark.line <= number <= _last_line(node):
                    yield node

    def _is_harmless(self, located: LocatedNode) -> bool:
        value, place = str(located.value.value), _dotted(located)
        if is_plain_word(value) or value in known_choices(self.model) or not value:
            return True
        field = schema_at(shape(self.model), located.path)
        if field is None or not self.texts or "string" not in types_of(field) or is_secret(place, value):
            return False
        return not is_partial_place(place) or _has_form(value, field)


def _dotted(located: LocatedNode) -> str:
    return ".".join(map(str, located.path))


def _has_form(value: str, field: Schema) -> bool:
    form: Any = field.get(FORM_KEYWORD)
    return form is not None and format_by_name(form).accepts(value)


def _innermost(node: Node) -> Node:
    """Of a mapping on lines of its own, its first key."""
    if isinstance(node, ScalarNode) or getattr(node, "flow_style", None) or not node.value:
        return node
    first = node.value[0]
    return _innermost(first[0] if isinstance(first, tuple) else first)


def _first_line(located: LocatedNode) -> int:
    line: int = (located.key or located.value).start_mark.line
    return line


def _last_line(node: Node) -> int:
    """A block of text ends where the next line starts, and a mapping on separate lines with its last value."""
    if not isinstance(node, ScalarNode) and not getattr(node, "flow_style", None) and node.value:
        last = node.value[-1]
        return _last_line(last[1] if isinstance(last, tuple) else last)
    end = node.end_mark
    ends_before = end.column == 0 and end.line > node.start_mark.line
    return int(end.line) - 1 if ends_before else int(end.line)
