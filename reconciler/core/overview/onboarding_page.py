"""The page of onboarding: the shops of the last status, filtered, in pages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field

from reconciler.core.onboarding.items import ActingParty, OnboardingState, ShopOnboarding
from reconciler.core.overview.fleet_overview import FleetName
from reconciler.core.overview.shop_rows import PAGE_SIZE
from reconciler.lib.frozen_class import frozen


@frozen
class OnboardingQuery:
    """All that is given must hold. `party` acts first; `words` is a part of a shop key, in any case. `page` counts from 1."""

    state: OnboardingState | None = None
    party: ActingParty | None = None
    words: str = ""
    page: int = 1


@frozen
class OnboardingRows:
    """`checked` is when the last status was made, None where none was. `states` and `parties` count all of its shops, `total`
    those that match, on all pages.
    """

    checked: str | None = None
    states: Mapping[OnboardingState, int] = field(default_factory=dict)
    parties: Mapping[ActingParty, int] = field(default_factory=dict)
    rows: tuple[ShopOnboarding, ...] = ()
    total: int = 0
    page: int = 1

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // PAGE_SIZE))


@frozen
class OnboardingOverview:
    name: FleetName
    found: OnboardingRows
