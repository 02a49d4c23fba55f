"""Narrowed manifests declare the healed fields and nothing else; their plans are held against the decision."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import diagnostic
from reconciler.core.diagnostics.messages import msg
from reconciler.core.findings.finding import Finding
from reconciler.core.healing.check_plan import plan_refusal
from reconciler.core.healing.decide import HealingRefusal
from reconciler.core.healing.narrow import only_fields
from reconciler.core.model.state import FieldRef
from reconciler.core.planning.change import Change, Reason
from reconciler.core.planning.field_diff import declared_values
from reconciler.core.planning.plan import ClosureBracket, ShopPlan, Step, StepKind
from reconciler.core.values import Origin, ShopKey
from tests.core.healing.test_decide import drifted
from tests.support.strategies import desired_shops

MAIL = FieldRef("amazon_settings", "notification_email")
OTHER = FieldRef("amazon_settings", "seller_id")
WRITE = Step(action=StepKind.WRITE, kind="amazon_settings", refs=(MAIL,))
PLAN = ShopPlan(
    shop=ShopKey("kyoto-tea"),
    origin=Origin("shops/kyoto-tea.yaml"),
    changes=(
        Change(
            ref=MAIL,
            before="private@kyoto-tea.example",
            after="pay@kyoto-tea.example",
            reason=Reason.DECLARED,
            origin=Origin("shops/kyoto-tea.yaml", 4),
        ),
    ),
    steps=(WRITE,),
)
FOLLOWING = replace(PLAN.changes[0], ref=OTHER, reason=Reason.DERIVED)
HELD = diagnostic(codes.BOTH_MOVED, msg("held"))


@given(desired_shops(), st.data())
def test_a_narrowed_manifest_declares_the_named_fields_alone(desired, data):
    declared = dict(declared_values(desired))
    refs = data.draw(st.sets(st.sampled_from(sorted(declared)))) if declared else set()
    narrowed = only_fields(desired, {*refs, FieldRef("system_parts", "messages", "no-such-part.label")})
    assert dict(declared_values(narrowed)) == {ref: value for ref, value in declared.items() if ref in refs}
    assert {each.ref for each in narrowed.unresolved} <= refs
    assert (narrowed.shop, narrowed.maintenance) == (desired.shop, desired.maintenance)


def refusal(plan: ShopPlan, **findings: Finding) -> HealingRefusal | None:
    return plan_refusal(plan, {MAIL: findings.get("mail", drifted())}, None)


def test_a_plan_that_does_what_was_decided_is_applied():
    assert refusal(PLAN) is None


@pytest.mark.parametrize(
    ("plan", "why"),
    [
        (replace(PLAN, changes=(*PLAN.changes, replace(PLAN.changes[0], ref=OTHER))), HealingRefusal.NEVER),
        (
            replace(PLAN, changes=(*PLAN.changes, replace(PLAN.changes[0], ref=OTHER, reason=Reason.DERIVED))),
            HealingRefusal.NEVER,
        ),
        (replace(PLAN, steps=(Step(action=StepKind.CLOSE, kind="storefront_status"), WRITE)), HealingRefusal.NEVER),
        (replace(PLAN, bracket=ClosureBracket(first=0, last=1, seconds=9)), HealingRefusal.NEVER),
        (replace(PLAN, findings=(HELD,)), HealingRefusal.HELD),
        (replace(PLAN, changes=(), steps=()), HealingRefusal.MOVED),
        (replace(PLAN, changes=(replace(PLAN.changes[0], before="other@kyoto-tea.example"),)), HealingRefusal.MOVED),
    ],
    ids=[
        "another field",
        "a field that follows",
        "a step that closes",
        "a closure",
        "held",
        "nothing left",
        "another value",
    ],
)
def test_any_other_plan_is_not(plan: ShopPlan, why: HealingRefusal):
    assert refusal(plan) is why
