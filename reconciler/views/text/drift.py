"""Drift as text: a block a shop, a line a field with what Git wants and what the backend has, and what to do.

In: a drift. Out: text. Shops that stand as declared are only counted.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from reconciler.core.diagnostics.messages import Text, say
from reconciler.core.drift.drift import Drift, Entry, Label, ShopDrift
from reconciler.views.common.ansi import Style
from reconciler.views.common.context import Look, page
from reconciler.views.common.display_width import cells, visible
from reconciler.views.common.drift_summary import drift_sum
from reconciler.views.common.notifications import heard_rest, heard_rows
from reconciler.views.common.phrases import changed_note, drift_note
from reconciler.views.text.diagnostics import finding_lines
from reconciler.views.text.layout import HANG, WIDEST, Cell, columns, heading, named, paragraph

_INDENT: Final = "  "
_SIGNS: Final = {Label.CONFLICT: ("!", Style.ERROR), Label.CONVERGED: ("=", Style.QUIET)}
_BELOW: Final = f"{_INDENT}{HANG}"


def render_drift(drift: Drift, look: Look) -> str:
    return page(_lines(drift, look))


def _lines(drift: Drift, look: Look) -> Iterator[str]:
    for shop in drift.told:
        yield from _shop(shop, look)
        yield ""
    yield from _heard(drift, look)
    yield from paragraph(drift_sum(drift, look), look, style=Style.HEADING)


def _heard(drift: Drift, look: Look) -> Iterator[str]:
    rows = heard_rows(drift, look)
    if not rows:
        return
    yield look.paint(look.tell(say("Last notification")), Style.HEADING)
    yield from columns(((Cell(shop), Cell(told)) for shop, told in rows), look, _INDENT)
    rest = heard_rest(drift)
    if rest is not None:
        yield from paragraph(look.tell(rest), look, _INDENT)
    yield ""


def _shop(shop: ShopDrift, look: Look) -> Iterator[str]:
    yield from heading(shop.shop, visible(shop.origin.file), look)
    rows = columns((_row(entry, look) for entry in shop.entries), look, _INDENT)
    for entry, row in zip(shop.entries, rows, strict=True):
        yield row
        if _long(entry, look):
            for value in filter(None, _values(entry, look)):
                yield from paragraph(value, look, _BELOW, whole=(value,))
        if entry.changed is not None:
            yield from paragraph(changed_note(entry, look), look, _BELOW, style=Style.QUIET)
    if shop.drifted:
        below = say("way on: {text}", text=_way_on(shop))
        yield from paragraph(look.tell(below), look, _INDENT, whole=named(below))
    for finding in shop.findings:
        yield from finding_lines(finding, look, _INDENT)


def _way_on(shop: ShopDrift) -> Text:
    if any(entry.label is Label.CONFLICT for entry in shop.entries):
        return say(
            "Run `reconciler apply {shop} --take git:{shop}` to overwrite the backend also where both moved, or take the"
            " change over into the manifest",
            shop=shop.shop,
        )
    if all(entry.label is Label.PENDING for entry in shop.entries if not entry.told_only):
        return say(
            "Run `reconciler plan {shop}` to see what Git changes; `reconciler apply {shop}` puts it through",
            shop=shop.shop,
        )
    return say(
        "Run `reconciler plan {shop}` to see how it is put right, or take the change over into the manifest",
        shop=shop.shop,
    )


def _row(entry: Entry, look: Look) -> tuple[Cell, ...]:
    wanted, observed = ("", "") if _long(entry, look) else _values(entry, look)
    return (
        Cell(*_SIGNS.get(entry.label, ("≠", Style.CHANGE))),
        Cell(visible(entry.ref.declared or "↳"), None if entry.ref.declared else Style.DERIVED),
        Cell(visible(entry.ref.label)),
        Cell(wanted),
        Cell(observed),
        Cell(visible(str(entry.origin)), Style.QUIET),
        Cell(drift_note(entry, look), Style.DERIVED),
    )


def _values(entry: Entry, look: Look) -> tuple[str, str]:
    """What converged is told once."""
    wanted, observed = look.pair(entry.wanted, entry.observed)
    told = "" if entry.told_only else look.tell(say("wanted {value}", value=wanted))
    return told, look.tell(say("observed {value}", value=observed))


def _long(entry: Entry, look: Look) -> bool:
    return any(cells(value) > WIDEST for value in _values(entry, look))
