"""What a page is made of: values that the templates put into markup. No string in them is markup."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import field

from reconciler.lib.frozen_class import frozen
from reconciler.views.common.pages.omissions import Counts

Tone = str
"""A class of the style sheet: `good`, `bad`, `warn`, `quiet`, `plain`."""


@frozen
class HtmlCell:
    """`code`: a value, key or place, character for character."""

    text: str
    code: bool = False
    tone: Tone = ""


@frozen
class HtmlRow:
    """The cell at `heading` names the row. `counts`: for what it is in the place."""

    cells: tuple[HtmlCell, ...]
    counts: Counts


@frozen
class HtmlTable:
    """`heading` is the column whose cells name their rows."""

    caption: str
    columns: tuple[str, ...]
    rows: tuple[HtmlRow, ...]
    heading: int = 0


@frozen
class Bar:
    """`share` of the longest one, in hundredths."""

    label: str
    value: str
    share: int
    tone: Tone = "plain"


@frozen
class BarChart:
    """Numbers as a table, each with a bar."""

    caption: str
    columns: tuple[str, str]
    bars: tuple[Bar, ...]


@frozen
class HtmlDiagnostic:
    """`below` are what was expected, hints and notes; `source` the line of the file with carets."""

    tone: Tone
    severity: str
    code: str
    place: str
    text: str
    source: str = ""
    below: tuple[str, ...] = ()
    counts: Counts = field(default_factory=dict)


@frozen
class DiagnosticList:
    items: tuple[HtmlDiagnostic, ...]


@frozen
class Sentences:
    texts: tuple[str, ...]


@frozen
class CodeBlock:
    """Lines as they are, such as a diff."""

    text: str


Element = HtmlTable | DiagnosticList | Sentences | CodeBlock


@frozen
class HtmlFold:
    """One shop or file. `place` is a file, `count` says how much is inside. `parts` makes what is inside, if it is shown."""

    name: str
    place: str = ""
    count: str = ""
    parts: Callable[[], tuple[Element, ...]]
    opened: bool = False
    counts: Counts


@frozen
class FoldList:
    folds: tuple[HtmlFold, ...]


@frozen
class ChartRow:
    charts: tuple[BarChart, ...]


Content = Element | FoldList | ChartRow


@frozen
class HtmlSection:
    """`name` is its anchor. Nothing is shown of a section without contents."""

    name: str
    title: str
    contents: tuple[Content, ...]


@frozen
class LeafTable:
    """What the fingerprint is the root of: names and digests of leaves, or of parts of the tree where `shops` are too many."""

    rows: tuple[tuple[str, str], ...]
    each_shop: bool
    shops: int


@frozen
class HtmlPage:
    """`head` is the sentence on top; `notes` follow it. `facts` pair a name with a value."""

    kind: str
    head: str
    tone: Tone
    sections: tuple[HtmlSection, ...]
    notes: tuple[str, ...] = ()
    fingerprint: str = ""
    leaves: LeafTable | None = None
    check: tuple[str, ...] = ()
    facts: tuple[tuple[str, str], ...] = ()
