"""Rules on what manifests declare, over several shops together and without the backend.

In: the desired settings of all selected shops, with their secrets resolved or not. Out: diagnostics. An error belongs to a shop
and holds its plan; a warning about a shared text belongs to no shop. Rules on one shop and its observed state are in
`core/planning/rules`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Final

from reconciler.core.diagnostics.diagnostic import Diagnostic, sort_diagnostics
from reconciler.core.fleet_rules.declared_texts import brand_spelled, texts_visible
from reconciler.core.fleet_rules.shared_identities import one_seller_per_client, one_seller_per_token
from reconciler.core.model.state import Desired

FleetRule = Callable[[Sequence[Desired]], Iterable[Diagnostic]]

FLEET_RULES: Final[tuple[FleetRule, ...]] = (one_seller_per_client, one_seller_per_token, brand_spelled, texts_visible)


def check_fleet(shops: Sequence[Desired]) -> tuple[Diagnostic, ...]:
    """What all rules say, sorted."""
    return sort_diagnostics(found for rule in FLEET_RULES for found in rule(shops))
