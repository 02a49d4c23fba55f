"""A page of Markdown as parts that stay whole, so that a budget in characters can omit some without breaking the others.

In: a head that is always shown, and parts: what cannot be divided (a row, an item, a paragraph) and blocks of such (a table, a
fold). Out: text. Under a budget it is never longer, no table, fold, block of code or code span is left open, and the last
paragraph says how much was omitted and where it can be read.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import field

from reconciler.lib.frozen_class import frozen
from reconciler.views.common.context import BudgetError, RenderContext, join_lines
from reconciler.views.common.log_commands import harmless_lines
from reconciler.views.common.pages.omissions import EVERYTHING, Counted, Counts, omission_note
from reconciler.views.markdown.escaping import escaped

Lines = tuple[str, ...]


@frozen(kw_only=False)
class Piece:
    """Lines that are shown together or not at all. `short` makes the same in fewer words, for a budget too small for `lines`."""

    lines: Lines
    counts: Counts = field(default_factory=lambda: {Counted.PARAGRAPHS: 1})
    short: Callable[[], Lines] | None = None


@frozen
class Block:
    """Parts between what opens and what closes them. A budget omits the last ones, or the whole block where there is no room for
    any. `spaced`: an empty line is between the parts.
    """

    parts: tuple[Part, ...]
    before: Lines = ()
    after: Lines = ()
    spaced: bool = False


Part = Piece | Block


@frozen
class MarkdownPage:
    """`head` are paragraphs that every budget shows. The first of the `sections` matter most; each gets a share of the room."""

    head: Lines = ()
    sections: tuple[Part, ...] = ()


def paragraph_piece(text: str) -> Piece:
    return Piece((escaped(text),))


def block_of(parts: Iterable[Part], *, spaced: bool = False) -> tuple[Block, ...]:
    """One block of the parts; none for none."""
    shown = tuple(parts)
    return (Block(parts=shown, spaced=spaced),) if shown else ()


def joined(*documents: MarkdownPage) -> MarkdownPage:
    """One after the other; the heads stay at the top."""
    return MarkdownPage(
        head=tuple(line for each in documents for line in each.head),
        sections=tuple(part for each in documents for part in each.sections),
    )


def write_document(document: MarkdownPage, context: RenderContext, where: str = "") -> str:
    """`where` is Markdown that says where everything can be read; by default a format that has no limit.

    Raises BudgetError where not even the head and the counts of all else have room.
    """
    whole = _page(document.head, [line for part in _spaced(document.sections) for line in part])
    if context.budget is None or _size(whole) <= context.budget:
        return _text(whole)
    most = _counts(document.sections) + Counter({Counted.SHORTENED: _shortable(document.sections)})
    needed = _size(_page(document.head, [_note(most, where, context)]))
    if needed > context.budget:
        raise BudgetError(context.budget, needed)
    omitted: Counter[Counted] = Counter()
    shown = _share(document.sections, context.budget - needed - 1, omitted)
    return _text(_page(document.head, [*shown, *([""] if shown else []), _note(omitted, where, context)]))


def _note(omitted: Counts, where: str, context: RenderContext) -> str:
    return f"{escaped(omission_note(omitted, context))} {where or escaped(context.translate(EVERYTHING))}"


def _page(head: Iterable[str], rest: Sequence[str]) -> list[str]:
    """The paragraphs of the head and the rest, an empty line between each."""
    lines = [line for paragraph in head for line in (paragraph, "")]
    return [*lines, *rest] if rest else lines[:-1]


def part_lines(part: Part) -> Lines:
    """Without a budget."""
    if isinstance(part, Piece):
        return part.lines
    inner = _spaced(part.parts) if part.spaced else map(part_lines, part.parts)
    return (*part.before, *(line for lines in inner for line in lines), *part.after)


def _spaced(parts: Iterable[Part]) -> Iterator[Lines]:
    for nth, part in enumerate(parts):
        yield (*([""] if nth else []), *part_lines(part))


def _size(lines: Iterable[str]) -> int:
    return len(_text(lines))


def _text(lines: Iterable[str]) -> str:
    """As it is written in the end: an escape that keeps a log from obeying takes room as well."""
    return harmless_lines(join_lines(lines))


def _counts(parts: Iterable[Part]) -> Counter[Counted]:
    total: Counter[Counted] = Counter()
    for part in parts:
        total.update(part.counts if isinstance(part, Piece) else _counts(part.parts))
    return total


def _shortable(parts: Iterable[Part]) -> int:
    return sum(part.short is not None if isinstance(part, Piece) else _shortable(part.parts) for part in parts)


def _share(sections: Sequence[Part], room: int, omitted: Counter[Counted]) -> list[str]:
    """Each section gets what the later ones do not need, and at least half of the room that remains."""
    sizes = [_size(part_lines(each)) + 1 for each in sections]
    shown: list[str] = []
    for nth, each in enumerate(sections):
        allotted = max(room - sum(sizes[nth + 1 :]), room // 2)
        lines = _cut(each, allotted - 1, omitted)
        if lines:
            shown += [*([""] if shown else []), *lines]
            room -= _size(lines) + 1
    return shown


def _cut(part: Part, room: int, omitted: Counter[Counted]) -> list[str]:
    """The part within the room, as far as it can be; nothing where it cannot. What is missing is counted."""
    whole = part_lines(part)
    if _size(whole) <= room:
        return list(whole)
    if isinstance(part, Piece):
        short = part.short() if part.short else None
        if short is not None and _size(short) <= room:
            omitted[Counted.SHORTENED] += 1
            return list(short)
        omitted.update(part.counts)
        return []
    return _first_parts(part, room - _size((*part.before, *part.after)), omitted)


def _first_parts(block: Block, room: int, omitted: Counter[Counted]) -> list[str]:
    """The first parts in their frame, the last one of them cut."""
    shown: list[str] = []
    for nth, part in enumerate(block.parts):
        gap = [""] if block.spaced and shown else []
        left: Counter[Counted] = Counter()
        lines = _cut(part, room - len(gap), left)
        if lines:
            shown += [*gap, *lines]
            room -= _size([*gap, *lines])
        omitted.update(left)
        if left.keys() - {Counted.SHORTENED}:
            omitted.update(_counts(block.parts[nth + 1 :]))
            break
    return [*block.before, *shown, *block.after] if shown else []
