"""Prerequisites across fields: what must hold before a shop's changes may be written. Each rule is pure and has a code.

A rule gets a `RuleContext` and returns diagnostics. What a person can allow is a guard (`core/planning/guards.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Final

from reconciler.core.diagnostics.diagnostic import Diagnostic
from reconciler.core.planning.rules.completeness import (
    api_credentials_valid,
    derived_consistent,
    ipn_has_a_seller,
    parts_exist,
    required_settings_present,
)
from reconciler.core.planning.rules.entitlement import (
    commerce_creator,
    requires_contract,
    requires_option,
    requires_subscription,
)
from reconciler.core.planning.rules.former_endpoint import former_endpoint_stays
from reconciler.core.planning.rules.payment_status import declared_is_offered, orders_can_become_paid
from reconciler.core.planning.rules.preset_token import preset_token_exists, preset_token_unchanged
from reconciler.core.planning.rules.rule_context import RuleContext
from reconciler.core.planning.rules.seller_change import preset_token_keeps_seller, seller_changes_with_token

Rule = Callable[[RuleContext], Iterable[Diagnostic]]

RULES: Final[tuple[Rule, ...]] = (
    requires_option,
    requires_contract,
    commerce_creator,
    requires_subscription,
    required_settings_present,
    ipn_has_a_seller,
    parts_exist,
    declared_is_offered,
    orders_can_become_paid,
    preset_token_unchanged,
    preset_token_exists,
    preset_token_keeps_seller,
    seller_changes_with_token,
    former_endpoint_stays,
    api_credentials_valid,
    derived_consistent,
)


def check_rules(case: RuleContext) -> Iterator[Diagnostic]:
    """All findings of all rules."""
    for rule in RULES:
        yield from rule(case)
