"""Whether the plan of a shop does what was decided, and nothing else.

In: the plan of one shop, made again after the look, and the findings that it is to heal. Out: why it must not be applied,
or None.
"""

from __future__ import annotations

from collections.abc import Mapping

from reconciler.core.findings.finding import Finding, same_stored_value
from reconciler.core.healing.decide import HealingRefusal
from reconciler.core.model.canonical import DigestKey, to_canonical
from reconciler.core.model.state import FieldRef
from reconciler.core.planning.plan import ShopPlan, StepKind

_OF_A_CLOSURE = frozenset({StepKind.CLOSE, StepKind.REOPEN})


def plan_refusal(plan: ShopPlan, findings: Mapping[FieldRef, Finding], key: DigestKey | None) -> HealingRefusal | None:
    """MOVED also where nothing is left to be written."""
    if plan.closes_shop or any(step.action in _OF_A_CLOSURE for step in plan.steps):
        return HealingRefusal.NEVER
    if any(change.ref not in findings for change in plan.changes):
        return HealingRefusal.NEVER
    if plan.blocked:
        return HealingRefusal.HELD
    before = {change.ref: to_canonical(change.before, key) for change in plan.changes}
    same = all(ref in before and same_stored_value(before[ref], finding.observed) for ref, finding in findings.items())
    return None if same and plan.steps else HealingRefusal.MOVED
