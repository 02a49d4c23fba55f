"""The rows of an export of the former admin as profiles. No row is dropped: what cannot be mapped is reported with its line.

In: headers, and rows with their line numbers. Out: `LegacyExport`: shops, and diagnostics. Several columns may hold one field,
since the former admin had a separate switch on two screens: they must agree.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from typing import Final

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import Code, Diagnostic, Severity, diagnostic
from reconciler.core.diagnostics.messages import Message, msg
from reconciler.core.importing.legacy_cells import MASKED, UnmappableCell, display_cell, read_cell
from reconciler.core.importing.legacy_columns import TABLE, CellType, Header, header_of, normalise_header
from reconciler.core.importing.secret_names import SecretNamePattern
from reconciler.core.model.formats import SHOP_KEY
from reconciler.core.model.layers import Leaf
from reconciler.core.values import Origin, ShopKey
from reconciler.lib.frozen_class import frozen

Row = tuple[int, Sequence[str]]
"""The line on which it starts, and its cells. The column of a place in a table is the number of the cell."""

MAPPING: Final = "reconciler import --mapping"
"""The command that shows which columns of an export are understood."""


@frozen
class LegacyRow:
    """`origin` is the cell that names the shop; `columns` maps a place or label to its cell in the row. For a `masked` value a
    row only says that there is one: its value is the reference where it would be provided.
    """

    shop: ShopKey
    values: Mapping[str, Leaf]
    origin: Origin
    group: str | None = None
    labels: Mapping[str, str] = field(default_factory=dict)
    columns: Mapping[str, int] = field(default_factory=dict)
    masked: frozenset[str] = frozenset()


@frozen
class LegacyExport:
    """`file` is what people call it. `shops` are the rows that could be mapped, in their order; of those that are about one shop,
    none.
    """

    file: str
    shops: tuple[LegacyRow, ...] = ()
    findings: tuple[Diagnostic, ...] = ()


@dataclass(slots=True)
class _ReadCell:
    """What was read of a row so far."""

    values: dict[str, Leaf] = field(default_factory=dict)
    labels: dict[str, str] = field(default_factory=dict)
    columns: dict[str, int] = field(default_factory=dict)
    found: list[Diagnostic] = field(default_factory=list)


def read_legacy(file: str, headers: Sequence[str], rows: Iterable[Row], names: SecretNamePattern) -> LegacyExport:
    """`file` is what people call it. A row of empty cells is none."""
    known = [header_of(text) for text in headers]
    findings = list(header_diagnostics(file, headers, known))
    if any(finding.blocking for finding in findings):
        return LegacyExport(file=file, findings=tuple(findings))
    shops: list[LegacyRow] = []
    named: dict[ShopKey, list[Origin]] = defaultdict(list)
    for line, cells in rows:
        if any(cell.strip() for cell in cells):
            origin = Origin(file, line)
            for key, cell in shop_of_row(origin, known, cells):
                named[key].append(cell)
            read = read_row(origin, known, cells, names)
            if isinstance(read, LegacyRow):
                shops.append(read)
            else:
                findings += read
    twice = tuple(_twice(named))
    again = {finding.shop for finding in twice}
    kept = tuple(shop for shop in shops if shop.shop not in again)
    return LegacyExport(file=file, shops=kept, findings=(*findings, *twice))


def header_diagnostics(
    file: str, headers: Sequence[str], known: Sequence[Header | None], *, shown_by: str = MAPPING
) -> Iterator[Diagnostic]:
    """`values_verified_by` is the command that shows the columns there are."""
    origin = Origin(file)
    understood = msg("`{command}` lists the supported columns", command=shown_by)
    if not any(header is not None and header.column.cell_type is CellType.SHOP for header in known):
        yield diagnostic(
            codes.NOT_A_TABLE,
            msg("No column of the header contains the shop key"),
            expected=msg("a column with one of these names: {names}", names=", ".join(TABLE[0].headers)),
            hint=msg("Add the column name; {understood}", understood=understood),
            origin=origin,
        )
    for at, (text, header) in enumerate(zip(headers, known, strict=True), start=1):
        origin = Origin(file, column=at)
        if header is None and text.strip():
            yield _unknown(text, origin, understood)
        elif header is not None and header.column.note is not None and header.column.cell_type is CellType.NOTHING:
            message = msg("Column {column} is not imported: {why}", column=display_cell(text), why=header.column.note)
            yield replace(diagnostic(codes.COLUMN, message, origin=origin), severity=Severity.NOTE)


def _unknown(text: str, origin: Origin, understood: Message) -> Diagnostic:
    names = {normalise_header(name): name for column in TABLE for name in reversed(column.headers)}
    near = get_close_matches(normalise_header(text), names, n=1, cutoff=0.75)
    return diagnostic(
        codes.COLUMN,
        msg("Column {column} is not imported: unknown column", column=display_cell(text)),
        hint=msg("Did you mean {name}?", name=names[near[0]]) if near else understood,
        origin=origin,
    )


def read_row(
    origin: Origin, known: Sequence[Header | None], cells: Sequence[str], names: SecretNamePattern
) -> LegacyRow | tuple[Diagnostic, ...]:
    read = _ReadCell()
    if len(cells) > len(known) and any(cell.strip() for cell in cells[len(known) :]):
        why = msg("The row has {cells} cells and the header {columns}", cells=len(cells), columns=len(known))
        beyond = replace(origin, column=len(known) + 1)
        read.found.append(_finding(beyond, why, hint=msg("Put a text that contains commas in quotes")))
    if len(cells) < len(known):
        why = msg("The row ends after {cells} of {columns} cells", cells=len(cells), columns=len(known))
        hint = msg("Add the missing cells; leave empty cells empty")
        read.found.append(_finding(replace(origin, column=len(cells) + 1), why, code=codes.SHORT_ROW, hint=hint))
    for at, (header, cell) in enumerate(zip(known, cells, strict=False), start=1):
        if header is not None and header.column.cell_type is not CellType.NOTHING:
            _cell(replace(origin, column=at), header, cell, read)
    shop = read.values.pop("shop", None)
    if shop is None and all(finding.subject != "shop" for finding in read.found):
        read.found.append(_finding(origin, msg("The row has no shop key"), expected=SHOP_KEY.expected))
    if read.found:
        return tuple(read.found)
    key = ShopKey(str(shop))
    token = {place: names.for_shop(key).uri for place, value in read.values.items() if value == MASKED}
    group = read.values.pop("group", None)
    return LegacyRow(
        shop=key,
        values={**read.values, **token},
        origin=replace(origin, column=read.columns["shop"]),
        group=None if group is None else str(group),
        labels=read.labels,
        columns=read.columns,
        masked=frozenset(token),
    )


def shop_of_row(
    origin: Origin, known: Sequence[Header | None], cells: Sequence[str]
) -> Iterator[tuple[ShopKey, Origin]]:
    """The shop of a row, with its cell: also of a row that cannot be mapped. None without a key."""
    for at, (header, cell) in enumerate(zip(known, cells, strict=False), start=1):
        if header is not None and header.column.cell_type is CellType.SHOP:
            with suppress(UnmappableCell):
                key = read_cell(header, cell)
                if key is not None:
                    yield ShopKey(str(key)), replace(origin, column=at)
                    return


def _cell(origin: Origin, header: Header, cell: str, read: _ReadCell) -> None:
    place = header.column.place or ""
    try:
        value = read_cell(header, cell)
    except UnmappableCell as unmapped:
        hint = unmapped.hint
        read.found.append(
            _finding(origin, unmapped.why, code=unmapped.code, expected=unmapped.expected, hint=hint, subject=place)
        )
        return
    if value is None:
        return
    read.columns.setdefault(place if header.label is None else f"labels.{header.label}", origin.column)
    if header.label is not None:
        read.labels[header.label] = str(value)
    elif read.values.setdefault(place, value) != value:
        why = msg("{column} contradicts another column of the row", column=display_cell(header.text))
        switch = msg("one value: since the migration, one switch replaces all of them")
        expected = switch if header.column.cell_type is CellType.SWITCH else msg("one value: remove one of the columns")
        read.found.append(_finding(origin, why, expected=expected, subject=place))


def _twice(named: Mapping[ShopKey, Sequence[Origin]]) -> Iterator[Diagnostic]:
    for key, origins in named.items():
        for here in origins if len(origins) > 1 else ():
            others = ", ".join(str(origin.line) for origin in origins if origin != here)
            message = msg("Shop `{shop}` is already on line {others}", shop=key, others=others)
            hint = msg("Delete all but one of the rows")
            yield diagnostic(codes.ROW_TWICE, message, hint=hint, shop=key, origin=here)


def _finding(
    origin: Origin,
    why: Message,
    *,
    code: Code = codes.ROW,
    expected: Message | None = None,
    hint: Message | None = None,
    subject: str | None = None,
) -> Diagnostic:
    return diagnostic(code, why, expected=expected, hint=hint, subject=subject, origin=origin)
