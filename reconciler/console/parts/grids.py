"""Grids: of rows with titles, of the tables that commands print, with sorting and paging by links."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from enum import Enum

from reconciler.console.elements import Element, Facts, Grid, GridCell, GridColumn, Pager, Section
from reconciler.console.parts.cells import row_cell
from reconciler.console.visit import PageVisit
from reconciler.core.diagnostics.messages import Message, msg
from reconciler.core.overview.table_page import TablePage
from reconciler.core.results.table_result import TableResult

CellMaker = Callable[[object, PageVisit], GridCell]


def grid(
    caption: Message,
    titles: Sequence[Message],
    rows: Iterable[tuple[GridCell, ...]],
    empty: Message,
    visit: PageVisit,
    *,
    numbers: frozenset[int] = frozenset(),
) -> Grid:
    """`numbers` are columns aligned at the right."""
    columns = tuple(GridColumn(title=visit.say(title), number=at in numbers) for at, title in enumerate(titles))
    return Grid(caption=visit.say(caption), columns=columns, rows=tuple(rows), empty=visit.say(empty))


def table_grid(
    table: TableResult, caption: Message, visit: PageVisit, special: dict[str, CellMaker] | None = None
) -> Grid:
    """As the command prints it, without columns that are empty. `special` makes the cells of columns by their key."""
    used = [at for at in range(len(table.columns)) if any(row[at] is not None for row in table.rows)]
    makers = special or {}

    def cell(row: Sequence[object], at: int) -> GridCell:
        make = makers.get(table.columns[at][0])
        return row_cell(row[at], visit) if make is None or row[at] is None else make(row[at], visit)  # type: ignore[arg-type]

    return Grid(
        caption=visit.say(caption),
        columns=tuple(GridColumn(title=visit.say(table.columns[at][1]), number=_is_number(table, at)) for at in used),
        rows=tuple(tuple(cell(row, at) for at in used) for row in table.rows),
        empty=visit.say(table.empty),
    )


def table_facts(table: TableResult, visit: PageVisit, special: dict[str, CellMaker] | None = None) -> Facts:
    """The one row of a table as names with values."""
    makers = special or {}
    pairs = zip(table.columns, table.rows[0] if table.rows else (), strict=False)
    return Facts(
        tuple(
            (visit.say(title), makers[key](cell, visit) if key in makers else row_cell(cell, visit))
            for (key, title), cell in pairs
            if cell is not None
        )
    )


def older_pager(page: TablePage, part: str, visit: PageVisit) -> tuple[Pager, ...]:
    """To older rows, and back to the newest; nothing where all rows are shown."""
    return older_links(page.older, part, visit)


def older_links(older: str | None, part: str, visit: PageVisit) -> tuple[Pager, ...]:
    back = visit.query.text(part) is not None
    if older is None and not back:
        return ()
    return (
        Pager(
            text="",
            previous=visit.here(**{part: None}) if back else "",
            previous_label=visit.say(msg("Newest")),
            following="" if older is None else visit.here(**{part: older}),
            following_label=visit.say(msg("Older")),
        ),
    )


def numbered_pager(page: int, pages: int, total: int, size: int, visit: PageVisit) -> tuple[Pager, ...]:
    """Nothing where one page shows all rows."""
    if pages <= 1:
        return ()
    first = (page - 1) * size + 1
    text = msg(
        "{first} to {last} of {total}", first=f"{first:,}", last=f"{min(page * size, total):,}", total=f"{total:,}"
    )
    return (
        Pager(
            text=visit.say(text),
            previous="" if page <= 1 else visit.here(page=None if page == 2 else str(page - 1)),
            previous_label=visit.say(msg("Previous")),
            following="" if page >= pages else visit.here(page=str(page + 1)),
            following_label=visit.say(msg("Next")),
        ),
    )


def page_section(name: str, title: Message, contents: Iterable[Element], visit: PageVisit) -> Section:
    return Section(name=name, title=visit.say(title), contents=tuple(contents))


def choices_of(members: Iterable[Enum]) -> tuple[str, ...]:
    """Their values, as a query names them."""
    return tuple(str(each.value) for each in members)


def _is_number(table: TableResult, at: int) -> bool:
    """Not what names a row or another list: it is read as a word."""
    if at == 0 or table.columns[at][0].endswith("number"):
        return False
    cells = [row[at] for row in table.rows if row[at] is not None]
    return bool(cells) and all(isinstance(cell, int) and not isinstance(cell, bool) for cell in cells)
