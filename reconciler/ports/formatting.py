"""The style of manifests: what each file would be in it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from reconciler.core.diagnostics import Diagnostic
from reconciler.ports.file_changes import FileChange


@dataclass(frozen=True, slots=True, kw_only=True)
class Styled:
    """One file. No change: it is in the style, or `findings` say why it cannot be told."""

    change: FileChange | None = None
    findings: tuple[Diagnostic, ...] = ()


class Formatter(Protocol):
    def styled(self, words: Sequence[str]) -> Iterator[Styled]:
        """The files that the words mean, shared ones too; all of them without words. A word that means none is a finding."""
        ...
