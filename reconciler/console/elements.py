"""What the console's pages are made of, besides the elements of reports. No string in them is markup."""

from __future__ import annotations

from dataclasses import field
from typing import Literal

from reconciler.lib.frozen_class import frozen
from reconciler.views.html.elements import ChartRow, CodeBlock, DiagnosticList, Sentences, Tone

Order = Literal["", "ascending", "descending"]


@frozen
class GridColumn:
    """`sort`: the address of this page sorted by it. `number`: its cells are aligned at the right."""

    title: str
    number: bool = False
    sort: str = ""
    order: Order = ""


@frozen
class GridCell:
    """`code`: a value, key or place, character for character. `note` is a second, quiet line. `moment`: a time as a machine reads
    it.
    """

    text: str
    href: str = ""
    code: bool = False
    tone: Tone = ""
    note: str = ""
    moment: str = ""


@frozen
class Grid:
    """A table. `heading` is the column whose cells name their rows. `empty` is what is said instead of no rows."""

    caption: str
    columns: tuple[GridColumn, ...]
    rows: tuple[tuple[GridCell, ...], ...]
    empty: str
    heading: int = 0


@frozen
class Tile:
    """A number on top of a page, with the page that lists what it counts."""

    label: str
    value: str
    href: str = ""
    tone: Tone = ""
    note: str = ""


@frozen(kw_only=False)
class Tiles:
    tiles: tuple[Tile, ...]


@frozen(kw_only=False)
class Facts:
    """Names with values."""

    facts: tuple[tuple[str, GridCell], ...]


@frozen
class Series:
    """`values` are as many as the chart has points; None: not known at that point. `drawn` False: in the table only."""

    title: str
    tone: Tone
    values: tuple[int | None, ...]
    drawn: bool = True


@frozen
class TrendChart:
    """Numbers over time: columns, and the same as a table. `points` name the columns. `text` says in a sentence what is seen."""

    name: str
    caption: str
    text: str
    axis: str
    points: tuple[str, ...]
    series: tuple[Series, ...]

    @property
    def drawn(self) -> tuple[Series, ...]:
        return tuple(each for each in self.series if each.drawn)


@frozen
class Choice:
    value: str
    label: str


@frozen
class FilterField:
    """A field for text, or a list if it has `choices`."""

    name: str
    label: str
    value: str
    choices: tuple[Choice, ...] = ()


@frozen
class FilterForm:
    """`kept` are parts of the query that stay, such as the order. `reset`: the page without a filter; empty where none is set."""

    action: str
    fields: tuple[FilterField, ...]
    submit: str
    label: str
    kept: tuple[tuple[str, str], ...] = ()
    reset: str = ""
    reset_label: str = ""


@frozen
class Pager:
    """`text` says which rows are shown. Addresses are empty where there is no such page."""

    text: str
    previous: str = ""
    previous_label: str = ""
    following: str = ""
    following_label: str = ""


@frozen
class Advice:
    """A sentence that should not be missed."""

    text: str
    tone: Tone = "warn"


@frozen
class FoldedPart:
    """Content that is opened on demand."""

    title: str
    contents: tuple[Element, ...]
    note: str = ""
    opened: bool = False


Element = (
    Grid
    | Tiles
    | Facts
    | TrendChart
    | FilterForm
    | Pager
    | Advice
    | FoldedPart
    | ChartRow
    | CodeBlock
    | DiagnosticList
    | Sentences
)


@frozen
class Section:
    """`title` empty: content that follows the heading of the page directly."""

    name: str
    title: str
    contents: tuple[Element, ...]


@frozen
class ConsolePage:
    """`place` is the entry of the menu it belongs to. `trail`: the pages above it, each with its address."""

    title: str
    place: str
    sections: tuple[Section, ...]
    lead: tuple[str, ...] = ()
    trail: tuple[tuple[str, str], ...] = field(default_factory=tuple)
    status: int = 200
    tone: Tone = "plain"
