"""An approved plan compared with the present state: continue, or report what changed.

In: one shop's plan and a fresh observation. Out: the plan with the remaining writes, under the versions just read; or the fields
that changed. Only what the plan still has to write is compared: changes elsewhere do not matter, and what already matches is not
written again. It never closes a shop that the plan did not close.

Whether the rest of an approved plan is still what the manifests declare.

In: the plan with the remaining writes, and a new plan from the manifests, both of the same state. Out: the shops in which the
writes differ. The reason of a change and its place may differ: neither is written.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from reconciler.core.model.canonical import DigestKey, Json, to_canonical
from reconciler.core.model.kinds import IPN_ENDPOINT, IpnEndpoint
from reconciler.core.model.state import FieldRef, Observed
from reconciler.core.planning.cascade import ENABLED_FIELD, derived_values, inconsistent_fields
from reconciler.core.planning.change import Change, Reason
from reconciler.core.planning.field_diff import values_equal
from reconciler.core.planning.plan import Plan, RequestPace, ShopPlan
from reconciler.core.planning.shop_planning import Arrangement, arrange
from reconciler.core.values import ABSENT, UNSET, Scalar, SecretDigest, ShopKey, StorefrontStatus
from reconciler.lib.frozen_class import frozen

STATUS = FieldRef("storefront_status", "status")
Target = tuple[str, str] | None
Versions = tuple[tuple[str, str], ...]
_TARGET = (FieldRef("amazon_settings", "seller_id"), FieldRef("amazon_settings", "merchant_site_url"))


@frozen
class StaleChange:
    """A touched field: what it was when planned, what it is now, what it should become."""

    ref: FieldRef
    planned: Scalar
    now: Scalar
    wanted: Scalar


def rebase(
    plan: ShopPlan, observed: Observed, pace: RequestPace, key: DigestKey | None = None
) -> ShopPlan | tuple[StaleChange, ...]:
    """`key` is that of the plan's digests, where the plan was read from a file. Every kind of `observed` must be known."""
    written = plan.written_changes
    left = tuple(change for change in written if not already_applied(change, plan, observed))
    if len(left) == len(written) and observed == plan.planned_from:
        return plan  # All below would find the same once more.
    moved = (
        *_moved_fields(left, plan, observed, key),
        *_moved_storefront(left, plan, observed),
        *_moved_target(left, plan, observed),
    )
    if moved:
        return moved
    work = arrange(tuple(_from_now(change, plan, observed) for change in left), observed, pace)
    target, versions = _planned_target(work, plan, observed)
    return replace(
        plan,
        changes=work.changes,
        steps=work.steps,
        bracket=work.bracket,
        predicted=tuple(_predicted(plan, work.after)),
        versions=versions,
        endpoint_target=target,
        was_open=work.was_open,
        was_enabled=work.was_enabled,
    )


def already_applied(change: Change, plan: ShopPlan, observed: Observed) -> bool:
    """The change is already there. A value that is written again for its derived fields is there once they follow."""
    have = observed.value(change.ref)
    if have is UNSET or _of_another_seller(change, plan, observed):
        return False
    if change.reason is Reason.REWRITTEN and inconsistent_fields(observed):
        return False
    return values_equal(change.ref.spec.policy.compare, change.after, have)


def unchanged_since_plan(change: Change, now: Scalar, key: DigestKey | None) -> bool:
    """Whether `now` is what was planned from; a secret in a saved plan is known by its keyed digest only."""
    if not isinstance(change.before, SecretDigest):
        return values_equal(change.ref.spec.policy.compare, change.before, now)
    known = () if key is None else key.all_keys
    return any(to_canonical(now, one) == to_canonical(change.before) for one in known)


def _now(ref: FieldRef, observed: Observed) -> Scalar:
    have = observed.value(ref)
    return ABSENT if have is UNSET else have


def _of_another_seller(change: Change, plan: ShopPlan, observed: Observed) -> bool:
    """The endpoints were read for the seller that is, and the change is about another one's: nothing was read of it."""
    if change.ref.kind != IPN_ENDPOINT.name or plan.endpoint_target is None:
        return False
    endpoint = observed.kind(IpnEndpoint)
    return endpoint is None or endpoint.seller_id != plan.endpoint_target[0]


def _from_now(change: Change, plan: ShopPlan, observed: Observed) -> Change:
    """The same change from the value just read: a digest could not be held against a later look."""
    if _of_another_seller(change, plan, observed):
        return change
    return replace(change, before=_now(change.ref, observed))


def _moved_fields(
    left: tuple[Change, ...], plan: ShopPlan, observed: Observed, key: DigestKey | None
) -> Iterator[StaleChange]:
    for change in left:
        now = _now(change.ref, observed)
        if not _of_another_seller(change, plan, observed) and not unchanged_since_plan(change, now, key):
            yield StaleChange(ref=change.ref, planned=change.before, now=now, wanted=change.after)


def _moved_storefront(left: tuple[Change, ...], plan: ShopPlan, observed: Observed) -> Iterator[StaleChange]:
    """A closure was approved, or a plan without one: neither holds once the shop was opened or closed.

    A shop that the plan itself closes permanently may be closed already.
    """
    planned = StorefrontStatus.OPEN if plan.was_open else StorefrontStatus.CLOSED
    wanted = next((change.after for change in plan.written_changes if change.ref == STATUS), planned)
    now = observed.value(STATUS)
    switches = any(change.ref == ENABLED_FIELD for change in left)
    if switches and now is not UNSET and now != planned and not now == wanted == StorefrontStatus.CLOSED:
        yield StaleChange(ref=STATUS, planned=planned, now=now, wanted=wanted)


def _moved_target(left: tuple[Change, ...], plan: ShopPlan, observed: Observed) -> Iterator[StaleChange]:
    """The endpoint of another seller or URL than the approved one is not to be written."""
    if plan.endpoint_target is None or not any(change.ref.kind == IPN_ENDPOINT.name for change in left):
        return
    changing = {change.ref for change in plan.written_changes}
    for ref, planned in zip(_TARGET, plan.endpoint_target, strict=True):
        now = _now(ref, observed)
        if ref not in changing and now != planned:
            yield StaleChange(ref=ref, planned=planned, now=now, wanted=planned)


def _planned_target(work: Arrangement, plan: ShopPlan, observed: Observed) -> tuple[Target, Versions]:
    """The endpoint stays that of the approved seller, also where the shop has its new seller already.

    The list of a seller that was not read has no version yet.
    """
    endpoint = next((one for one in work.changes if not one.derived and one.ref.kind == IPN_ENDPOINT.name), None)
    if endpoint is None:
        return work.endpoint_target, work.versions
    unread = IPN_ENDPOINT.name if _of_another_seller(endpoint, plan, observed) else None
    return plan.endpoint_target, tuple((kind, version) for kind, version in work.versions if kind != unread)


def _predicted(plan: ShopPlan, after: Observed) -> Iterator[tuple[FieldRef, Scalar]]:
    """What the plan touches stays as predicted. The rest has its present values: another actor's edit of it is no miss."""
    derived = {change.ref for change in plan.changes if change.derived}
    written = {change.ref for change in plan.written_changes}
    follows = {ref: should for ref, should, _ in derived_values(after) if ref in derived}
    for ref, value in plan.predicted:
        now = value if ref in written else follows.get(ref, after.value(ref))
        if now is not UNSET:
            yield ref, value if values_equal(ref.spec.policy.compare, value, now) else now


def shops_with_changed_intent(left: Plan, fresh: Plan, key: DigestKey) -> tuple[ShopKey, ...]:
    """A shop in which nothing is left, or that is held back for itself, is not asked about."""
    wanted = {shop.shop: _written(shop, key) for shop in fresh.shops}
    waiting = (shop for shop in left.shops if shop.steps and not shop.blocked)
    return tuple(shop.shop for shop in waiting if wanted.get(shop.shop) != _written(shop, key))


def _written(shop: ShopPlan, key: DigestKey) -> Mapping[FieldRef, Json]:
    return {change.ref: to_canonical(change.after, key) for change in shop.written_changes}
