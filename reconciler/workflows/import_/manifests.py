"""The use case `import`: write live shops, or the rows of an export, down as manifests. The backend is only read."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from reconciler.core.importing.legacy_rows import LegacyExport, read_legacy
from reconciler.lib.frozen_class import frozen
from reconciler.workflows.import_.run import ImportContext, ImportRequest, import_shops
from reconciler.workflows.in_transition import shops_in_transition

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from reconciler.core.diagnostics.diagnostic import Diagnostic
    from reconciler.core.importing.secret_names import SecretNamePattern
    from reconciler.core.results.authoring.import_result import ImportResult
    from reconciler.core.values import ShopKey
    from reconciler.workflows.session import Session


@frozen
class ImportFolder:
    """`path` None: the folder of the settings. `gets_schemas`: the JSON Schemas for editors are written later."""

    path: Path | None = None
    gets_schemas: bool = False


async def import_manifests(
    session: Session, request: ImportRequest, *, export: Path | None = None, folder: ImportFolder | None = None
) -> ImportResult:
    """`export`: a file of the former admin, in place of what the backend has.

    Raises BackendError where nothing at all can be read, SetupError where the files cannot be written: then nothing was.
    """
    files = session.manifest_files
    folder = folder or ImportFolder()
    if export is not None:
        request = replace(request, legacy=_legacy(session, export, request.names))
    async with session.observe() as backend:
        context = ImportContext(
            backend=backend,
            author=files.editor(folder.path, gets_schemas=folder.gets_schemas),
            writer=files.writer(),
            manifests=files.reader(folder.path),
            secrets=session.secrets,
            in_transition=lambda: _in_transition(session),
        )
        result = await import_shops(request, context)
        return replace(result, requests=tuple(backend.requests))


def _legacy(session: Session, export: Path, names: SecretNamePattern) -> LegacyExport:
    table = session.manifest_files.table(export)
    return read_legacy(table.file, table.headers, table.rows, names)


def _in_transition(session: Session) -> Mapping[ShopKey, Diagnostic]:
    """Raises SetupError."""
    with session.store.history() as history:
        left = () if history is None else tuple(history.unfinished())
    with session.store.active_leases() as held:
        return shops_in_transition(left, held)
