"""The lines of files that are shown with diagnostics.

Before the settings are read, and for other formats than text, there are none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from reconciler.core.diagnostics.diagnostic import Diagnostic
    from reconciler.core.diagnostics.source_line import SourceLines
    from reconciler.ports.manifests import SourceReader


class ShownSources:
    def __init__(self) -> None:
        self._open: Callable[[], SourceReader] | None = None

    def use(self, open_reader: Callable[[], SourceReader]) -> None:
        """`open_reader` is called when the first diagnostic is shown."""
        self._open = open_reader

    def lines_for(self, findings: Iterable[Diagnostic]) -> SourceLines:
        placed = [finding for finding in findings if finding.origin is not None]
        return {} if self._open is None or not placed else self._open().lines_for(placed)
