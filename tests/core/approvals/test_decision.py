"""What becomes of a shop after a merge: only the leaf of a reviewed plan is applied, and every other case has its reason."""

from dataclasses import replace

import pytest

from reconciler.core.approvals.decision import (
    Approval,
    ApprovalRules,
    Verdict,
    believed_leaves,
    decide_shop,
)
from reconciler.core.approvals.leaf_list import leaves_by_shop
from reconciler.core.approvals.record import PlanRecord
from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import diagnostic
from reconciler.core.diagnostics.messages import msg
from reconciler.core.planning.leaves import ShopLeaf, leaf_digest, merkle_root
from tests.support.plan_samples import EXAMPLES

SINCE = "2026-04-01T03:00:00Z"
PLAN = EXAMPLES["every-field"].plan
SHOP = replace(PLAN.shops[0], findings=())
LEAF = PLAN.leaves[0].digest
RULES = ApprovalRules(since=SINCE, days=7, dropped={})
RECORD = PlanRecord(fingerprint=PLAN.fingerprint, shops=len(PLAN.leaves), base="b" * 40)
APPROVED = Approval(
    number=12, head="a" * 40, record=RECORD, approved="2026-04-07T03:00:00Z", leaves=leaves_by_shop(PLAN.leaves)
)
WINDOW = diagnostic(codes.OUTSIDE_WINDOW, msg("It is closed"), shop=SHOP.shop)
GUARD = diagnostic(codes.TURNING_OFF, msg("It is held"), shop=SHOP.shop)


def verdict(shop=SHOP, leaf=LEAF, approval=APPROVED, rules=RULES):
    decision = decide_shop(shop, leaf, approval, rules)
    assert (decision.shop, decision.leaf, decision.approval) == (shop.shop, leaf, approval)
    return decision.verdict, [str(reason.code.slug) for reason in decision.reasons]


def test_the_reviewed_leaf_is_applied():
    assert verdict() == (Verdict.APPLY, [])


def test_a_shop_with_nothing_to_write_is_done_with_any_approval():
    assert verdict(leaf=None, approval=Approval(number=None)) == (Verdict.DONE, [])


def test_a_shop_that_could_not_be_read_is_held():
    assert verdict(shop=replace(SHOP, findings=(GUARD,)), leaf=None) == (Verdict.HELD, ["turning-off"])


@pytest.mark.parametrize(
    ("approval", "slug"),
    [
        (Approval(number=None), "not-reviewed"),
        (Approval(number=12, head="a" * 40), "not-reviewed"),
        (replace(APPROVED, approved=None), "not-reviewed"),
    ],
)
def test_without_a_record_nothing_is_applied(approval, slug):
    assert verdict(approval=approval) == (Verdict.NOT_REVIEWED, [slug])


@pytest.mark.parametrize(("approved", "expected"), [(SINCE, Verdict.APPLY), ("2026-04-01T02:59:59Z", Verdict.EXPIRED)])
def test_an_approval_is_valid_for_the_age_of_a_plan(approved, expected):
    assert verdict(approval=replace(APPROVED, approved=approved))[0] is expected


@pytest.mark.parametrize("leaves", [{}, {SHOP.shop: leaf_digest("another plan")}])
def test_another_leaf_is_refused_with_both_leaves(leaves):
    assert verdict(approval=replace(APPROVED, leaves=leaves)) == (Verdict.REFUSED, ["other-leaf"])


@pytest.mark.parametrize(
    ("whole", "expected"), [(True, (Verdict.APPLY, [])), (False, (Verdict.REFUSED, ["no-leaves"]))]
)
def test_without_leaves_the_plan_is_applied_whole_or_not_at_all(whole, expected):
    assert verdict(approval=replace(APPROVED, leaves=None, whole=whole)) == expected


@pytest.mark.parametrize(
    ("findings", "expected"),
    [
        ((WINDOW,), (Verdict.DEFERRED, ["outside-window"])),
        ((GUARD,), (Verdict.HELD, ["turning-off"])),
        ((GUARD, WINDOW), (Verdict.HELD, ["turning-off", "outside-window"])),
    ],
)
def test_only_a_closed_window_defers(findings, expected):
    assert verdict(shop=replace(SHOP, findings=findings)) == expected


@pytest.mark.parametrize("findings", [(), (WINDOW,)])
def test_a_dropped_apply_is_not_applied_inside_its_window_either(findings):
    dropped = replace(RULES, dropped={SHOP.shop: LEAF})
    assert verdict(shop=replace(SHOP, findings=findings), rules=dropped) == (Verdict.DROPPED, ["dropped-apply"])
    other = replace(RULES, dropped={SHOP.shop: leaf_digest("an earlier plan")})
    assert verdict(rules=other) == (Verdict.APPLY, [])


def test_every_refusal_names_the_two_ways_out():
    for approval in (Approval(number=12), replace(APPROVED, leaves=None)):
        (reason,) = decide_shop(SHOP, LEAF, approval, RULES).reasons
        assert "new pull request" in str(reason.hint)
        assert f"reconciler apply {SHOP.shop} --expect FINGERPRINT" in str(reason.hint)


def test_leaves_are_believed_only_if_they_lead_to_the_record():
    leaves = PLAN.leaves
    assert believed_leaves(RECORD, leaves) == leaves_by_shop(leaves)
    assert believed_leaves(RECORD, tuple(reversed(leaves))) == leaves_by_shop(leaves)
    assert believed_leaves(RECORD, leaves[1:]) is None
    assert believed_leaves(replace(RECORD, shops=1), leaves) is None
    assert believed_leaves(RECORD, (replace(leaves[0], digest=leaf_digest("x")), *leaves[1:])) is None


def test_a_node_of_the_tree_passed_off_as_a_shop_is_not_believed():
    """One shop with the digest of a node leads to the same root; the number of shops in the record tells them apart."""
    node = ShopLeaf(shop=SHOP.shop, digest=PLAN.fingerprint)
    assert merkle_root([node]) == RECORD.fingerprint
    assert believed_leaves(RECORD, [node]) is None
