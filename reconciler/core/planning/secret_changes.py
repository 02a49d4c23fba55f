"""Why a secret is written: its reference changed, or its value did behind the same reference. And what was not compared.

In: one shop's desired and observed settings, what differs, the references that were last applied. Out: the changes with their
reasons, and a diagnostic for each secret that is not available.

A changed reference is a change whether or not the secret is available here, so that a plan made without any secret is the plan
made with them. A secret that differs behind the reference that was last applied is a rotation, which only a run that has the
secret can see. Where no reference was applied yet, it is taken as unchanged.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import Diagnostic, diagnostic
from reconciler.core.diagnostics.messages import msg
from reconciler.core.model.state import SECRET_FIELDS, Desired, FieldRef, Observed
from reconciler.core.planning.change import Change, Reason
from reconciler.core.planning.field_diff import declared_values
from reconciler.core.values import PRE_SET, Scalar, SealedSecret, Secret, SecretRef, ShopKey, Unset

AppliedReferences = Mapping[FieldRef, SecretRef]
"""The reference that each secret of a shop was last applied from."""


def with_secret_reasons(
    changes: tuple[Change, ...], desired: Desired, observed: Observed, applied: AppliedReferences
) -> tuple[Change, ...]:
    """`changes` with those of secrets that another one is held for: in the order of the declared values."""
    secrets = tuple(_secrets(desired))
    if not secrets:
        return changes
    found = {change.ref: change for change in changes}
    for ref, _ in secrets:
        change = _secret_change(ref, desired, observed.value(ref), found.pop(ref, None), applied.get(ref))
        if change is not None:
            found[ref] = change
    order = {ref: number for number, (ref, _) in enumerate(declared_values(desired))}
    return tuple(sorted(found.values(), key=lambda change: order[change.ref]))


def unresolved_diagnostics(desired: Desired, observed: Observed, written: Collection[FieldRef]) -> Iterator[Diagnostic]:
    """A secret that is not available leaves its field uncompared; one that is wrong is an error. Of a field that is `written`
    all is known but the value.
    """
    for secret in desired.unresolved:
        missing = secret.reason.code is codes.SECRET_MISSING
        if missing and (secret.ref in written or observed.value(secret.ref) is PRE_SET):
            continue
        yield _not_compared(secret.ref, secret.reason) if missing else secret.reason


def reference_notes(shop: ShopKey, changes: Iterable[Change], applied: AppliedReferences) -> Iterator[Diagnostic]:
    """Both references of each that changed: the values themselves are not shown."""
    for change in changes:
        if change.reason is Reason.REFERENCE_CHANGED:
            yield diagnostic(
                codes.REFERENCE_CHANGED,
                msg(
                    "{label} was last applied from {before}, and the manifest refers to {after}",
                    label=change.ref.full_name,
                    before=applied[change.ref].uri,
                    after=getattr(secret_reference(change.after), "uri", ""),
                ),
                shop=shop,
                subject=change.ref.manifest_path,
                origin=change.origin,
            )


def uncompared_fields(findings: Iterable[Diagnostic]) -> tuple[str, ...]:
    """The places of the fields that were not compared, as the findings name them."""
    return tuple(finding.subject or "" for finding in findings if finding.code is codes.NOT_COMPARED)


def only_confirmed(changes: Iterable[Change], observed: Observed) -> bool:
    """Whether all that differs are references to secrets that the backend holds already."""
    return all(change.reason is Reason.REFERENCE_CHANGED and _holds(observed, change) for change in changes)


def _holds(observed: Observed, change: Change) -> bool:
    have = observed.value(change.ref)
    return isinstance(have, SealedSecret) and isinstance(change.after, Secret) and have.matches(change.after)


def secret_reference(value: object) -> SecretRef | None:
    """Where a desired secret is to be found."""
    if isinstance(value, Secret):
        return value.source
    return value if isinstance(value, SecretRef) else None


def _secrets(desired: Desired) -> Iterator[tuple[FieldRef, Scalar]]:
    declared = desired.declared_among(SECRET_FIELDS)
    return ((ref, value) for ref, value in declared if secret_reference(value) is not None)


def _secret_change(
    ref: FieldRef, desired: Desired, have: Scalar | Unset, change: Change | None, applied: SecretRef | None
) -> Change | None:
    """`change` is what is known to differ, `applied` the reference that was last applied."""
    if not isinstance(have, SealedSecret):
        return change
    want = dict(_secrets(desired))[ref]
    if applied is not None and applied != secret_reference(want):
        place = desired.origin_of(ref.manifest_path)
        return Change(ref=ref, before=have, after=want, reason=Reason.REFERENCE_CHANGED, origin=place)
    return None if change is None else replace(change, reason=Reason.ROTATED)


def _not_compared(ref: FieldRef, reason: Diagnostic) -> Diagnostic:
    return diagnostic(
        codes.NOT_COMPARED,
        msg("{label} was not compared: {reason}", label=ref.full_name, reason=reason.summary),
        hint=reason.hint,
        shop=reason.shop,
        subject=reason.subject,
        origin=reason.origin,
    )
