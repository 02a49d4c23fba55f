"""Meaning across fields: what must hold before a shop's changes may be written. Each rule is pure and has a code.

A rule is shown a case and tells what it found.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Final

from reconciler.core.diagnostics.diagnostic import Diagnostic
from reconciler.core.planning.rules.case import Case
from reconciler.core.planning.rules.completeness import (
    api_values_hold,
    derived_follow,
    ipn_has_a_seller,
    parts_exist,
    screen_is_complete,
)
from reconciler.core.planning.rules.entitlement import commerce_creator, contract, option, subscription
from reconciler.core.planning.rules.preset_token import not_pre_set, pre_set_untouched

Rule = Callable[[Case], Iterable[Diagnostic]]

RULES: Final[tuple[Rule, ...]] = (
    option,
    contract,
    commerce_creator,
    subscription,
    screen_is_complete,
    ipn_has_a_seller,
    parts_exist,
    pre_set_untouched,
    not_pre_set,
    api_values_hold,
    derived_follow,
)


def judge(case: Case) -> Iterator[Diagnostic]:
    """All findings of all rules."""
    for rule in RULES:
        yield from rule(case)
