"""What a person approves when approving a plan: every change and step, and nothing that may move without mattering.

Versions, clocks and lines of files stay out, so that the fingerprint of a reviewed plan is that of the same plan made again, and
of the plan read back from its file: `FingerprintScope` says what it saw of the secrets, which a saved plan knows by their
digests only.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum

from reconciler.core.diagnostics.diagnostic import Diagnostic
from reconciler.core.model.canonical import DigestKey, Json, fingerprint, to_canonical
from reconciler.core.planning.change import Change
from reconciler.core.planning.plan import Plan, ShopPlan, Step
from reconciler.core.values import Scalar, SecretDigest


class FingerprintScope(Enum):
    """What a fingerprint sees of a secret."""

    REFERENCES = "references"
    """Where it is to be found: the same on every machine."""
    DIGESTS = "digests"
    """Its keyed digest as well: the same wherever the key is the same, and another once the secret is another."""


def build_plan(
    shops: Iterable[ShopPlan],
    *,
    findings: tuple[Diagnostic, ...] = (),
    key: DigestKey | None = None,
    unchanged_shops: int = 0,
) -> Plan:
    """The plan over `shops`, in the order of their keys whatever order they came in."""
    ordered = tuple(sorted(shops, key=lambda shop: shop.shop))
    covers = FingerprintScope.REFERENCES if key is None else FingerprintScope.DIGESTS
    approved = plan_fingerprint(ordered, covers, key)
    return Plan(shops=ordered, findings=findings, fingerprint=approved, unchanged_shops=unchanged_shops)


def plan_fingerprint(shops: tuple[ShopPlan, ...], covers: FingerprintScope, key: DigestKey | None = None) -> str:
    """`key` is not needed for shops that were read from a file: their secrets are digests already."""

    def written(value: Scalar) -> Json:
        if covers is FingerprintScope.DIGESTS:
            return to_canonical(value, key)
        return to_canonical(SecretDigest(value.source) if isinstance(value, SecretDigest) else value)

    return fingerprint(
        {
            "format": 1,
            "shops": [
                {
                    "shop": str(shop.shop),
                    "changes": [
                        _change(change, written(change.before), written(change.after)) for change in shop.changes
                    ],
                    "steps": [_step(step) for step in shop.steps],
                }
                for shop in shops
                if shop.changes
            ],
        }
    )


def _change(change: Change, before: Json, after: Json) -> Json:
    return {"field": str(change.ref), "before": before, "after": after, "reason": change.reason.value}


def _step(step: Step) -> Json:
    return {"does": step.action.value, "kind": step.kind, "fields": [str(ref) for ref in step.refs]}
