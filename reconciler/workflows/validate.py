"""The use case `validate`: read the manifests, and on request check that their secrets are available. No backend is asked."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from reconciler.core.diagnostics.diagnostic import sort_diagnostics
from reconciler.core.fleet_rules import check_fleet
from reconciler.core.model.selection import Selection
from reconciler.core.results.validation_result import ValidationResult
from reconciler.workflows.check_selection import unmatched_selection
from reconciler.workflows.gather import resolve_secrets
from reconciler.workflows.secret_schemes import scheme_diagnostics

if TYPE_CHECKING:
    from reconciler.workflows.session import Session


@dataclass(frozen=True, slots=True, kw_only=True)
class ValidateRequest:
    selection: Selection = field(default_factory=Selection)
    with_secrets: bool = False


def validate_manifests(session: Session, request: ValidateRequest) -> ValidationResult:
    """Raises SetupError where the manifests cannot be read at all."""
    manifest = session.manifests.read(request.selection)
    diagnostics, shops = manifest.findings, manifest.shops
    if request.with_secrets:
        shops = resolve_secrets(shops, session.secrets)
        missing = (secret.reason for shop in shops for secret in shop.unresolved)
        diagnostics = sort_diagnostics((*diagnostics, *missing))
    else:
        schemes = (found for shop in shops for found in scheme_diagnostics(shop, session.secrets))
        diagnostics = sort_diagnostics((*diagnostics, *schemes))
    fleet = check_fleet(shops)
    diagnostics = sort_diagnostics((*diagnostics, *fleet))
    unmatched = unmatched_selection(request.selection, manifest.names, session)
    conflicting = {found.shop for found in fleet if found.blocking and found.shop is not None}
    return ValidationResult(
        valid=tuple(shop.shop for shop in manifest.shops if shop.shop not in conflicting),
        broken=tuple(sorted({*manifest.broken, *conflicting})),
        diagnostics=(*diagnostics, *unmatched),
    )
