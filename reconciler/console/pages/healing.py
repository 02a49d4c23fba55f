"""Healing: ready plans that wait for a person, and what was healed without one."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.console.elements import Advice, ConsolePage, Grid, GridCell, Section
from reconciler.console.pages.shop_findings import heals_grid
from reconciler.console.parts.cells import code_cell, moment_cell, plain_cell, shop_cell
from reconciler.console.parts.grids import grid, page_section
from reconciler.console.visit import PageVisit
from reconciler.core.diagnostics.messages import msg
from reconciler.core.overview.fleet_overview import FleetOverview
from reconciler.core.overview.heal_lines import ProposalLine
from reconciler.core.overview.review_overview import ReviewOverview

_TITLES = (msg("Shop"), msg("Command"), msg("Rule"), msg("Proposed"), msg("Findings"), msg("Fingerprint"))


def healing_page(fleet: FleetOverview, reviews: ReviewOverview, visit: PageVisit) -> ConsolePage:
    lead = msg("What the rules of `heal` in `reconciler.yaml` repaired, and the plans that they proposed.")
    return ConsolePage(
        title=visit.say(msg("Healing")),
        place="healing",
        lead=(visit.say(lead),),
        sections=tuple(_sections(fleet, reviews, visit)),
    )


def _sections(fleet: FleetOverview, reviews: ReviewOverview, visit: PageVisit) -> Iterator[Section]:
    proposals = proposals_grid(reviews.proposals, visit)
    yield page_section("proposals", msg("Proposed plans"), (proposals,), visit)
    heals = heals_grid(fleet.heals.latest, visit, with_shop=True)
    fights = (fight_advice(fleet.heals.fights, visit),) if fleet.heals.fights else ()
    yield page_section("heals", msg("Heals"), (*fights, heals), visit)


def fight_advice(fights: int, visit: PageVisit) -> Advice:
    text = msg("Fights with another party: {count}. Nothing more is healed there.", count=fights)
    return Advice(text=visit.say(text))


def proposals_grid(proposals: tuple[ProposalLine, ...], visit: PageVisit) -> Grid:
    rows = (_row(each, visit) for each in proposals)
    return grid(msg("Proposed plans"), _TITLES, rows, msg("No plan waits for a person."), visit)


def _row(proposal: ProposalLine, visit: PageVisit) -> tuple[GridCell, ...]:
    return (
        shop_cell(proposal.shop),
        code_cell(f"reconciler apply {proposal.file}"),
        plain_cell(proposal.rule),
        moment_cell(proposal.at, visit, age=True),
        plain_cell(", ".join(f"`{each}`" for each in proposal.findings)),
        code_cell(proposal.fingerprint),
    )
