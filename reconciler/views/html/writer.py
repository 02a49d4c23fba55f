"""A page of elements as one file of HTML, within a number of bytes.

In: a page and a context. Out: text. What does not fit is counted at the end of its section. The style sheet and the script are
part of the file, and the policy in it allows no others, no request and no form.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from functools import cache, partial
from typing import Any, Final, Protocol, TypeVar

from markupsafe import Markup

from reconciler.lib.frozen_class import frozen
from reconciler.views.common.context import BudgetError, RenderContext
from reconciler.views.common.log_commands import harmless_xml
from reconciler.views.common.pages.omissions import EVERYTHING, Counted, Counts, omission_note
from reconciler.views.html.assets import page_asset, page_policy, page_templates
from reconciler.views.html.elements import (
    ChartRow,
    CodeBlock,
    Content,
    DiagnosticList,
    Element,
    FoldList,
    HtmlFold,
    HtmlPage,
    HtmlRow,
    HtmlSection,
    HtmlTable,
    Sentences,
)
from reconciler.views.html.words import leaves_title, page_words

MOST_BYTES: Final = 2_000_000
"""Of a page: what a browser opens at once, and a pipeline keeps without a thought."""
_SMALLEST_FOLD: Final = 100
_NOTE_ROOM: Final = 600
"""Reserved in each section for the sentence about what is omitted."""


class _Counted(Protocol):
    @property
    def counts(self) -> Counts: ...


Item = TypeVar("Item", bound=_Counted)


@frozen(kw_only=False)
class _Limit:
    """`most` in bytes, or in characters where a budget says so. `part`: each content gets that part of the room that remains."""

    most: int
    part: int
    size: Callable[[str], int]


def write_page(page: HtmlPage, context: RenderContext) -> str:
    """Whole where that fits; else each section gets a share. Raises BudgetError where not even the head has room."""
    budget = context.budget
    bounded = budget is not None and budget < MOST_BYTES
    most, size = (budget or 0, len) if bounded else (MOST_BYTES, _bytes)
    sections = [each for each in page.sections if each.contents]
    links = [(each.name, each.title) for each in sections]
    if all(_may_fit(content, most) for each in sections for content in each.contents):
        whole, omitted = _sections(sections, most, _Limit(most, 1, size), context)
        text = _page(page, links, whole, context)
        if not omitted and size(text) <= most:
            return text
    frames = (_macro("section", each.name, each.title, "", "") for each in sections)
    needed = size(_page(page, links, [], context)) + sum(size(frame) + _NOTE_ROOM for frame in frames)
    if needed > most:
        raise BudgetError(most, needed)
    shown, _ = _sections(sections, most - needed, _Limit(most, 2, size), context)
    return _page(page, links, shown, context)


def _may_fit(content: Content, most: int) -> bool:
    """Whether it is worth writing all of it."""
    return not isinstance(content, FoldList) or len(content.folds) * _SMALLEST_FOLD <= most


def _sections(
    sections: Iterable[HtmlSection], room: int, limit: _Limit, context: RenderContext
) -> tuple[list[Markup], bool]:
    """And whether anything is missing in them."""
    shown: list[Markup] = []
    missing = False
    for section in sections:
        omitted: Counter[Counted] = Counter()
        parts: list[Markup] = []
        for content in section.contents:
            part = _content(content, _SpaceLeft(room // limit.part, limit.size), omitted)
            room -= limit.size(part) + 1
            parts.append(part)
        note = f"{omission_note(omitted, context)} {context.translate(EVERYTHING)}" if omitted else ""
        shown.append(_macro("section", section.name, section.title, Markup("\n").join(parts), note))
        missing = missing or bool(omitted)
    return shown, missing


@frozen(kw_only=False)
class _SpaceLeft:
    left: int
    size: Callable[[str], int]

    def without(self, frame: Markup) -> _SpaceLeft:
        return _SpaceLeft(self.left - self.size(frame), self.size)


def _content(content: Content, room: _SpaceLeft, omitted: Counter[Counted]) -> Markup:
    match content:
        case HtmlTable():
            return _table(content, room, omitted)
        case DiagnosticList():
            inside = room.without(_macro("diagnostics", ""))
            items = _fitting(content.items, partial(_macro, "diagnostic"), inside, omitted)
            return _macro("diagnostics", Markup("\n").join(items)) if items else Markup()
        case FoldList():
            return Markup("\n").join(_fitting(content.folds, _fold, room, omitted))
        case _:
            return element_markup(content)


def element_markup(content: Element | ChartRow) -> Markup:
    """What is never cut on its own."""
    match content:
        case ChartRow():
            return _macro("charts", content)
        case CodeBlock():
            return _macro("code", content.text)
        case Sentences():
            return _macro("sentences", content.texts)
        case HtmlTable():
            rows = Markup("\n").join(_macro("table_row", row, content.columns, content.heading) for row in content.rows)
            return _macro("table", content.caption, content.columns, rows)
        case DiagnosticList():
            return _macro("diagnostics", Markup("\n").join(_macro("diagnostic", each) for each in content.items))


def _table(table: HtmlTable, room: _SpaceLeft, omitted: Counter[Counted]) -> Markup:
    def row(each: HtmlRow) -> Markup:
        return _macro("table_row", each, table.columns, table.heading)

    inside = room.without(_macro("table", table.caption, table.columns, ""))
    shown = _fitting(table.rows, row, inside, omitted)
    return _macro("table", table.caption, table.columns, Markup("\n").join(shown)) if shown else Markup()


def _fold(fold: HtmlFold) -> Markup:
    return _macro("fold", fold, Markup("\n").join(map(element_markup, fold.parts())))


def _fitting(
    items: Iterable[Item], write: Callable[[Item], Markup], room: _SpaceLeft, omitted: Counter[Counted]
) -> list[Markup]:
    """The first ones. From the first without room on they are counted, and not written."""
    shown: list[Markup] = []
    left = room.left
    for item in items:
        text = write(item) if left > 0 else Markup()
        left -= room.size(text) + 1
        if left >= 0:
            shown.append(text)
        else:
            omitted.update(item.counts)
    return shown


def _bytes(text: str) -> int:
    return len(text.encode())


def _page(page: HtmlPage, links: Iterable[tuple[str, str]], sections: Iterable[Markup], context: RenderContext) -> str:
    words = page_words(page.kind, context)
    shown = [*links, *([("fingerprint", words["fingerprint"])] if page.check else [])]
    text: str = (
        page_templates()
        .get_template("page.html.jinja")
        .render(
            page=page,
            words=words,
            links=shown,
            sections=sections,
            language=context.language.code,
            leaves_title=leaves_title(page.leaves, context),
            policy=page_policy(scripted=page.leaves is not None),
            style=page_asset("style.css"),
            script=page_asset("verify.js"),
        )
    )
    return text


@cache
def _macros() -> Any:
    return page_templates().get_template("elements.html.jinja").module


def _macro(name: str, *arguments: object) -> Markup:
    macro: Callable[..., Markup] = getattr(_macros(), name)
    return Markup(harmless_xml(macro(*arguments)))  # noqa: S704  # only references to characters are put in
