"""Onboarding: what each shop needs before it takes orders, as the last `onboard --status` saw it; filtered, in pages."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from reconciler.console.elements import (
    ConsolePage,
    Element,
    FilterForm,
    Grid,
    GridCell,
    Section,
    Tile,
    Tiles,
)
from reconciler.console.parts.cells import moment_cell, plain_cell, said_cell, shop_cell
from reconciler.console.parts.filters import choice_filter, filter_form, text_filter
from reconciler.console.parts.grids import choices_of, grid, numbered_pager
from reconciler.console.visit import PageVisit
from reconciler.core.diagnostics.messages import msg
from reconciler.core.onboarding.items import ActingParty, OnboardingState, ShopOnboarding
from reconciler.core.onboarding.words import ONBOARDING_STATE_WORDS, PARTY_WORDS
from reconciler.core.overview.onboarding_page import OnboardingOverview, OnboardingQuery, OnboardingRows
from reconciler.core.overview.shop_rows import PAGE_SIZE
from reconciler.views.html.elements import Tone
from reconciler.views.onboarding.rows import open_text

ONBOARDING_PARTS: Final = frozenset({"state", "party", "words", "page"})
_TITLES: Final = (
    msg("Shop"),
    msg("State"),
    msg("Acts first"),
    msg("Missing since"),
    msg("Missing, by who acts"),
    msg("File"),
)
_TONES: Final[dict[OnboardingState, Tone]] = {
    OnboardingState.REVOKED: "bad",
    OnboardingState.SHOP_UNKNOWN: "bad",
    OnboardingState.UNREAD: "warn",
    OnboardingState.INCOMPLETE: "plain",
    OnboardingState.COMPLETE: "good",
}


def onboarding_query(visit: PageVisit) -> OnboardingQuery:
    """Raises BadQueryError."""
    query = visit.query
    state = query.one_of("state", choices_of(OnboardingState))
    party = query.one_of("party", choices_of(ActingParty))
    return OnboardingQuery(
        state=None if state is None else OnboardingState(state),
        party=None if party is None else ActingParty(party),
        words=query.text("words") or "",
        page=query.number("page", 1),
    )


def onboarding_page(overview: OnboardingOverview, visit: PageVisit) -> ConsolePage:
    found = overview.found
    return ConsolePage(
        title=visit.say(msg("Onboarding")),
        place="onboarding",
        lead=(_lead(found, visit),),
        sections=(Section(name="onboarding", title="", contents=tuple(_contents(found, visit))),),
    )


def _lead(found: OnboardingRows, visit: PageVisit) -> str:
    if found.checked is None:
        return visit.say(msg("No status was made yet. Run `reconciler onboard --status`."))
    return visit.say(
        msg("What was missing in each shop when `reconciler onboard --status` ran at {time}.", time=found.checked)
    )


def _contents(found: OnboardingRows, visit: PageVisit) -> Iterator[Element]:
    if found.states:
        yield Tiles(tuple(_tiles(found, visit)))
    yield _filter(visit)
    pager = numbered_pager(found.page, found.pages, found.total, PAGE_SIZE, visit)
    yield from pager
    yield _grid(found, visit)
    yield from pager[:1]


def _tiles(found: OnboardingRows, visit: PageVisit) -> Iterator[Tile]:
    for state in OnboardingState:
        count = found.states.get(state, 0)
        yield Tile(
            label=visit.say(ONBOARDING_STATE_WORDS[state]),
            value=f"{count:,}",
            href=visit.here(state=state.value, party=None, words=None, page=None),
            tone=_TONES[state] if count else "",
        )
    for party, count in found.parties.items():
        yield Tile(
            label=visit.say(msg("{party} acts first", party=PARTY_WORDS[party])),
            value=f"{count:,}",
            href=visit.here(party=party.value, state=None, words=None, page=None),
        )


def _grid(found: OnboardingRows, visit: PageVisit) -> Grid:
    empty = msg("No shop matches this filter.") if found.states else msg("No shop is known yet.")
    return grid(msg("Onboarding"), _TITLES, (_row(shop, visit) for shop in found.rows), empty, visit)


def _row(shop: ShopOnboarding, visit: PageVisit) -> tuple[GridCell, ...]:
    party = shop.acts_first
    return (
        shop_cell(shop.shop),
        said_cell(ONBOARDING_STATE_WORDS[shop.state], visit, _TONES[shop.state]),
        plain_cell(None) if party is None else said_cell(PARTY_WORDS[party], visit),
        moment_cell(shop.since, visit, age=True),
        plain_cell(open_text(shop, visit.context)),
        plain_cell(shop.place),
    )


def _filter(visit: PageVisit) -> FilterForm:
    states = [(each.value, ONBOARDING_STATE_WORDS[each]) for each in OnboardingState]
    parties = [(each.value, PARTY_WORDS[each]) for each in ActingParty]
    fields = (
        text_filter("words", msg("Shop key contains"), visit),
        choice_filter("state", msg("State"), states, visit),
        choice_filter("party", msg("Acts first"), parties, visit),
    )
    return filter_form("/onboarding", msg("Filter shops"), fields, visit, place="page")
