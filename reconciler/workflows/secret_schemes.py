"""References to secrets whose scheme nothing installed here understands: known without looking up any secret."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from reconciler.core.diagnostics.diagnostic import Diagnostic, diagnostic
from reconciler.core.model.state import SECRET_FIELDS, Desired
from reconciler.core.values import SecretRef
from reconciler.ports import SecretMissing

if TYPE_CHECKING:
    from reconciler.ports import Secrets


def scheme_diagnostics(desired: Desired, secrets: Secrets) -> Iterator[Diagnostic]:
    for ref, reference in desired.declared_among(SECRET_FIELDS):
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
