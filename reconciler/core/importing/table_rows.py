"""The known values of a shop whose manifest is to be written: from the command line, or from a row of a table.

A draft holds only known values: what it does not mention is not changed in an existing manifest.

The rows of a table as drafts of manifests, one after the other: everything wrong with a row is reported, and no row is dropped.

In: the table's columns and rows. Out: for each row a draft with its owners, or diagnostics. The columns are those of `import
--mapping`, and one for the owners. Only the shops' keys are kept in memory.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import field, replace
from typing import Final

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import Diagnostic, diagnostic
from reconciler.core.diagnostics.messages import msg
from reconciler.core.importing.legacy_cells import display_cell
from reconciler.core.importing.legacy_columns import Header, header_of, normalise_header
from reconciler.core.importing.legacy_rows import Row, header_diagnostics, read_row, shop_of_row
from reconciler.core.importing.rejected_rows import is_problem_header
from reconciler.core.importing.secret_names import SecretNamePattern
from reconciler.core.model.layers import Leaf
from reconciler.core.values import Origin, ShopKey
from reconciler.lib.frozen_class import frozen


@frozen
class ManifestDraft:
    """`values` maps dotted places to values as a manifest writes them. `origin` is its place, for diagnostics;
    `columns` maps a place to its column in that line of a table. Of a `masked` value it knows only that there is one: a value in
    an existing manifest wins.
    """

    shop: ShopKey
    values: Mapping[str, Leaf] = field(default_factory=dict)
    group: str | None = None
    labels: Mapping[str, str] = field(default_factory=dict)
    origin: Origin | None = None
    columns: Mapping[str, int] = field(default_factory=dict)
    masked: frozenset[str] = frozenset()


COLUMNS: Final = "reconciler onboard --columns"
"""The command that shows which columns are understood."""
OWNER_HEADERS: Final = ("担当", "担当者", "owner", "owners", "codeowners")
_OWNER: Final = re.compile(
    r"[A-Za-z0-9][A-Za-z0-9-]{0,38}(?:/[A-Za-z0-9_.-]{1,100})?|[^\s@=+-][^\s@]*@[^\s@]+\.[^\s@]+"
)
_SQUEEZED_OWNERS: Final = frozenset(map(normalise_header, OWNER_HEADERS))


@frozen
class ParsedRow:
    """`draft` is None where `findings` say why."""

    line: int
    cells: tuple[str, ...]
    draft: ManifestDraft | None = None
    owners: tuple[str, ...] = ()
    findings: tuple[Diagnostic, ...] = ()


@frozen
class TableColumns:
    """Of a table: what each column is, None if unknown; and the column of the owners."""

    file: str
    known: tuple[Header | None, ...]
    owners: int | None
    findings: tuple[Diagnostic, ...]


def columns_of(file: str, headers: Sequence[str]) -> TableColumns:
    """The column of problems that `onboard --rejects` adds is not read."""
    owners = next((at for at, text in enumerate(headers) if normalise_header(text) in _SQUEEZED_OWNERS), None)
    others = ["" if at == owners or is_problem_header(text) else text for at, text in enumerate(headers)]
    known = [header_of(text) if text else None for text in others]
    findings = tuple(header_diagnostics(file, others, known, shown_by=COLUMNS))
    return TableColumns(file=file, known=tuple(known), owners=owners, findings=findings)


def read_rows(columns: TableColumns, rows: Iterable[Row], names: SecretNamePattern) -> Iterator[ParsedRow]:
    """A row of empty cells is none."""
    lines: dict[ShopKey, int] = {}
    for line, cells in rows:
        if any(cell.strip() for cell in cells):
            yield _row(Origin(columns.file, line), columns, cells, names, lines)


def _row(
    origin: Origin,
    columns: TableColumns,
    cells: Sequence[str],
    names: SecretNamePattern,
    lines: dict[ShopKey, int],
) -> ParsedRow:
    owners = _owners(origin, columns, cells)
    read = read_row(origin, columns.known, cells, names)
    found = [*_twice(origin, columns, cells, lines), *([owners] if isinstance(owners, Diagnostic) else [])]
    if isinstance(read, tuple) or isinstance(owners, Diagnostic) or found:
        return ParsedRow(
            line=origin.line, cells=tuple(cells), findings=(*(read if isinstance(read, tuple) else ()), *found)
        )
    draft = ManifestDraft(
        shop=read.shop,
        values=read.values,
        group=read.group,
        labels=read.labels,
        origin=read.origin,
        columns=read.columns,
        masked=read.masked,
    )
    return ParsedRow(line=origin.line, cells=tuple(cells), draft=draft, owners=owners)


def lines_of_shops(columns: TableColumns, rows: Iterable[Row]) -> Mapping[ShopKey, Sequence[int]]:
    """The shops that several rows are about, with the lines of these rows."""
    lines: dict[ShopKey, list[int]] = {}
    for line, cells in rows:
        for shop, _ in shop_of_row(Origin(columns.file, line), columns.known, cells):
            lines.setdefault(shop, []).append(line)
    return {shop: several for shop, several in lines.items() if len(several) > 1}


def _owners(origin: Origin, columns: TableColumns, cells: Sequence[str]) -> tuple[str, ...] | Diagnostic:
    """Names are in the table without the `@` of CODEOWNERS: a cell that starts with one is a formula."""
    at = columns.owners
    words = cells[at].split() if at is not None and at < len(cells) else []
    wrong = next((word for word in words if _OWNER.fullmatch(word) is None), None)
    if wrong is None or at is None:
        return tuple(word if "@" in word else f"@{word}" for word in words)
    return diagnostic(
        codes.FORMULA if wrong.startswith(("=", "+", "-", "@")) else codes.ROW,
        msg("{owner} is not a valid owner", owner=display_cell(wrong)),
        expected=msg("a user, an organisation/team without the @, or an email address; several separated by spaces"),
        origin=replace(origin, column=at + 1),
    )


def _twice(
    origin: Origin, columns: TableColumns, cells: Sequence[str], lines: dict[ShopKey, int]
) -> Iterator[Diagnostic]:
    """Also of a row with other errors: all errors of a row are reported at once."""
    for shop, cell in shop_of_row(origin, columns.known, cells):
        first = lines.setdefault(shop, origin.line)
        if first != origin.line:
            yield diagnostic(
                codes.ROW_TWICE,
                msg("Shop `{shop}` is already on line {others}", shop=shop, others=str(first)),
                hint=msg("Delete all but one of the rows"),
                shop=shop,
                origin=cell,
            )
