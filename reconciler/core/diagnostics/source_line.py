"""The line of a file that a diagnostic points at, as it may be shown to people.

The reader of the file decides what of a line may be shown; a line that may hold a secret never becomes a `SourceLine`.
"""

from __future__ import annotations

from collections.abc import Mapping

from reconciler.core.values import Origin
from reconciler.lib.frozen_class import frozen


@frozen
class SourceLine:
    """`text` is without its line end. The diagnostic is about `length` characters (at least one) from `start` on, which counts
    from 0. `end_column` counts from 1: the column after that part in the file itself, where parts of the line are not shown.
    """

    text: str
    start: int
    length: int
    end_column: int | None = None


SourceLines = Mapping[Origin, SourceLine]
"""Places without an entry are shown without their line."""
