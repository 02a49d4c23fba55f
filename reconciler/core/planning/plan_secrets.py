"""The secrets of a plan that was read from a file, put back where it knows their digests only.

In: a shop's plan, the secrets that its references lead to now, the key of its digests. Out: the plan with the secrets in it, or
with findings that hold it: what was approved is the secret of that time, and not whatever stands behind the reference today.
It resolves no reference.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import Diagnostic, diagnostic, sort_diagnostics
from reconciler.core.diagnostics.messages import msg
from reconciler.core.model.canonical import DigestKey
from reconciler.core.planning.change import Change
from reconciler.core.planning.plan import ShopPlan
from reconciler.core.values import Scalar, Secret, SecretDigest, SecretRef


def secret_refs(plan: ShopPlan) -> tuple[SecretRef, ...]:
    """What has to be resolved before the plan can be applied: the secrets that it writes."""
    sources = {change.after.source for change in plan.written_changes if isinstance(change.after, SecretDigest)}
    return tuple(SecretRef(source) for source in sorted(sources - {None}, key=str) if source)


def attach_secrets(plan: ShopPlan, secrets: Mapping[SecretRef, Secret], key: DigestKey) -> ShopPlan:
    """A plan that still holds its secrets comes back as it is."""
    faults: list[Diagnostic] = []
    changes: list[Change] = []
    for change in plan.changes:
        after = _restored(change, plan, secrets, key)
        if isinstance(after, Diagnostic):
            faults.append(after)
            after = change.after
        changes.append(replace(change, after=after))
    wanted = {change.ref: change.after for change in changes}
    return replace(
        plan,
        changes=tuple(changes),
        predicted=tuple(
            (ref, wanted.get(ref, value) if isinstance(value, SecretDigest) else value) for ref, value in plan.predicted
        ),
        findings=sort_diagnostics((*plan.findings, *faults)),
    )


def _restored(
    change: Change, plan: ShopPlan, secrets: Mapping[SecretRef, Secret], key: DigestKey
) -> Scalar | Diagnostic:
    if not isinstance(change.after, SecretDigest):
        return change.after
    source = change.after.source or ""
    secret = secrets.get(SecretRef(source))
    if secret is not None and key.digest(secret.reveal()) == change.after.digest:
        return secret
    missing = secret is None
    return diagnostic(
        codes.SECRET_MISSING if missing else codes.STALE,
        msg("The secret that {source} names was not found", source=source)
        if missing
        else msg("The secret that {source} names is another than the one that was planned with", source=source),
        hint=msg("Make the secret available where the plan is applied")
        if missing
        else msg("Make the plan again, or apply it where the secret and the key are those it was made with"),
        shop=plan.shop,
        subject=change.ref.manifest_path,
        origin=change.origin,
    )
