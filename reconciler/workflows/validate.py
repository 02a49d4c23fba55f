"""The story of a validation: read the manifests, and on request see that their secrets are to be had. No backend is asked."""

from __future__ import annotations

from dataclasses import replace

from reconciler.core.diagnostics.diagnostic import sort_diagnostics
from reconciler.core.model.selection import Selection
from reconciler.ports import Manifest, Manifests, Secrets
from reconciler.workflows.gather import resolve_secrets


def validate(selection: Selection, manifests: Manifests, secrets: Secrets | None = None) -> Manifest:
    """`secrets` is given where they are to be checked as well."""
    manifest = manifests.read(selection)
    if secrets is None:
        return manifest
    _, failed = resolve_secrets(manifest.shops, secrets)
    return replace(manifest, findings=sort_diagnostics((*manifest.findings, *(why for _, why in failed))))
