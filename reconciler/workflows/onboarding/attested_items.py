"""What people attested about items that no API reads: the endpoint at Amazon, and a test order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from reconciler.core.onboarding.items import OnboardingItem
from reconciler.core.onboarding.judge import AttestedState
from reconciler.core.values import ShopKey

if TYPE_CHECKING:
    from reconciler.core.diagnostics.diagnostic import Diagnostic
    from reconciler.workflows.session import Session


@dataclass(frozen=True, slots=True, kw_only=True)
class AttestedItems:
    items: Mapping[ShopKey, Mapping[OnboardingItem, AttestedState]] = field(default_factory=dict)
    diagnostics: tuple[Diagnostic, ...] = ()


def read_attested_items(session: Session, today: str) -> AttestedItems:
    return AttestedItems()
