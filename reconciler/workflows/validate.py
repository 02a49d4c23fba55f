"""The use case `validate`: read the manifests; on request resolve their secrets and compare with the backend, read-only.

With `--fix`, what is safe to fix is fixed first. Each file is written separately, completely or not at all; one that cannot be
written is reported, and the others are written.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import field, replace
from typing import TYPE_CHECKING

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import Diagnostic, Severity, diagnostic, sort_diagnostics
from reconciler.core.fleet_rules import check_fleet
from reconciler.core.model.selection import Selection
from reconciler.core.results.authoring.file_changes import FileEdit
from reconciler.core.results.fixes import FixedFile
from reconciler.core.results.validation_result import ValidationResult
from reconciler.lib.frozen_class import frozen
from reconciler.ports.errors import SetupError
from reconciler.workflows.check_selection import unmatched_selection
from reconciler.workflows.gather import resolve_secrets
from reconciler.workflows.onboarding.attested import attestation_diagnostics
from reconciler.workflows.secret_schemes import scheme_diagnostics

if TYPE_CHECKING:
    from reconciler.ports.manifest_editing import FixableFile
    from reconciler.workflows.session import Session


@frozen
class ValidateRequest:
    selection: Selection = field(default_factory=Selection)
    with_secrets: bool = False


async def validate_online(session: Session, request: ValidateRequest) -> ValidationResult:
    """Also what only the backend knows: which shops exist, their entitlements, values that Amazon refuses. Nothing is written.

    Raises BackendError where nothing at all can be read, SetupError where the manifests cannot be read.
    """
    from reconciler.workflows.plan import plan_selection  # noqa: PLC0415  # only this way of validating loads planning

    offline = validate_manifests(session, request)
    planned, requests = await plan_selection(session, request.selection, ())
    known = set(offline.diagnostics)
    found = [each for each in planned.plan.all_findings if each.severity is not Severity.REFUSED and each not in known]
    refused = {each.shop for each in found if each.blocking and each.shop is not None}
    return replace(
        offline,
        valid=tuple(shop for shop in offline.valid if shop not in refused),
        broken=tuple(sorted({*offline.broken, *refused})),
        diagnostics=sort_diagnostics(
            (*offline.diagnostics, *(each for each in found if each.code != codes.NOT_COMPARED))
        ),
        requests=tuple(requests),
    )


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
    attested = attestation_diagnostics(session, request.selection, frozenset(manifest.names))
    diagnostics = sort_diagnostics((*diagnostics, *fleet, *attested))
    unmatched = unmatched_selection(request.selection, manifest.names, session)
    conflicting = {found.shop for found in fleet if found.blocking and found.shop is not None}
    return ValidationResult(
        valid=tuple(shop.shop for shop in manifest.shops if shop.shop not in conflicting),
        broken=tuple(sorted({*manifest.broken, *conflicting})),
        diagnostics=(*diagnostics, *unmatched),
    )


@frozen
class FixRequest:
    """`validate` says which manifests. `check`: write nothing."""

    validate: ValidateRequest = field(default_factory=ValidateRequest)
    check: bool = False


def fix_manifests(session: Session, request: FixRequest) -> ValidationResult:
    """Raises SetupError where the manifests cannot be read at all."""
    before = validate_manifests(session, request.validate)
    files = frozenset(origin.file for finding in before.diagnostics if (origin := finding.origin) is not None)
    fixable = tuple(session.manifest_files.fixer().fixable(files)) if files else ()
    if request.check:
        return replace(before, fixed=tuple(map(_fixed_file, fixable)), check=True)
    unwritten = dict(_write(session, fixable))
    fixed = tuple(_fixed_file(file) for file in fixable if file.change.display_path not in unwritten)
    after = validate_manifests(session, request.validate) if fixed else before
    return replace(after, fixed=fixed, diagnostics=sort_diagnostics((*after.diagnostics, *unwritten.values())))


def _write(session: Session, fixable: Sequence[FixableFile]) -> Iterator[tuple[str, Diagnostic]]:
    """The files that could not be written, and why. Written together if possible, which is faster."""
    writer = session.manifest_files.writer()
    with suppress(SetupError):
        writer.write(file.change for file in fixable)
        return
    left = frozenset(file.change.display_path for file in fixable)
    for file in session.manifest_files.fixer().fixable(left):
        try:
            writer.write((file.change,))
        except SetupError as error:
            yield (
                file.change.display_path,
                diagnostic(error.code, error.text, hint=error.hint, subject=error.subject, origin=error.origin),
            )


def _fixed_file(file: FixableFile) -> FixedFile:
    edit = FileEdit(file=file.change.display_path, before=file.shown_before, after=file.shown_after)
    return FixedFile(edit=edit, fixes=file.fixes)
