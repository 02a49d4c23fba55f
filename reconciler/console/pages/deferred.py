"""Approved changes that wait until their shop may be closed."""

from __future__ import annotations

from typing import Final

from reconciler.console.elements import ConsolePage, GridCell, Section
from reconciler.console.parts.cells import code_cell, moment_cell, plain_cell, shop_cell
from reconciler.console.parts.grids import grid
from reconciler.console.visit import PageVisit
from reconciler.core.diagnostics.messages import msg
from reconciler.core.overview.review_overview import DeferredLine, ReviewOverview
from reconciler.views.html.elements import Tone

_TONES: Final[dict[str, Tone]] = {"deferred": "plain", "expired": "bad", "dropped": "quiet"}
_LEAF: Final = 15
"""Characters that distinguish a leaf from others."""
_TITLES = (
    *(msg("Shop"), msg("State"), msg("Window"), msg("Pull request"), msg("Approved by"), msg("Since"), msg("Expires")),
    msg("Leaf"),
)


def deferred_page(found: ReviewOverview, visit: PageVisit) -> ConsolePage:
    lead = msg("Approved changes that need a closed shop are applied in the maintenance window of its manifest.")
    rows = (_row(each, visit) for each in found.deferred)
    table = grid(msg("Deferred applies"), _TITLES, rows, msg("Nothing is deferred."), visit)
    return ConsolePage(
        title=visit.say(msg("Deferred applies")),
        place="deferred",
        lead=(visit.say(lead),),
        sections=(Section(name="deferred", title="", contents=(table,)),),
    )


def window_text(line: DeferredLine, visit: PageVisit) -> str:
    """When the shop may be closed next."""
    if line.any_time:
        return visit.say(msg("any time"))
    if line.window is None:
        return visit.say(msg("unknown: no valid manifest"))
    if line.window.opens is None:
        return visit.say(msg("open until {at}", at=line.window.closes))
    return visit.say(msg("from {start} to {end}", start=line.window.opens, end=line.window.closes))


def _row(line: DeferredLine, visit: PageVisit) -> tuple[GridCell, ...]:
    by = ", ".join(part for part in (line.dropped_by, visit.time(line.dropped)) if part)
    return (
        shop_cell(line.shop),
        GridCell(text=visit.say(line.state.title), tone=_TONES.get(line.state.key, ""), note=by),
        plain_cell(window_text(line, visit)),
        plain_cell(
            visit.say(msg("{place} #{number}", place=line.place, number=line.number)), note=f"`{line.head[:10]}`"
        ),
        plain_cell(line.approved),
        moment_cell(line.since, visit, age=True),
        moment_cell(line.expires, visit),
        code_cell(f"{line.leaf[:_LEAF]}…"),
    )
