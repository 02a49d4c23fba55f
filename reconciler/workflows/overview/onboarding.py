"""The page of onboarding, from the last status in the store: neither the backend nor a manifest is read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.core.overview.onboarding_page import OnboardingOverview, OnboardingRows
from reconciler.workflows.overview.fleet import name_fleet

if TYPE_CHECKING:
    from reconciler.core.overview.onboarding_page import OnboardingQuery
    from reconciler.ports.overview.overview_store import OverviewStores
    from reconciler.workflows.session import Session


def onboarding_overview(session: Session, stores: OverviewStores, query: OnboardingQuery) -> OnboardingOverview:
    """Raises SetupError where the store cannot be read."""
    with stores.open() as store:
        found = OnboardingRows() if store is None else store.onboarding_rows(session.target.fleet_name, query)
    return OnboardingOverview(name=name_fleet(session), found=found)
