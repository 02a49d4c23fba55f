"""The secrets of a plan that was read from a file, restored where it has only their digests.

In: a shop's plan, the present secrets of its references, the key of its digests. Out: the plan with the secrets in it, or
with diagnostics that hold it: the secret of that time was approved, not any secret behind the reference today.
It resolves no reference.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import Diagnostic, diagnostic, sort_diagnostics
from reconciler.core.diagnostics.messages import Message, msg
from reconciler.core.model.canonical import DigestKey
from reconciler.core.model.state import Desired
from reconciler.core.planning.change import Change
from reconciler.core.planning.plan import ShopPlan
from reconciler.core.values import Scalar, Secret, SecretDigest, SecretRef


def secret_refs(plan: ShopPlan) -> tuple[SecretRef, ...]:
    """What has to be resolved before the plan can be applied: the secrets that it writes."""
    sources = {_source(change.after) for change in plan.written_changes}
    return tuple(SecretRef(source) for source in sorted(source for source in sources if source))


def refuse_unresolved(plan: ShopPlan, desired: Desired) -> ShopPlan:
    """The plan, held where a secret that it writes is not available. For an apply: a plan that is only shown needs none."""
    written = {change.ref for change in plan.written_changes if isinstance(change.after, SecretRef)}
    known = set(plan.findings)
    missing = [one.reason for one in desired.unresolved if one.ref in written and one.reason not in known]
    return replace(plan, findings=sort_diagnostics((*plan.findings, *missing))) if missing else plan


def _source(value: Scalar) -> str | None:
    """Of a value that a saved plan does not hold in clear."""
    if isinstance(value, SecretDigest):
        return value.source
    return value.uri if isinstance(value, SecretRef) else None


WhyMissing = Mapping[SecretRef, tuple[Message, Message | None]]
"""Of a secret that was not found: the reason, and what to do."""


def attach_secrets(
    plan: ShopPlan, secrets: Mapping[SecretRef, Secret], key: DigestKey, missing: WhyMissing | None = None
) -> ShopPlan:
    """A plan that still holds its secrets comes back as it is. Where it was made without a secret, the reference is what was
    approved, and the secret behind it now is written.
    """
    faults: list[Diagnostic] = []
    changes: list[Change] = []
    for change in plan.changes:
        after = _restored(change, plan, secrets, key, missing or {})
        if isinstance(after, Diagnostic):
            faults.append(after)
            after = change.after
        changes.append(replace(change, after=after))
    wanted = {change.ref: change.after for change in changes}
    return replace(
        plan,
        changes=tuple(changes),
        predicted=tuple(
            (ref, wanted.get(ref, value) if isinstance(value, SecretDigest | SecretRef) else value)
            for ref, value in plan.predicted
        ),
        findings=sort_diagnostics((*plan.findings, *faults)),
    )


def _restored(
    change: Change, plan: ShopPlan, secrets: Mapping[SecretRef, Secret], key: DigestKey, missing: WhyMissing
) -> Scalar | Diagnostic:
    if change.derived or not isinstance(change.after, SecretDigest | SecretRef):
        return change.after
    source = _source(change.after) or ""
    secret = secrets.get(SecretRef(source))
    if secret is not None and _is_planned(secret, change.after, key):
        return secret
    if secret is None:
        code, (text, hint) = codes.SECRET_MISSING, missing.get(SecretRef(source), _not_found(source))
    else:
        code, text = codes.STALE, msg("The secret of {source} changed after the plan was created", source=source)
        hint = msg(
            "Create the plan again, or apply it where the secret and the key are the same as when it was created"
        )
    return diagnostic(code, text, hint=hint, shop=plan.shop, subject=change.ref.manifest_path, origin=change.origin)


def _not_found(source: str) -> tuple[Message, Message | None]:
    return (
        msg("The secret of {source} was not found", source=source),
        msg("Make the secret available where the plan is applied"),
    )


def _is_planned(secret: Secret, planned: SecretDigest | SecretRef, key: DigestKey) -> bool:
    """A saved plan may have been sealed with a key that was replaced since."""
    digests = (one.digest(secret.reveal()) for one in key.all_keys)
    return isinstance(planned, SecretRef) or planned.digest in tuple(digests)
