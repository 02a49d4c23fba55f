"""Lines of the folder of manifests and of the settings file: the port `SourceReader`.

In: the folder, the settings file, diagnostics. Out: lines. Files of other places are not opened: a table may hold anything.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from reconciler.adapters.manifests.discovery.entries import ManifestPath
from reconciler.adapters.manifests.discovery.files import read_bytes
from reconciler.adapters.manifests.documents.attestations import AttestationsDocument
from reconciler.adapters.manifests.documents.base import Document
from reconciler.adapters.manifests.documents.shop import SharedDocument, ShopDocument
from reconciler.adapters.manifests.excerpts.file_excerpts import FileExcerpts
from reconciler.adapters.manifests.layout import ATTESTATIONS, DEFAULTS, GROUPS
from reconciler.core.diagnostics.diagnostic import Diagnostic
from reconciler.core.diagnostics.source_line import SourceLine, SourceLines
from reconciler.core.values import Origin
from reconciler.lib.frozen_class import frozen

_MOST_FILES: Final = 200
"""The most files that are read for their lines: the diagnostics of more files would not be read."""


@frozen
class SettingsSource:
    """A settings file, and the document it should be."""

    file: ManifestPath
    model: type[Document]


@frozen
class FileSourceReader:
    """`roots` are the folders of manifests, each with what messages call it."""

    roots: tuple[tuple[Path, str], ...] = ()
    settings: SettingsSource | None = None

    def lines_for(self, findings: Iterable[Diagnostic]) -> SourceLines:
        by_file: dict[str, list[Diagnostic]] = {}
        for finding in findings:
            if finding.origin is not None:
                by_file.setdefault(finding.origin.file, []).append(finding)
        lines: dict[Origin, SourceLine] = {}
        for file in list(by_file)[:_MOST_FILES]:
            for excerpts in self._excerpts(file):
                lines.update(excerpts.lines_for(by_file[file]))
        return lines

    def _excerpts(self, file: str) -> Iterator[FileExcerpts]:
        """Nothing for a file that is not ours, or cannot be read any more."""
        if self.settings is not None and file == self.settings.file.display_path:
            yield from _read(self.settings.file, self.settings.model, texts=False)
            return
        for root, shown_as in self.roots:
            if file.startswith(f"{shown_as}/"):
                yield from self._manifest(root, file.removeprefix(f"{shown_as}/"), file)

    @staticmethod
    def _manifest(root: Path, below: str, file: str) -> Iterator[FileExcerpts]:
        path = root / below
        if path.suffix == ".yaml" and path.resolve().is_relative_to(root.resolve()):
            manifest = ManifestPath(stem=path.stem, path=str(path), display_path=file)
            yield from _read(manifest, _document(below), texts=True)


def _document(below: str) -> type[Document]:
    if below.startswith(f"{ATTESTATIONS}/"):
        return AttestationsDocument
    return SharedDocument if below == f"{DEFAULTS}.yaml" or below.startswith(f"{GROUPS}/") else ShopDocument


def _read(file: ManifestPath, model: type[Document], *, texts: bool) -> Iterator[FileExcerpts]:
    data = read_bytes(file)
    if isinstance(data, bytes):
        yield FileExcerpts(data, file.display_path, model, texts)
