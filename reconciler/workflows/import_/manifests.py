"""The use case `import`: write live shops, or the rows of an export, down as manifests. The backend is only read."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from reconciler.core.importing.factor_out import FactorOptions
from reconciler.core.importing.legacy_rows import LegacyExport, read_legacy
from reconciler.core.importing.secret_names import SecretNamePattern
from reconciler.workflows.import_.run import ImportContext, ImportRequest, import_shops
from reconciler.workflows.in_transition import shops_in_transition

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from reconciler.core.diagnostics.diagnostic import Diagnostic
    from reconciler.core.results.authoring import ImportResult
    from reconciler.core.values import ShopKey
    from reconciler.workflows.session import Session


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportOptions:
    """`into` None: the folder of the settings. `export`: a file of the former admin, in place of what the backend has;
    `partial`: import the rows that can be mapped though others cannot. `group`: the group that new shops are put into.
    `complete`: also declare what an existing manifest leaves unmanaged. `check`: say what would be written, and write nothing.
    """

    shops: tuple[str, ...] = ()
    into: Path | None = None
    names: SecretNamePattern = field(default_factory=SecretNamePattern)
    factoring: FactorOptions = field(default_factory=FactorOptions)
    group: str | None = None
    complete: bool = False
    export: Path | None = None
    partial: bool = False
    check: bool = False


async def import_manifests(session: Session, options: ImportOptions) -> ImportResult:
    """Raises BackendError where nothing at all can be read, SetupError where the files cannot be written: then nothing was."""
    files = session.manifest_files
    request = _request(session, options)
    async with session.observe() as backend:
        context = ImportContext(
            backend=backend,
            author=files.editor(options.into),
            writer=files.writer(),
            manifests=files.reader(options.into),
            secrets=session.secrets,
            in_transition=lambda: _in_transition(session),
        )
        result = await import_shops(request, context)
        return replace(result, requests=tuple(backend.requests))


def _request(session: Session, options: ImportOptions) -> ImportRequest:
    return ImportRequest(
        globs=options.shops,
        names=options.names,
        mining=options.factoring,
        group=options.group,
        complete=options.complete,
        legacy=None if options.export is None else _legacy(session, options.export, options.names),
        partial=options.partial,
        check=options.check,
    )


def _legacy(session: Session, export: Path, names: SecretNamePattern) -> LegacyExport:
    table = session.manifest_files.table(export)
    return read_legacy(table.file, table.headers, table.rows, names)


def _in_transition(session: Session) -> Mapping[ShopKey, Diagnostic]:
    """Raises SetupError."""
    with session.store.history() as history:
        left = () if history is None else tuple(history.unfinished())
    with session.store.active_leases() as held:
        return shops_in_transition(left, held)
