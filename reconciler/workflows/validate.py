"""The use case `validate`: read the manifests, and on request check that their secrets are available. No backend is asked."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from reconciler.core.diagnostics.diagnostic import sort_diagnostics
from reconciler.core.model.selection import Selection
from reconciler.core.results.validation_result import ValidationResult
from reconciler.workflows.check_selection import unmatched_selection
from reconciler.workflows.gather import resolve_secrets

if TYPE_CHECKING:
    from reconciler.workflows.session import Session


@dataclass(frozen=True, slots=True, kw_only=True)
class ValidateRequest:
    selection: Selection = field(default_factory=Selection)
    with_secrets: bool = False


def validate_manifests(session: Session, request: ValidateRequest) -> ValidationResult:
    """Raises SetupError where the manifests cannot be read at all."""
    manifest = session.manifests.read(request.selection)
    diagnostics = manifest.findings
    if request.with_secrets:
        _, failed = resolve_secrets(manifest.shops, session.secrets)
        diagnostics = sort_diagnostics((*diagnostics, *(why for _, why in failed)))
    unmatched = unmatched_selection(request.selection, manifest.names, session)
    return ValidationResult(
        valid=tuple(shop.shop for shop in manifest.shops),
        broken=manifest.broken,
        diagnostics=(*diagnostics, *unmatched),
    )
