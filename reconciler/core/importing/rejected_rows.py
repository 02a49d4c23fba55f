"""The rows of a table that were not used, as a table to correct and to read again.

In: the headers, and each rejected row with its cells and diagnostics. Out: headers and rows with one column more, which says what
is wrong; a table that is read again is read without it. A cell that may hold a secret is left empty.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import Diagnostic
from reconciler.core.diagnostics.redaction import contains_credential
from reconciler.core.importing.legacy_columns import normalise_header
from reconciler.lib.frozen_class import frozen

PROBLEM_HEADERS: Final = ("不備", "problem")
"""What the additional column may be called."""
_SQUEEZED: Final = frozenset(map(normalise_header, PROBLEM_HEADERS))


@frozen
class RejectedRow:
    """`findings` say why; each has the column it is about, or none."""

    line: int
    cells: tuple[str, ...]
    findings: tuple[Diagnostic, ...]


@frozen
class RejectedTable:
    """`file` is where the rows are kept. `headers` are those of the table that was read."""

    file: str
    headers: tuple[str, ...]
    rows: tuple[RejectedRow, ...] = ()


def is_problem_header(text: str) -> bool:
    return normalise_header(text) in _SQUEEZED


def rejected_lines(
    table: RejectedTable, header: str, describe: Callable[[Diagnostic], str]
) -> Iterator[tuple[str, ...]]:
    """The first is the header, with `header` for the additional column. Rows keep their order."""
    kept = [at for at, text in enumerate(table.headers) if not is_problem_header(text)]
    yield (*(table.headers[at] for at in kept), header)
    for row in table.rows:
        cells = _without_secrets(row)
        shown = (cells[at] if at < len(cells) else "" for at in kept)
        yield (*shown, " / ".join(dict.fromkeys(describe(finding) for finding in row.findings)))


def _without_secrets(row: RejectedRow) -> list[str]:
    at = {
        finding.origin.column
        for finding in row.findings
        if finding.code is codes.PLAINTEXT_TOKEN and finding.origin is not None
    }
    return ["" if number in at or contains_credential(cell) else cell for number, cell in enumerate(row.cells, start=1)]
