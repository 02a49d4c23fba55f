"""What a person approves when approving a plan: every change and step, and nothing that may move without mattering.

Versions, clocks and lines of files stay out, and so does all that only a machine with the secrets or the key can know: of a
secret a leaf holds the reference and whether it changed. The fingerprint of a reviewed plan is therefore that of the same plan
made again, with or without secrets, and of the plan read back from its file. A rotation is outside: the guard `secret-rotation`
asks for it by name.

The fingerprint is the root of a tree with one leaf per shop, so that a person can approve a part of a plan and anyone can verify
that the part belongs to the whole. `plan_fingerprint` also knows how older versions hashed all shops together.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from enum import Enum

from reconciler.core.diagnostics.diagnostic import Diagnostic
from reconciler.core.model.canonical import DigestKey, Json, fingerprint, to_canonical
from reconciler.core.planning.change import Change, Reason
from reconciler.core.planning.leaves import ShopLeaf, leaf_digest, merkle_root
from reconciler.core.planning.plan import Plan, ShopPlan, Step, StepKind
from reconciler.core.values import Scalar, SecretDigest


class FingerprintScope(Enum):
    """What a fingerprint covers, and how. The last two are only in saved plans of older versions."""

    LEAVES = "leaves"
    """The leaf of each shop. Of a secret, where it is to be found: the same on every machine."""
    REFERENCES = "references"
    """All shops together. Of a secret, where it is to be found."""
    DIGESTS = "digests"
    """All shops together. Of a secret, its keyed digest as well."""


def build_plan(shops: Iterable[ShopPlan], *, findings: tuple[Diagnostic, ...] = (), unchanged_shops: int = 0) -> Plan:
    """The plan of `shops`, in the order of their keys, for any order of the input."""
    ordered = tuple(sorted(shops, key=lambda shop: shop.shop))
    leaves = shop_leaves(ordered)
    return Plan(
        shops=ordered,
        findings=findings,
        fingerprint=merkle_root(leaves),
        leaves=leaves,
        unchanged_shops=unchanged_shops,
    )


def plan_leaves(plan: Plan) -> tuple[ShopLeaf, ...]:
    """One per shop in which something is to be approved, in the order of their keys."""
    return plan.leaves


def shop_leaves(shops: Iterable[ShopPlan]) -> tuple[ShopLeaf, ...]:
    """In the order of `shops`, without those in which nothing is to be approved."""
    documents = ((shop.shop, shop_leaf(shop)) for shop in shops)
    return tuple(
        ShopLeaf(shop=shop, digest=leaf_digest(document)) for shop, document in documents if document is not None
    )


def plan_fingerprint(
    shops: tuple[ShopPlan, ...],
    covers: FingerprintScope = FingerprintScope.LEAVES,
    key: DigestKey | None = None,
) -> str:
    """`key` is needed for `DIGESTS` only, and not for shops that were read from a file: their secrets are digests already."""
    if covers is FingerprintScope.LEAVES:
        return merkle_root(shop_leaves(shops))
    written = _reference_only if covers is FingerprintScope.REFERENCES else lambda value: to_canonical(value, key)
    leaves = (shop_leaf(shop, written) for shop in shops)
    return fingerprint({"format": 1, "shops": [leaf for leaf in leaves if leaf is not None]})


def _reference_only(value: Scalar) -> Json:
    """A secret as its reference, whether or not its value is known here."""
    if isinstance(value, SecretDigest):
        return to_canonical(SecretDigest(value.source))
    return to_canonical(value)


def shop_leaf(shop: ShopPlan, written: Callable[[Scalar], Json] = _reference_only) -> Json:
    """What is approved in one shop; None where that is nothing."""
    changes = [change for change in shop.changes if not _outside(change, shop)]
    if not changes:
        return None
    return {
        "shop": str(shop.shop),
        "changes": [_change(change, written(change.before), written(change.after)) for change in changes],
        "steps": [_step(step, refs) for step, refs in _approved_steps(shop)],
    }


def _outside(change: Change, shop: ShopPlan) -> bool:
    """A rotation, and what follows from nothing else."""
    if change.reason is Reason.ROTATED:
        return True
    cause = next((other for other in shop.changes if other.ref == change.caused_by), None)
    return change.derived and cause is not None and cause.reason is Reason.ROTATED


def _approved_steps(shop: ShopPlan) -> Iterator[tuple[Step, list[Json]]]:
    """The steps without what only a rotation writes."""
    rotated = {change.ref for change in shop.changes if change.reason is Reason.ROTATED}
    for step in shop.steps:
        refs = [ref for ref in step.refs if ref not in rotated]
        if refs or step.action is not StepKind.WRITE:
            yield step, [str(ref) for ref in refs]


def _change(change: Change, before: Json, after: Json) -> Json:
    return {"field": str(change.ref), "before": before, "after": after, "reason": change.reason.value}


def _step(step: Step, refs: list[Json]) -> Json:
    return {"does": step.action.value, "kind": step.kind, "fields": refs}
