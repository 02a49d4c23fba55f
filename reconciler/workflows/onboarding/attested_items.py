"""What people attested about items that no API reads: the endpoint at Amazon, and a test order."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import field
from typing import TYPE_CHECKING, Final

from reconciler.core.model.selection import Selection
from reconciler.core.onboarding.attestations import AttestedItem
from reconciler.core.onboarding.items import OnboardingItem
from reconciler.core.onboarding.judge import AttestedState
from reconciler.core.values import ShopKey
from reconciler.lib.frozen_class import frozen

if TYPE_CHECKING:
    from reconciler.core.diagnostics.diagnostic import Diagnostic
    from reconciler.ports.onboarding.attestation_files import AttestationFiles

_ITEMS: Final = {
    AttestedItem.IPN_ENDPOINT: OnboardingItem.ENDPOINT,
    AttestedItem.TEST_ORDER: OnboardingItem.TEST_ORDER,
}


@frozen
class AttestedItems:
    items: Mapping[ShopKey, Mapping[OnboardingItem, AttestedState]] = field(default_factory=dict)
    diagnostics: tuple[Diagnostic, ...] = ()


def read_attested_items(files: AttestationFiles, today: str) -> AttestedItems:
    """`today` is a day in Japan."""
    read = files.read(Selection())
    items: dict[ShopKey, dict[OnboardingItem, AttestedState]] = defaultdict(dict)
    for each in read.attestations:
        if each.item in _ITEMS:
            items[each.shop][_ITEMS[each.item]] = AttestedState(each.expired(today), each.expires)
    return AttestedItems(items=dict(items), diagnostics=read.diagnostics)
