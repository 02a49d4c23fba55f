"""What `import --mapping` knows, as a JSON document: `reconciler/import-mapping`.

In: the tables of the former admin. Out: text: its screens and words, and the columns of an export with the words of their cells.
"""

from __future__ import annotations

from typing import Annotated, Final

from typing_extensions import TypedDict

from reconciler.core.importing.legacy_columns import NO, TABLE, YES, CellType, Column
from reconciler.core.importing.legacy_screens import LEGACY_SCREENS, LegacyScreen
from reconciler.views.json.document import EMPTY_HEAD, DocumentHead, DocumentType
from reconciler.views.json.shapes import one_of


class ScreenJson(TypedDict):
    """An item with its word there; null where the whole screen is meant."""

    screen: str
    item: str | None


class ScreenMappingJson(TypedDict):
    """`manifest_key` is null for a whole screen, and for what follows another item."""

    former: ScreenJson
    present: ScreenJson
    manifest_key: str | None


class CellWordJson(TypedDict):
    """What a cell may say, and the value that the manifest gets."""

    cell: str
    value: bool | str


class ColumnMappingJson(TypedDict):
    """`names` may each be the header, the present name first. `manifest_key` is null for what is not imported, for which `note`
    says why. `words` is empty for a cell that is taken as it is.
    """

    names: list[str]
    manifest_key: str | None
    type: Annotated[str, one_of(CellType)]
    words: list[CellWordJson]
    note: str | None


class ImportMappingJson(TypedDict):
    screens: list[ScreenMappingJson]
    columns: list[ColumnMappingJson]


IMPORT_MAPPING: Final = DocumentType(name="import-mapping", body=ImportMappingJson)


def mapping_json(head: DocumentHead = EMPTY_HEAD) -> str:
    body: ImportMappingJson = {
        "screens": [_screen(screen) for screen in LEGACY_SCREENS],
        "columns": [_column(column) for column in TABLE],
    }
    return IMPORT_MAPPING.text(body, head)


def _screen(screen: LegacyScreen) -> ScreenMappingJson:
    return {
        "former": {"screen": screen.before[0], "item": screen.before[1] or None},
        "present": {"screen": screen.now[0], "item": screen.now[1] or None},
        "manifest_key": screen.manifest_key,
    }


def _column(column: Column) -> ColumnMappingJson:
    return {
        "names": list(column.headers),
        "manifest_key": column.place,
        "type": column.cell_type.value,
        "words": _words(column),
        "note": None if column.note is None else str(column.note),
    }


def _words(column: Column) -> list[CellWordJson]:
    if column.cell_type is CellType.SWITCH:
        return [{"cell": cell, "value": value} for words, value in ((YES, True), (NO, False)) for cell in words]
    return [{"cell": cell, "value": word} for cell, word in column.words]
