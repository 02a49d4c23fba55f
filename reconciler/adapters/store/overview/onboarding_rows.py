"""The shops of the last onboarding status, loudest first, in pages. The database filters, counts and sorts."""

from __future__ import annotations

from sqlalchemy import ColumnElement, Connection, func, select

from reconciler.adapters.store.db.onboarding_tables import onboarding_shops
from reconciler.adapters.store.onboarding.onboarding_store import STATES, stored_shop
from reconciler.core.onboarding.items import STATE_ORDER, ActingParty
from reconciler.core.overview.onboarding_page import OnboardingQuery, OnboardingRows
from reconciler.core.overview.shop_rows import PAGE_SIZE

_OF = onboarding_shops.c


def read_onboarding_rows(connection: Connection, fleet: str, query: OnboardingQuery) -> OnboardingRows:
    """A page after the last one is empty."""
    checked = connection.execute(select(func.max(_OF.checked)).where(_OF.fleet == fleet)).scalar()
    if checked is None:
        return OnboardingRows(page=query.page)
    last = (_OF.fleet == fleet, _OF.checked == checked)
    conditions = (*last, *_conditions(query))
    total = connection.execute(select(func.count()).select_from(onboarding_shops).where(*conditions)).scalar_one()
    wanted = select(onboarding_shops).where(*conditions).order_by(_OF.rank, _OF.shop)
    page = wanted.limit(PAGE_SIZE).offset((query.page - 1) * PAGE_SIZE)
    states = connection.execute(select(_OF.rank, func.count()).where(*last).group_by(_OF.rank)).all()
    parties = connection.execute(select(_OF.party, func.count()).where(*last).group_by(_OF.party)).all()
    return OnboardingRows(
        checked=checked,
        states={STATES[rank]: count for rank, count in states},
        parties={ActingParty(party): count for party, count in parties if party is not None},
        rows=tuple(map(stored_shop, connection.execute(page).mappings())),
        total=total,
        page=query.page,
    )


def _conditions(query: OnboardingQuery) -> list[ColumnElement[bool]]:
    wanted: list[ColumnElement[bool]] = []
    if query.state is not None:
        wanted.append(_OF.rank == STATE_ORDER[query.state])
    if query.party is not None:
        wanted.append(_OF.party == query.party.value)
    if query.words:
        wanted.append(func.lower(_OF.shop).contains(query.words.lower(), autoescape=True))
    return wanted
