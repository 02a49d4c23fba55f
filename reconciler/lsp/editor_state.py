"""What the server knows: the fleets, the texts that are open, and the language. Each answer is made in the thread of the worker.

In: requests of the protocol. Out: answers of the protocol. The texts are the client's latest; a file of no fleet has no answers.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from lsprotocol import types
from pygls.workspace import TextDocument

from reconciler.core.model.layers import overlay
from reconciler.lib.frozen_class import frozen
from reconciler.lsp.check_queue import CheckThread
from reconciler.lsp.code_actions import Adoption, OpenDocument, adopt_actions, fix_actions, places_asked
from reconciler.lsp.completion import to_item
from reconciler.lsp.diagnostics import to_diagnostics
from reconciler.lsp.file_uris import path_uri, uri_path
from reconciler.lsp.fleets import SETTINGS, Fleets
from reconciler.lsp.hover import hover_text
from reconciler.lsp.positions import Positions
from reconciler.lsp.symbols import to_symbol
from reconciler.lsp.words import Words
from reconciler.ports.editor.live_fleet import FileKind
from reconciler.ports.editor.text_places import TextChange, TextSpan
from reconciler.workflows.editor.editor_fleet import EditorFleet
from reconciler.workflows.editor.file_diagnostics import file_diagnostics
from reconciler.workflows.editor.last_look import adopting_edits, seen_values

T = TypeVar("T")


@frozen(kw_only=False)
class OpenFile:
    """A file of a fleet, as the client has it open."""

    fleet: EditorFleet
    path: Path
    uri: str
    version: int | None
    positions: Positions

    @property
    def document(self) -> OpenDocument:
        return OpenDocument(uri=self.uri, version=self.version, positions=self.positions)


@frozen
class CheckedText:
    """`affected` are other open files that are to be checked again."""

    diagnostics: list[types.Diagnostic]
    affected: frozenset[Path] = frozenset()


@dataclass(slots=True)
class EditorState:
    """`codes_page` is the address of the page of codes by language. Its methods run in the worker, but for those that wait."""

    fleets: Fleets
    words: Words
    codes_page: Callable[[str], str | None]
    encoding: str = types.PositionEncodingKind.Utf16
    worker: CheckThread = field(default_factory=CheckThread)

    def file(self, document: TextDocument) -> OpenFile | None:
        """With its latest text, which may not be checked yet. One that is not open has no version, and the text of its file."""
        path = uri_path(document.uri)
        fleet = None if path is None else self.fleets.of(path)
        if path is None or fleet is None or fleet.live.kind_of(path) is None:
            return None
        file = OpenFile(fleet, path, document.uri, document.version, Positions(document.source, self.encoding))
        if file.version is not None:
            fleet.live.open(path, file.positions.text)
        return file

    def check(self, document: TextDocument, *, changed: bool) -> CheckedText:
        file = self.file(document)
        if file is None:
            return CheckedText(diagnostics=[])
        live, path = file.fleet.live, file.path
        before = live.links_of(path)
        found = file_diagnostics(file.fleet, path)
        spread = changed and (live.kind_of(path) is FileKind.SHARED or live.links_of(path) != before)
        affected = live.affected_by(path) if spread else frozenset()
        page = self.codes_page(self.words.code)
        return CheckedText(diagnostics=to_diagnostics(found, file.positions, self.words, page), affected=affected)

    def close(self, uri: str) -> None:
        path = uri_path(uri)
        fleet = None if path is None else self.fleets.of(path)
        if path is not None and fleet is not None:
            fleet.live.close(path)

    def files_changed(self, uris: Iterable[str]) -> None:
        by_root: dict[Path, list[Path]] = {}
        for path in filter(None, map(uri_path, uris)):
            if path.name == SETTINGS:
                self.fleets.reopen(path.parent)
            elif (fleet := self.fleets.of(path)) is not None:
                by_root.setdefault(fleet.root, []).append(path)
        for paths in by_root.values():
            fleet = self.fleets.of(paths[0])
            if fleet is not None:
                fleet.live.files_changed(paths)

    def completions(self, document: TextDocument, position: types.Position) -> list[types.CompletionItem]:
        file = self.file(document)
        if file is None:
            return []
        found = file.fleet.live.candidates(file.path, file.positions.place(position))
        return [to_item(each, number, file.positions, self.words) for number, each in enumerate(found)]

    def definition(self, document: TextDocument, position: types.Position) -> types.Location | None:
        """The line of a shared file that declares the value which the field inherits; of `group`, the file of the group."""
        file = self.file(document)
        field_ = None if file is None else file.fleet.live.field_at(file.path, file.positions.place(position))
        if field_ is None or field_.inherited is None:
            return None
        origin = field_.inherited.origin
        start = types.Position(line=origin.line - 1, character=0)
        return types.Location(uri=path_uri(field_.inherited.file), range=types.Range(start=start, end=start))

    def symbols(self, document: TextDocument) -> list[types.DocumentSymbol]:
        file = self.file(document)
        keys = () if file is None else file.fleet.live.outline(file.path)
        return [] if file is None else [to_symbol(each, file.positions) for each in keys]

    def formatting(self, document: TextDocument) -> list[types.TextEdit]:
        file = self.file(document)
        changes: Sequence[TextChange] = () if file is None else file.fleet.live.formatted(file.path)
        return [] if file is None else list(file.document.edit(changes).changes[file.uri])  # type: ignore[index]

    async def hover(self, document: TextDocument, position: types.Position) -> types.Hover | None:
        """The store is read beside the worker: one that is slow delays no check."""
        file = await self.worker.run(lambda: self.file(document))
        if file is None:
            return None
        place = file.positions.place(position)
        under = await self.worker.run(lambda: file.fleet.live.field_at(file.path, place))
        if under is None:
            return None
        is_shop = file.fleet.live.kind_of(file.path) is FileKind.SHOP
        seen = await asyncio.to_thread(seen_values, file.fleet, file.path.stem, [under.place] if is_shop else ())
        text = types.MarkupContent(
            kind=types.MarkupKind.Markdown, value=hover_text(under, seen.get(under.place), self.words)
        )
        return types.Hover(contents=text, range=file.positions.range_of(under.span))

    async def code_actions(
        self, document: TextDocument, around: types.Range, shown: Sequence[types.Diagnostic]
    ) -> list[types.CodeAction]:
        file = await self.worker.run(lambda: self.file(document))
        if file is None:
            return []
        span = file.positions.span(around)
        fixes = await self.worker.run(lambda: file.fleet.live.fixes(file.path))
        adoptions = await self._adoptions(file, span)
        return [
            *fix_actions(fixes, span, shown, file.document, self.words),
            *adopt_actions(adoptions, file.document, self.words),
        ]

    async def _adoptions(self, file: OpenFile, span: TextSpan) -> Sequence[Adoption]:
        live = file.fleet.live
        own = await self.worker.run(lambda: live.own_values(file.path))
        if own is None:
            return ()
        places = places_asked(live.keys_on(file.path, span), tuple(overlay(own.layer, own.inherited)))
        seen = await asyncio.to_thread(seen_values, file.fleet, file.path.stem, places)
        edits = [(each, adopting_edits(own, each)) for each in seen.values() if each.differs]
        return await self.worker.run(
            lambda: [Adoption(seen=each, changes=live.edited(file.path, edit)) for each, edit in edits if edit]
        )
