"""The server: which messages it answers, and how. Clients send whole texts: a manifest is small, and no edit is misplaced."""

from __future__ import annotations

import logging
import sys
from typing import TYPE_CHECKING, Any, BinaryIO, Final, cast

from lsprotocol import types
from pygls.lsp.server import LanguageServer

from reconciler import __version__
from reconciler.lsp.bounded_input import BoundedInput
from reconciler.lsp.check_queue import CheckQueue
from reconciler.lsp.completion import TRIGGERS
from reconciler.lsp.editor_state import CheckedText, EditorState
from reconciler.lsp.file_uris import uri_path
from reconciler.lsp.fleets import SETTINGS
from reconciler.lsp.words import Words
from reconciler.views.i18n import LANGUAGES

if TYPE_CHECKING:
    from pygls.workspace import TextDocument

NAME: Final = "reconciler"
_WATCHED: Final = "**/*.{yaml,yml}"
_ACTIONS: Final = [types.CodeActionKind.QuickFix, types.CodeActionKind.SourceFixAll]


class EditorServer(LanguageServer):
    """`state` holds everything that is not of the protocol."""

    def __init__(self, state: EditorState) -> None:
        super().__init__(NAME, __version__, text_document_sync_kind=types.TextDocumentSyncKind.Full)
        self.state = state
        self.open_uris: dict[str, None] = {}
        """As the client spells them; the library spells them in its own way."""
        self.queue = CheckQueue(self._check, self._read_ahead, self._open_files)
        register_features(self)

    def report_server_error(self, error: Exception, source: Any) -> None:  # noqa: ARG002  # the library's form
        """Without the error's text, which may quote a file."""
        logging.getLogger("reconciler.lsp").warning("internal error: %s", type(error).__name__)

    def text(self, uri: str) -> TextDocument:
        return self.workspace.get_text_document(uri)

    def is_open(self, uri: str) -> bool:
        return uri in self.open_uris

    async def read_folders(self) -> None:
        named = [each.uri for each in self.workspace.folders.values()]
        folders = [path for uri in named if (path := uri_path(uri)) is not None]
        root = uri_path(self.workspace.root_uri or "")
        await self.state.worker.run(lambda: self.state.fleets.use_folders(folders or ([root] if root else [])))
        self.queue.wake()

    def changed(self, uri: str) -> None:
        self.queue.add([uri], changed=True)

    async def changed_on_disk(self, uris: list[str]) -> None:
        """Also a settings file: then all open files are opened in the fleet as it is now."""
        await self.state.worker.run(lambda: self.state.files_changed(uris))
        settings = any(uri.rpartition("/")[2] == SETTINGS for uri in uris)
        self.queue.add(self._open_files(), changed=settings)

    async def _check(self, uri: str, changed: bool) -> None:
        if not self.is_open(uri):
            return
        document = self.text(uri)
        version = document.version
        checked: CheckedText = await self.state.worker.run(lambda: self.state.check(document, changed=changed))
        if self.is_open(uri) and self.text(uri).version == version:
            self.publish(uri, version, checked.diagnostics)
        affected = [each for each in self.open_uris if checked.affected and uri_path(each) in checked.affected]
        self.queue.add(affected, changed=False)

    def publish(self, uri: str, version: int | None, found: list[types.Diagnostic]) -> None:
        self.text_document_publish_diagnostics(
            types.PublishDiagnosticsParams(uri=uri, version=version, diagnostics=found)
        )

    async def _read_ahead(self, seconds: float) -> int:
        return await self.state.worker.run(lambda: self.state.fleets.read_ahead(seconds))

    def _open_files(self) -> tuple[str, ...]:
        return tuple(self.open_uris)

    def serve_stdio(self, source: BinaryIO) -> None:
        self.start_io(stdin=cast("BinaryIO", BoundedInput(source)), stdout=sys.stdout.buffer)


def register_features(server: EditorServer) -> None:
    _register_session(server)
    _register_files(server)
    _register_answers(server)


def _register_session(server: EditorServer) -> None:
    """From the first message of a client to its last, and the folders that it works on."""
    state = server.state

    @server.feature(types.INITIALIZE)
    def initialize(params: types.InitializeParams) -> None:
        options = params.initialization_options
        chosen = options.get("language") if isinstance(options, dict) else None
        if chosen in LANGUAGES:
            state.words = Words(chosen)

    @server.feature(types.INITIALIZED)
    async def initialized(_: types.InitializedParams) -> None:
        state.encoding = server.workspace.position_encoding or types.PositionEncodingKind.Utf16
        await server.read_folders()
        await _watch_files(server)

    @server.feature(types.WORKSPACE_DID_CHANGE_WORKSPACE_FOLDERS)
    async def folders_changed(_: types.DidChangeWorkspaceFoldersParams) -> None:
        await server.read_folders()
        server.queue.add(server.open_uris, changed=True)

    @server.feature(types.SHUTDOWN)
    async def shut_down(*_: object) -> None:
        await server.queue.close()
        await state.worker.run(state.fleets.close)


def _register_files(server: EditorServer) -> None:
    """What happens to files: in the editor, and on the disk."""
    state = server.state

    @server.feature(types.TEXT_DOCUMENT_DID_OPEN)
    def opened(params: types.DidOpenTextDocumentParams) -> None:
        server.open_uris[params.text_document.uri] = None
        server.changed(params.text_document.uri)

    @server.feature(types.TEXT_DOCUMENT_DID_CHANGE)
    def text_changed(params: types.DidChangeTextDocumentParams) -> None:
        server.changed(params.text_document.uri)

    @server.feature(types.TEXT_DOCUMENT_DID_SAVE)
    async def saved(params: types.DidSaveTextDocumentParams) -> None:
        await server.changed_on_disk([params.text_document.uri])

    @server.feature(types.TEXT_DOCUMENT_DID_CLOSE)
    async def closed(params: types.DidCloseTextDocumentParams) -> None:
        uri = params.text_document.uri
        server.open_uris.pop(uri, None)
        await state.worker.run(lambda: state.close(uri))
        server.publish(uri, None, [])
        server.queue.add(server.open_uris, changed=False)

    @server.feature(types.WORKSPACE_DID_CHANGE_WATCHED_FILES)
    async def watched(params: types.DidChangeWatchedFilesParams) -> None:
        await server.changed_on_disk([change.uri for change in params.changes])


def _register_answers(server: EditorServer) -> None:
    """What a client asks about a text."""
    state = server.state

    @server.feature(types.TEXT_DOCUMENT_COMPLETION, types.CompletionOptions(trigger_characters=TRIGGERS))
    async def completion(params: types.CompletionParams) -> list[types.CompletionItem]:
        document = server.text(params.text_document.uri)
        return await state.worker.run(lambda: state.completions(document, params.position))

    @server.feature(types.TEXT_DOCUMENT_HOVER)
    async def hover(params: types.HoverParams) -> types.Hover | None:
        return await state.hover(server.text(params.text_document.uri), params.position)

    @server.feature(types.TEXT_DOCUMENT_CODE_ACTION, types.CodeActionOptions(code_action_kinds=_ACTIONS))
    async def code_action(params: types.CodeActionParams) -> list[types.CodeAction]:
        document = server.text(params.text_document.uri)
        return await state.code_actions(document, params.range, params.context.diagnostics)

    @server.feature(types.TEXT_DOCUMENT_DEFINITION)
    async def definition(params: types.DefinitionParams) -> types.Location | None:
        document = server.text(params.text_document.uri)
        return await state.worker.run(lambda: state.definition(document, params.position))

    @server.feature(types.TEXT_DOCUMENT_DOCUMENT_SYMBOL)
    async def symbols(params: types.DocumentSymbolParams) -> list[types.DocumentSymbol]:
        document = server.text(params.text_document.uri)
        return await state.worker.run(lambda: state.symbols(document))

    @server.feature(types.TEXT_DOCUMENT_FORMATTING)
    async def formatting(params: types.DocumentFormattingParams) -> list[types.TextEdit]:
        document = server.text(params.text_document.uri)
        return await state.worker.run(lambda: state.formatting(document))


async def _watch_files(server: EditorServer) -> None:
    """Where the client can watch files for the server; other clients report when a file is saved."""
    workspace = server.client_capabilities.workspace
    watched = None if workspace is None else workspace.did_change_watched_files
    if watched is None or not watched.dynamic_registration:
        return
    options = types.DidChangeWatchedFilesRegistrationOptions(watchers=[types.FileSystemWatcher(glob_pattern=_WATCHED)])
    registration = types.Registration(
        id="manifests", method=types.WORKSPACE_DID_CHANGE_WATCHED_FILES, register_options=options
    )
    await server.client_register_capability_async(types.RegistrationParams(registrations=[registration]))
