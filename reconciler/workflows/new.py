"""The use case `new`: a manifest for a shop without one, checked before it is written, with what is still to be filled in."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import Diagnostic, diagnostic
from reconciler.core.diagnostics.messages import Message, msg
from reconciler.core.importing.readiness import missing_prerequisites
from reconciler.core.importing.secret_names import SecretNamePattern
from reconciler.core.importing.table_rows import ManifestDraft
from reconciler.core.model.state import Desired
from reconciler.core.results.authoring.new_result import NewManifestResult
from reconciler.core.values import Origin, ShopKey
from reconciler.lib.frozen_class import frozen
from reconciler.workflows.fmt import file_edit

if TYPE_CHECKING:
    from reconciler.workflows.session import Session


@frozen
class NewManifestRequest:
    """`like`: the shop whose manifest the new one is made from, without what is that shop's own."""

    shop: ShopKey
    group: str | None = None
    like: str | None = None


def create_manifest(session: Session, request: NewManifestRequest) -> NewManifestResult:
    """Raises SetupError where the source is not valid or the file cannot be written."""
    token = SecretNamePattern().for_shop(request.shop).uri
    draft = ManifestDraft(shop=request.shop, group=request.group, values={"amazon.api.mws_auth_token": token})
    drafter = session.manifest_files.drafter()
    existing = drafter.existing_file(draft)
    if existing is not None:
        return NewManifestResult(shop=draft.shop, diagnostics=(_already_exists(draft, existing),))
    drafted = drafter.scaffold(draft, request.like)
    if drafted.desired is None or drafted.change is None:
        return NewManifestResult(shop=draft.shop, diagnostics=drafted.findings)
    session.manifest_files.writer().write((drafted.change,))
    edit = file_edit(drafted.change)
    return NewManifestResult(
        shop=draft.shop,
        news=edit,
        diagnostics=_to_fill_in(drafted.desired, edit.file, edit.after),
        notices=editor_schema_notices(session),
    )


def editor_schema_notices(session: Session) -> tuple[Message, ...]:
    """How to get the JSON Schema that editors check manifests with, where it is missing."""
    command = session.manifest_files.editor_schema_command()
    if command is None:
        return ()
    return (msg("No JSON Schema exists for editors; manifests created after `{command}` refer to it", command=command),)


def _to_fill_in(desired: Desired, file: str, text: str) -> tuple[Diagnostic, ...]:
    """Each at the line of its placeholder."""
    lines = text.splitlines()
    return tuple(replace(finding, origin=_ready(finding, file, lines)) for finding in missing_prerequisites(desired))


def _ready(finding: Diagnostic, file: str, lines: list[str]) -> Origin:
    key = f"{(finding.subject or '').rpartition('.')[2]}:"
    ready = (at for at, line in enumerate(lines) if line.lstrip().startswith("#") and key in line)
    at = next(ready, None)
    return Origin(file) if at is None else Origin(file, at + 1, lines[at].index("#") + 1)


def _already_exists(draft: ManifestDraft, existing: str) -> Diagnostic:
    return diagnostic(
        codes.ALREADY_THERE,
        msg("Shop {shop} already has a manifest", shop=draft.shop),
        expected=msg("a shop without one"),
        hint=msg("Edit that file, or delete it first"),
        shop=draft.shop,
        origin=Origin(existing),
    )
