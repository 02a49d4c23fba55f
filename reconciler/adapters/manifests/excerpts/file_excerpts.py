"""The lines of one file that diagnostics point at.

In: the bytes of a file, the document it should be, diagnostics about it. Out: for each place the line that may be shown there.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from reconciler.adapters.manifests.documents.base import Document
from reconciler.adapters.manifests.excerpts.parsed_lines import ParsedLines
from reconciler.adapters.manifests.excerpts.schema_words import known_keys
from reconciler.adapters.manifests.excerpts.secret_words import names_secret
from reconciler.adapters.manifests.excerpts.unparsed_lines import UnparsedLines
from reconciler.adapters.manifests.yaml.reader import read_yaml
from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import Diagnostic
from reconciler.core.diagnostics.source_line import SourceLine, SourceLines
from reconciler.core.values import Origin


@dataclass(frozen=True)
class FileExcerpts:
    """`texts`: texts at known places may be shown."""

    data: bytes
    file: str
    model: type[Document]
    texts: bool = True

    def lines_for(self, findings: Iterable[Diagnostic]) -> SourceLines:
        """Of a line of which one diagnostic says that it holds a secret, none shows anything."""
        of_file = [(finding, finding.origin) for finding in findings if finding.origin is not None]
        secret = {origin.line for finding, origin in of_file if self._is_about_secret(finding)}
        shown = {
            origin: self._line(origin, finding.subject) for finding, origin in of_file if origin.line not in secret
        }
        return {origin: line for origin, line in shown.items() if line is not None}

    def shown_text(self) -> str:
        """The whole file, line by line, as it may be shown; nothing of one that YAML cannot read."""
        return "" if self._parsed is None else self._parsed.shown_text()

    def _is_about_secret(self, finding: Diagnostic) -> bool:
        steps = (finding.subject or "").split(".")
        known = known_keys(self.model)
        return finding.code is codes.PLAINTEXT_TOKEN or any(names_secret(step, known) for step in steps)

    def _line(self, origin: Origin, subject: str | None) -> SourceLine | None:
        if self._parsed is None:
            return self._unparsed.line_at(origin)
        return self._parsed.line_at(origin, subject)

    @cached_property
    def _text(self) -> str:
        return self.data.decode("utf-8", "replace")

    @cached_property
    def _unparsed(self) -> UnparsedLines:
        return UnparsedLines(self._text, self.model)

    @cached_property
    def _parsed(self) -> ParsedLines | None:
        parsed = read_yaml(self.data, self.file)
        return ParsedLines(parsed, self._text, self.model, self.texts) if parsed.readable else None
