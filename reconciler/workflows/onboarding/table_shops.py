"""The shops that tables name, each with its row. In: tables. Out: rows, and what is wrong with headers and rows without a shop.

What a row says is digested, so that a later status sees that it changed. A row that cannot be mapped has no digest: what is in
its cells may be a secret.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from reconciler.core.diagnostics.diagnostic import Diagnostic, Severity
from reconciler.core.importing.legacy_rows import shop_of_row
from reconciler.core.importing.secret_names import SecretNamePattern
from reconciler.core.importing.table_rows import ParsedRow, TableColumns, columns_of, read_rows
from reconciler.core.onboarding.history import TableShop
from reconciler.core.onboarding.items import RowPlace
from reconciler.core.values import Origin
from reconciler.lib.frozen_class import frozen

if TYPE_CHECKING:
    from pathlib import Path

    from reconciler.core.importing.table_rows import ManifestDraft
    from reconciler.ports.manifest_editing import ManifestFiles, TableSource


@frozen
class TableShops:
    """`files` are the tables as messages call them."""

    files: tuple[str, ...]
    rows: tuple[TableShop, ...]
    diagnostics: tuple[Diagnostic, ...]


def read_tables(files: ManifestFiles, tables: Sequence[Path]) -> TableShops:
    """Raises SetupError where one cannot be read."""
    shown: list[str] = []
    rows: list[TableShop] = []
    found: list[Diagnostic] = []
    for path in tables:
        table = files.table(path)
        columns = columns_of(table.file, table.headers)
        shown.append(table.file)
        found += map(_milder, columns.findings)
        for parsed in read_rows(columns, table.rows, SecretNamePattern()):
            named = list(_named(table, columns, parsed))
            rows += named
            found += () if named else map(_milder, parsed.findings)
    return TableShops(files=tuple(shown), rows=tuple(rows), diagnostics=tuple(found))


def _named(table: TableSource, columns: TableColumns, row: ParsedRow) -> Iterator[TableShop]:
    for shop, _ in shop_of_row(Origin(table.file, row.line), columns.known, row.cells):
        digest = None if row.draft is None else _digest(row.draft, row.owners)
        yield TableShop(shop=shop, row=RowPlace(file=table.file, line=row.line, digest=digest))


def _digest(draft: ManifestDraft, owners: Sequence[str]) -> str:
    said = repr((sorted(map(repr, draft.values.items())), draft.group, sorted(draft.labels.items()), tuple(owners)))
    return hashlib.sha256(said.encode()).hexdigest()


def _milder(finding: Diagnostic) -> Diagnostic:
    """A table that is not in order stops no status."""
    return replace(finding, severity=Severity.WARNING) if finding.blocking else finding
