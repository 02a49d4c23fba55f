"""The use case `import`: write live shops, or the rows of an export, down as manifests. The backend is only read."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from reconciler.core.diagnostics.messages import msg
from reconciler.core.importing.legacy_rows import LegacyExport, read_legacy
from reconciler.lib.frozen_class import frozen
from reconciler.workflows.import_.run import ImportContext, ImportRequest, import_shops
from reconciler.workflows.in_transition import shops_in_transition

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from reconciler.core.diagnostics.diagnostic import Diagnostic
    from reconciler.core.importing.secret_names import SecretNamePattern
    from reconciler.core.results.authoring.import_result import ImportResult
    from reconciler.core.values import ShopKey
    from reconciler.ports.files.file_changes import FileChange, FileWriter
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
    Where it ends otherwise after they were written, the listener hears how many there are.
    """
    files = session.manifest_files
    folder = folder or ImportFolder()
    if export is not None:
        request = replace(request, legacy=_legacy(session, export, request.names))
    with _reporting_written(session, files.writer()) as writer:
        async with session.observe() as backend:
            context = ImportContext(
                backend=backend,
                author=files.editor(folder.path, gets_schemas=folder.gets_schemas),
                writer=writer,
                manifests=files.reader(folder.path),
                secrets=session.secrets,
                in_transition=lambda: _in_transition(session),
            )
            result = await import_shops(request, context)
            return replace(result, requests=tuple(backend.requests))


class _CountingWriter:
    """The port `FileWriter`; remembers how many files were written."""

    def __init__(self, writer: FileWriter) -> None:
        self._writer = writer
        self.written = 0

    def write(self, changes: Iterable[FileChange]) -> int:
        count = self._writer.write(changes)
        self.written += count
        return count


@contextmanager
def _reporting_written(session: Session, writer: FileWriter) -> Iterator[FileWriter]:
    """What ends an import after its files were written, an interruption or a backend that fails, hides them otherwise."""
    counting = _CountingWriter(writer)
    try:
        yield counting
    except BaseException:
        if counting.written:
            session.listener.on_notice(
                msg(
                    "Files written: {count}; the import was not verified. To continue, run the same command again: it keeps "
                    "these files and writes what is missing",
                    count=counting.written,
                )
            )
        raise


def _legacy(session: Session, export: Path, names: SecretNamePattern) -> LegacyExport:
    table = session.manifest_files.table(export)
    return read_legacy(table.file, table.headers, table.rows, names)


def _in_transition(session: Session) -> Mapping[ShopKey, Diagnostic]:
    """Raises SetupError."""
    with session.store.history() as history:
        left = () if history is None else tuple(history.unfinished())
    with session.store.active_leases() as held:
        return shops_in_transition(left, held)
