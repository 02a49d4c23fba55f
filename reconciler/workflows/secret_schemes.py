"""References to secrets whose scheme nothing installed here understands: known without looking up any secret."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from reconciler.core.diagnostics.diagnostic import Diagnostic, diagnostic
from reconciler.core.model.kinds import KINDS
from reconciler.core.model.state import Desired, FieldRef
from reconciler.core.values import SecretRef
from reconciler.ports import SecretMissing

if TYPE_CHECKING:
    from reconciler.ports import Secrets

_SECRETS: Final = tuple(FieldRef(kind.name, spec.name) for kind in KINDS for spec in kind.fields if spec.policy.secret)


def scheme_diagnostics(desired: Desired, secrets: Secrets) -> Iterator[Diagnostic]:
    for ref in _SECRETS:
        reference = getattr(desired.values.get(ref.kind), ref.field, None)
        if not isinstance(reference, SecretRef):
            continue
        try:
            secrets.check_scheme(reference)
        except SecretMissing as unknown:
            yield diagnostic(
                unknown.code,
                unknown.text,
                hint=unknown.hint,
                shop=desired.shop,
                subject=ref.manifest_path,
                origin=desired.origin_of(ref.manifest_path),
            )
