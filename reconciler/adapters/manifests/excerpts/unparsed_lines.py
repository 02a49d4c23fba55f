"""Lines of a file that YAML cannot read, where no value has a place: only words that manifests consist of are shown.

In: the text of a file, a place in it. Out: the line as it may be shown, or None. The value of a key that names a secret, and
anything that may belong to it, is not shown.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from reconciler.adapters.manifests.describe import is_plain_word
from reconciler.adapters.manifests.documents.base import Document
from reconciler.adapters.manifests.excerpts.masked_line import Span, masked_line, split_lines
from reconciler.adapters.manifests.excerpts.schema_words import known_choices, known_keys
from reconciler.adapters.manifests.excerpts.secret_words import names_secret
from reconciler.core.diagnostics.source_line import SourceLine
from reconciler.core.values import Origin

_WORD: Final = re.compile(r"[^\s:,{}\[\]#'\"&*!|>]+")
_COMMENT: Final = re.compile(r"(?:^|(?<=\s))#.*")


@dataclass(frozen=True)
class UnparsedLines:
    text: str
    model: type[Document]

    def line_at(self, origin: Origin) -> SourceLine | None:
        number = origin.line - 1
        if (origin.line, origin.column) == (1, 1) or number >= len(self._lines) or self.is_secret(number):
            return None
        line = self._lines[number]
        return masked_line(line, tuple(self._hidden(line)), _meant(line, origin.column - 1)) if line.strip() else None

    def is_secret(self, number: int) -> bool:
        """The line itself, the ones it may go on from, and the ones it is indented under."""
        indent = len(self._lines[number]) + 1
        for nth, line in enumerate(reversed(self._lines[: number + 1])):
            if not line.strip():
                continue
            own = _indent(line)
            belongs = own < indent or nth == 0
            if (belongs or self._goes_on(number - nth)) and self._names_secret(line):
                return True
            indent = min(indent, own)
        return False

    @cached_property
    def _lines(self) -> list[str]:
        return split_lines(self.text)

    def _goes_on(self, number: int) -> bool:
        """Whether the value of a line may continue on later ones, at any indentation."""
        value = _COMMENT.sub("", self._lines[number]).strip()
        odd = any(value.count(quote) % 2 for quote in "'\"")
        opened = any(value.count(left) > value.count(right) for left, right in ("[]", "{}"))
        return odd or opened or value.endswith((":", "|", ">", "-", "+")) or ":" not in value

    def _names_secret(self, line: str) -> bool:
        known = known_keys(self.model)
        return any(names_secret(word, known) for word in _WORD.findall(line))

    def _hidden(self, line: str) -> Iterator[Span]:
        comment = _COMMENT.search(line)
        end = len(line) if comment is None else comment.start()
        for match in _WORD.finditer(line, 0, end):
            if not self._is_known(match[0]):
                yield match.span()
        yield end, len(line)

    def _is_known(self, word: str) -> bool:
        return is_plain_word(word) or word in known_keys(self.model) or word in known_choices(self.model)


def _meant(line: str, column: int) -> Span:
    match = _WORD.match(line, column)
    return (column, column + 1) if match is None else match.span()


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())
