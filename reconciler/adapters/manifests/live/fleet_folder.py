"""The fleet as an editor has it open: the port `LiveFleet`, over all its folders and its settings file.

In: paths and texts. Out: what is wrong, what can be written, what can be changed. The settings are judged by what is handed in.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import field
from pathlib import Path

from reconciler.adapters.manifests.checks.file import check_file
from reconciler.adapters.manifests.discovery.entries import ManifestPath
from reconciler.adapters.manifests.documents.attestations import AttestationsDocument
from reconciler.adapters.manifests.documents.base import Document
from reconciler.adapters.manifests.documents.json_schema import shape
from reconciler.adapters.manifests.documents.shop import SharedDocument, ShopDocument
from reconciler.adapters.manifests.editing.formatter import format_source
from reconciler.adapters.manifests.editing.key_notes import explained_in
from reconciler.adapters.manifests.editing.parse import read_source
from reconciler.adapters.manifests.editing.serialise import serialise_source
from reconciler.adapters.manifests.editing.tree import SourceFile
from reconciler.adapters.manifests.excerpts.masked_line import split_lines
from reconciler.adapters.manifests.excerpts.schema_words import schema_at
from reconciler.adapters.manifests.live.buffers import Buffers
from reconciler.adapters.manifests.live.candidates import CandidateSource, candidates_at
from reconciler.adapters.manifests.live.cursor import cursor_at, entries
from reconciler.adapters.manifests.live.fixes import fixes_of
from reconciler.adapters.manifests.live.inheritance import inherited_at
from reconciler.adapters.manifests.live.live_root import LiveRoot
from reconciler.adapters.manifests.live.outline import outline_of
from reconciler.adapters.manifests.live.schema_texts import field_texts
from reconciler.adapters.manifests.live.spans import placed
from reconciler.adapters.manifests.writing.import_writer import edited_source, shop_file_values
from reconciler.adapters.manifests.yaml.reader import read_yaml
from reconciler.core.diagnostics.diagnostic import Diagnostic
from reconciler.core.importing.profile_edits import Edits
from reconciler.lib.frozen_class import frozen
from reconciler.ports.editor.live_fleet import (
    Candidate,
    CheckedFile,
    DocumentKey,
    FieldUnderCursor,
    FileKind,
    ProposedFix,
)
from reconciler.ports.editor.text_places import PlacedDiagnostic, TextChange, TextPlace, TextSpan, changed_text
from reconciler.ports.manifest_editing import ShopFile

_NOTHING = CheckedFile(diagnostics=())


@frozen
class LiveSettingsFile:
    """`check` says what is wrong in a content of it."""

    file: ManifestPath
    model: type[Document]
    check: Callable[[bytes], tuple[Diagnostic, ...]]


@frozen
class FleetFolder:
    """`roots` are the folders of manifests, each with what messages call it. `schemes` are those that secrets can have.
    `today` is the day in Japan.
    """

    roots: Sequence[tuple[Path, str]]
    settings: LiveSettingsFile
    today: Callable[[], str]
    schemes: Sequence[str] = ()
    buffers: Buffers = field(default_factory=Buffers)
    folders: list[LiveRoot] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.folders.extend(LiveRoot(root, shown_as, self.buffers, self.today) for root, shown_as in self.roots)

    def prepare(self) -> None:
        """Loads what explains a faulty file, so that the first one does not wait for it."""
        check_file(read_yaml(b"shop: 1", self.settings.file.display_path), ShopDocument)

    def kind_of(self, path: Path) -> FileKind | None:
        if str(path) == self.settings.file.path:
            return FileKind.SETTINGS
        return next((kind for root in self.folders if (kind := root.kind_of(path)) is not None), None)

    def open(self, path: Path, text: str) -> None:
        if self.buffers.open(str(path), text):
            self._changed(path)

    def close(self, path: Path) -> None:
        self.buffers.close(str(path))
        self._changed(path)

    def files_changed(self, paths: Sequence[Path]) -> None:
        moved = {root for path in paths if (root := self._root(path)) is not None and self._is_moved(root, path)}
        for root in moved:
            root.list_files()
        for path in paths:
            root = self._root(path)
            if root is not None:
                root.content_changed(path)

    def check(self, path: Path) -> CheckedFile:
        if self.kind_of(path) is FileKind.SETTINGS:
            data = self.buffers.read_bytes(self.settings.file)
            return CheckedFile(diagnostics=self.settings.check(data) if isinstance(data, bytes) else (data,))
        root = self._root(path)
        return _NOTHING if root is None else root.check(path)

    def place(self, path: Path, diagnostics: Sequence[Diagnostic]) -> tuple[PlacedDiagnostic, ...]:
        file = self._file(path)
        if file is None or not diagnostics:
            return ()
        mine = (each for each in diagnostics if each.origin is not None and each.origin.file == file.display_path)
        return tuple(placed(self.buffers.read(file), self.buffers.text(file), mine))

    def affected_by(self, path: Path) -> frozenset[Path]:
        root = self._root(path)
        return frozenset(
            other for other in map(Path, self.buffers.paths) if other != path and self._root(other) is root is not None
        )

    def links_of(self, path: Path) -> frozenset[object]:
        root = self._root(path)
        return frozenset() if root is None else root.links_of(path)

    def read_ahead(self, seconds: float) -> int:
        until = time.monotonic() + seconds
        return sum(root.read_ahead(time.monotonic, until) for root in self.folders)

    def candidates(self, path: Path, at: TextPlace) -> Sequence[Candidate]:
        lines = self._lines(path)
        cursor, kind = cursor_at(lines, at), self.kind_of(path)
        if cursor is None or kind is None:
            return ()
        root = self._root(path)
        source = CandidateSource(
            model=self._model(kind),
            groups=() if root is None else [each for each in root.layers.group_names if each != path.stem],
            schemes=self.schemes,
            stem=path.stem if kind in (FileKind.SHOP, FileKind.ATTESTATIONS) else None,
        )
        return tuple(candidates_at(lines, at, cursor, source))

    def field_at(self, path: Path, at: TextPlace) -> FieldUnderCursor | None:
        cursor, kind = cursor_at(self._lines(path), at), self.kind_of(path)
        if cursor is None or cursor.entry is None or kind is None:
            return None
        schema = schema_at(shape(self._model(kind)), cursor.path)
        if schema is None:
            return None
        root = self._root(path) if kind in (FileKind.SHOP, FileKind.SHARED) else None
        return FieldUnderCursor(
            place=".".join(cursor.path),
            span=cursor.entry.span,
            texts=field_texts(cursor.path[-1], schema),
            declared=not cursor.entry.empty,
            inherited=None if root is None else inherited_at(root, path, cursor.path),
        )

    def keys_on(self, path: Path, span: TextSpan) -> Mapping[str, TextSpan]:
        found = ((".".join(steps), entry.span) for steps, entry in entries(self._lines(path)))
        return {place: each for place, each in found if span.start.line <= each.start.line <= span.end.line}

    def outline(self, path: Path) -> Sequence[DocumentKey]:
        return outline_of(self._lines(path))

    def fixes(self, path: Path) -> Sequence[ProposedFix]:
        file, kind = self._file(path), self.kind_of(path)
        data = None if file is None else self.buffers.read_bytes(file)
        if file is None or not isinstance(data, bytes) or kind not in (FileKind.SHOP, FileKind.SHARED):
            return ()
        return tuple(fixes_of(self.buffers.read(file), data, self._model(kind)))

    def formatted(self, path: Path) -> Sequence[TextChange]:
        file, kind = self._file(path), self.kind_of(path)
        data = None if file is None else self.buffers.read_bytes(file)
        if file is None or not isinstance(data, bytes) or kind not in (FileKind.SHOP, FileKind.SHARED):
            return ()
        after = format_source(data, file.display_path, self._model(kind))
        return changed_text(data.decode(), after.decode()) if isinstance(after, bytes) else ()

    def own_values(self, path: Path) -> ShopFile | None:
        root = self._root(path)
        desired = None if root is None else root.check(path).desired
        if root is None or desired is None or self.kind_of(path) is not FileKind.SHOP:
            return None
        return shop_file_values(desired, root.file_at(path), root.layers)

    def edited(self, path: Path, edits: Edits) -> Sequence[TextChange]:
        file, root = self._file(path), self._root(path)
        data = None if file is None else self.buffers.read_bytes(file)
        if file is None or root is None or not isinstance(data, bytes):
            return ()
        page = read_source(data, file.display_path, ShopDocument)
        if not isinstance(page, SourceFile):
            return ()
        after = serialise_source(edited_source(page, edits, ShopDocument, explained_in(root.root, root.shown_as)))
        return changed_text(data.decode(), after.decode())

    def _changed(self, path: Path) -> None:
        root = self._root(path)
        if root is None:
            return
        if self._is_moved(root, path):
            root.list_files()
        root.content_changed(path)

    def _is_moved(self, root: LiveRoot, path: Path) -> bool:
        """Whether the folder may list other files than before. A folder is one that was moved with its files."""
        if (kind := root.kind_of(path)) in (FileKind.SHARED, FileKind.ATTESTATIONS):
            return kind is FileKind.SHARED
        there = path.is_file() or (self.buffers.is_open(str(path)) and path.suffix == ".yaml")
        return there != root.is_listed(path)

    def _root(self, path: Path) -> LiveRoot | None:
        return next((root for root in self.folders if path.is_relative_to(root.root)), None)

    def _file(self, path: Path) -> ManifestPath | None:
        kind, root = self.kind_of(path), self._root(path)
        if kind is FileKind.SETTINGS:
            return self.settings.file
        return None if kind is None or root is None else root.file_at(path)

    def _model(self, kind: FileKind) -> type[Document]:
        if kind is FileKind.SETTINGS:
            return self.settings.model
        if kind is FileKind.ATTESTATIONS:
            return AttestationsDocument
        return SharedDocument if kind is FileKind.SHARED else ShopDocument

    def _lines(self, path: Path) -> list[str]:
        file = self._file(path)
        return [] if file is None else split_lines(self.buffers.text(file))
