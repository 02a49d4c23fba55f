"""What becomes of a shop after a merge: applied, deferred, refused, expired. Pure.

In: the shop's present plan, the pull request that brought its manifest in, and what was reviewed there. Out: a decision with its
reason. Only the leaf of a reviewed plan is ever applied; where it is not known what was reviewed, nothing is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field, replace
from enum import Enum

from reconciler.core.approvals.earlier_work import EarlierWork, Progress, progress
from reconciler.core.approvals.leaf_list import Leaves, leaves_by_shop, other_leaf
from reconciler.core.approvals.record import PlanRecord
from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import Diagnostic, diagnostic
from reconciler.core.diagnostics.messages import Message, msg
from reconciler.core.planning.leaves import ShopLeaf, merkle_root
from reconciler.core.planning.plan import ShopPlan
from reconciler.core.values import Origin, ShopKey
from reconciler.lib.frozen_class import frozen


class Verdict(Enum):
    """In the order of alarm, from the loudest."""

    REFUSED = "refused"
    """Another plan than the reviewed one, or none that can be verified."""
    NOT_REVIEWED = "not-reviewed"
    """It came without a pull request, or without a record of a plan."""
    EXPIRED = "expired"
    HELD = "held"
    """A guard or a failed read holds the shop."""
    DROPPED = "dropped"
    """A person took the deferred apply back."""
    DEFERRED = "deferred"
    """Approved; the shop's maintenance window is closed."""
    APPLY = "apply"
    APPLIED_IN_WINDOW = "applied-in-window"
    """It was deferred, and was applied outside CI since the last job."""
    DRIFTED = "drifted"
    """It was applied, and the backend changed since: drift, not a change that waits."""
    DONE = "done"
    """Nothing is left to be written."""


@frozen
class Approval:
    """What was reviewed in a pull request. `number` None: a commit without one. `record` None: none of our own identity on its
    head. `approved` is when the record was written, as UTC text. `leaves` are believed already: None where they were not
    available. `whole`: without leaves, the plan of all its shops has the recorded root.
    """

    number: int | None
    head: str = ""
    record: PlanRecord | None = None
    approved: str | None = None
    leaves: Leaves | None = None
    whole: bool = False


@frozen
class ShopDecision:
    """`approval` is that of the pull request which touched the shop last."""

    shop: ShopKey
    verdict: Verdict
    approval: Approval
    leaf: str | None = None
    reasons: tuple[Diagnostic, ...] = ()


@frozen
class ApprovalRules:
    """`since` is the time, as UTC text, from which on a record is valid: limits.plan_age, which is `days`, before now. `dropped`
    are shops with the leaf that a person took back. `earlier` is what runs did in shops, as far as it is known.
    """

    since: str
    days: int
    dropped: Mapping[ShopKey, str]
    earlier: Mapping[ShopKey, EarlierWork] = field(default_factory=dict)


def believed_leaves(record: PlanRecord, leaves: Sequence[ShopLeaf]) -> Leaves | None:
    """The leaves, if they are those that were recorded: their root and their number."""
    proven = len(leaves) == record.shops and merkle_root(leaves) == record.fingerprint
    return leaves_by_shop(leaves) if proven else None


def decide_shop(
    shop: ShopPlan,
    leaf: str | None,
    approval: Approval,
    rules: ApprovalRules,
    held: tuple[Diagnostic, ...] = (),
) -> ShopDecision:
    """`leaf` is that of the shop's present plan; None where nothing is to be approved. `held`: what holds the run as a whole."""

    def result(verdict: Verdict, *reasons: Diagnostic) -> ShopDecision:
        return ShopDecision(shop=shop.shop, verdict=verdict, approval=approval, leaf=leaf, reasons=reasons)

    own = tuple(finding for finding in shop.findings if finding.blocking)
    holding = own if leaf is None else (*own, *held)
    if leaf is None:
        return result(Verdict.HELD, *holding) if holding else result(Verdict.DONE)
    unapproved = _unapproved(shop, leaf, approval, rules)
    if unapproved is not None:
        return result(unapproved[0], unapproved[1])
    if any(finding.code is not codes.OUTSIDE_WINDOW for finding in holding):
        return result(Verdict.HELD, *holding)
    if rules.dropped.get(shop.shop) == leaf:
        return result(Verdict.DROPPED, _dropped(shop))
    return result(Verdict.DEFERRED, *holding) if holding else result(Verdict.APPLY)


def _unapproved(
    shop: ShopPlan, leaf: str, approval: Approval, rules: ApprovalRules
) -> tuple[Verdict, Diagnostic] | None:
    """Why the present plan of the shop is not to be applied as an approved one; None where it is."""
    if approval.record is None or approval.approved is None:
        return Verdict.NOT_REVIEWED, _not_reviewed(shop, approval)
    approved = None if approval.leaves is None else approval.leaves.get(shop.shop)
    earlier = _progress(shop, approved, approval.approved, rules)
    if earlier is Progress.APPLIED:
        return Verdict.DRIFTED, _drifted(shop, approval)
    if approval.approved < rules.since:
        return Verdict.EXPIRED, _expired(shop, approval.approved, rules)
    if approval.leaves is None:
        return None if approval.whole else (Verdict.REFUSED, _no_leaves(shop, approval))
    if approved == leaf or earlier is Progress.REST:
        return None
    refusal = other_leaf(shop, leaf, approved)
    return Verdict.REFUSED, _interrupted(shop, refusal) if earlier is Progress.INTERRUPTED else refusal


def _progress(shop: ShopPlan, approved: str | None, since: str, rules: ApprovalRules) -> Progress | None:
    work = rules.earlier.get(shop.shop)
    return None if work is None or approved is None else progress(shop, approved, since, work)


def ways_out(shop: ShopKey) -> Message:
    return msg(
        "Open a new pull request that shows the current plan, or apply it as a person: `reconciler plan {shop}`, then "
        "`reconciler apply {shop} --expect FINGERPRINT`",
        shop=shop,
    )


def _drifted(shop: ShopPlan, approval: Approval) -> Diagnostic:
    text = msg(
        "Pull request {number} was applied; the shop was changed at the backend since", number=approval.number or 0
    )
    hint = msg("`reconciler drift {shop}` shows who changed what", shop=shop.shop)
    return diagnostic(codes.DRIFTED_SINCE, text, hint=hint, shop=shop.shop, origin=shop.origin)


def _interrupted(shop: ShopPlan, refusal: Diagnostic) -> Diagnostic:
    text = msg(
        "An earlier job was interrupted in {shop} after it wrote part of the approved plan, and the present plan is not "
        "what remains of it",
        shop=shop.shop,
    )
    return replace(refusal, summary=text, expected=None, hint=ways_out(shop.shop))


def _not_reviewed(shop: ShopPlan, approval: Approval) -> Diagnostic:
    text = (
        msg("The last change of the manifest came without a pull request")
        if approval.number is None
        else msg("Pull request {number} has no record of a plan on its head", number=approval.number)
    )
    return diagnostic(codes.NOT_REVIEWED, text, hint=ways_out(shop.shop), shop=shop.shop, origin=shop.origin)


def _expired(shop: ShopPlan, approved: str, rules: ApprovalRules) -> Diagnostic:
    return expired_approval(shop.shop, approved, rules.days, shop.origin)


def expired_approval(shop: ShopKey, approved: str, days: int, origin: Origin | None = None) -> Diagnostic:
    text = msg(
        "The plan was recorded at {approved}; approvals expire after {days} days (`limits.plan_age`)",
        approved=approved,
        days=days,
    )
    return diagnostic(codes.APPROVAL_EXPIRED, text, hint=ways_out(shop), shop=shop, origin=origin)


def _no_leaves(shop: ShopPlan, approval: Approval) -> Diagnostic:
    text = msg(
        "The leaves of the plan in pull request {number} are not available, and the plan as a whole has another fingerprint "
        "than {recorded}",
        number=approval.number or 0,
        recorded=approval.record.fingerprint if approval.record else "",
    )
    return diagnostic(codes.NO_LEAVES, text, hint=ways_out(shop.shop), shop=shop.shop, origin=shop.origin)


def _dropped(shop: ShopPlan) -> Diagnostic:
    return dropped_apply(shop.shop, shop.origin)


def dropped_apply(shop: ShopKey, origin: Origin | None = None) -> Diagnostic:
    text = msg("The deferred apply of {shop} was dropped", shop=shop)
    return diagnostic(codes.DROPPED_APPLY, text, hint=ways_out(shop), shop=shop, origin=origin)
