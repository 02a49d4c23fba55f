"""Plans of pull requests: what was shown last in each, with the leaf of every shop."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.console.elements import ConsolePage, Element, Facts, FoldedPart, GridCell, Section
from reconciler.console.parts.cells import code_cell, moment_cell, plain_cell, shop_cell
from reconciler.console.parts.grids import grid
from reconciler.console.visit import PageVisit
from reconciler.core.diagnostics.messages import msg
from reconciler.core.overview.review_overview import ReviewLine, ReviewOverview
from reconciler.views.html.elements import Sentences

_OPENED = 1
_MOST_LEAVES = 200


def plans_page(found: ReviewOverview, visit: PageVisit) -> ConsolePage:
    lead = msg("The newest plan of each pull request. Whether a pull request is still open is known at the forge.")
    return ConsolePage(
        title=visit.say(msg("Plans of pull requests")),
        place="plans",
        lead=(visit.say(lead),),
        sections=(Section(name="plans", title="", contents=tuple(_contents(found, visit))),),
    )


def _contents(found: ReviewOverview, visit: PageVisit) -> Iterator[Element]:
    if not found.plans:
        yield Sentences(
            texts=(visit.say(msg("No plan of a pull request is recorded. `reconciler ci plan` records them.")),)
        )
    for at, plan in enumerate(found.plans):
        yield _plan(plan, visit, opened=at < _OPENED)


def _plan(plan: ReviewLine, visit: PageVisit, *, opened: bool) -> FoldedPart:
    facts = (
        (msg("Created"), moment_cell(plan.created, visit, age=True)),
        (msg("Fingerprint"), code_cell(plan.fingerprint)),
        (msg("Commit"), code_cell(plan.head)),
        (msg("Target commit"), code_cell(plan.base)),
        (msg("Earlier plans"), plain_cell(plan.earlier or None)),
    )
    shown = plan.leaves[:_MOST_LEAVES]
    rows = ((shop_cell(leaf.shop), GridCell(text=leaf.digest, code=True)) for leaf in shown)
    table = grid(
        msg("Shops with changes"), (msg("Shop"), msg("Leaf (SHA-256)")), rows, msg("It changes no shop."), visit
    )
    more = len(plan.leaves) - len(shown)
    rest = (Sentences(texts=(visit.plural("{count} more shop", "{count} more shops", more),)),) if more else ()
    about = Facts(tuple((visit.say(name), cell) for name, cell in facts if cell.text))
    return FoldedPart(
        title=visit.say(msg("{place} #{number}", place=plan.place, number=plan.number)),
        note=visit.plural("{count} shop", "{count} shops", len(plan.leaves)),
        contents=(about, table, *rest),
        opened=opened,
    )
