"""An editor: pytest-lsp's client with a server of its own, started as editors start it."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from lsprotocol import types
from pytest_lsp import LanguageClient

from reconciler.wiring.session import Settings, load_settings, open_session
from reconciler.workflows.validate import ValidateRequest, validate_manifests

PATIENCE = 60.0
"""Seconds after which a server that does not answer counts as broken: many on a machine that does other work."""


class Editor:
    """Opens files of `folders`; what is published is kept by URI and version."""

    def __init__(self, *folders: Path) -> None:
        self.folders = folders
        self.client = LanguageClient()
        self.published: dict[str, types.PublishDiagnosticsParams] = {}
        self.registered: list[types.Registration] = []
        self.messages: list[str] = []
        self._news = asyncio.Event()
        self._versions: dict[str, int] = {}
        self._listen()

    def _listen(self) -> None:
        @self.client.feature(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)
        def publish(params: types.PublishDiagnosticsParams) -> None:
            self.published[params.uri] = params
            self._news.set()

        @self.client.feature(types.CLIENT_REGISTER_CAPABILITY)
        def register_features(params: types.RegistrationParams) -> None:
            self.registered.extend(params.registrations)
            self._news.set()

        @self.client.feature(types.WINDOW_SHOW_MESSAGE)
        def show(params: types.ShowMessageParams) -> None:
            self.messages.append(params.message)

    async def start(
        self, *, language: str = "en", options: Any = None, cwd: Path | None = None
    ) -> types.InitializeResult:
        environment = {**os.environ, "PYTHONUTF8": "1"}
        await self.client.start_io(
            sys.executable, "-m", "reconciler", "lsp", "--lang", language, env=environment, cwd=cwd or self.folders[0]
        )
        return await self.client.initialize_session(
            types.InitializeParams(
                capabilities=capabilities(),
                workspace_folders=[types.WorkspaceFolder(uri=uri(each), name=each.name) for each in self.folders],
                initialization_options=options,
            )
        )

    def open(self, path: Path | str, text: str | None = None) -> str:
        address = path if isinstance(path, str) else uri(path)
        content = path.read_text(encoding="utf-8") if text is None and isinstance(path, Path) else text or ""
        self._versions[address] = 1
        self.client.text_document_did_open(
            types.DidOpenTextDocumentParams(
                types.TextDocumentItem(uri=address, language_id="yaml", version=1, text=content)
            )
        )
        return address

    def type(self, address: str, text: str) -> int:
        """The whole text after a keystroke; returns its version."""
        self._versions[address] += 1
        version = self._versions[address]
        self.client.text_document_did_change(
            types.DidChangeTextDocumentParams(
                types.VersionedTextDocumentIdentifier(uri=address, version=version),
                [types.TextDocumentContentChangeWholeDocument(text=text)],
            )
        )
        return version

    def save(self, address: str) -> None:
        self.client.text_document_did_save(types.DidSaveTextDocumentParams(types.TextDocumentIdentifier(address)))

    def close(self, address: str) -> None:
        self.client.text_document_did_close(types.DidCloseTextDocumentParams(types.TextDocumentIdentifier(address)))

    def on_disk(self, *changes: tuple[Path, types.FileChangeType]) -> None:
        """As an editor reports what changed outside of it."""
        events = [types.FileEvent(uri=uri(path), type=kind) for path, kind in changes]
        self.client.workspace_did_change_watched_files(types.DidChangeWatchedFilesParams(events))

    async def diagnostics(self, address: str, version: int | None = None) -> Sequence[types.Diagnostic]:
        """Of the current version, as soon as they are there."""
        wanted = self._versions[address] if version is None else version
        await self.until(lambda: address in self.published and self.published[address].version == wanted)
        return self.published[address].diagnostics

    async def codes(self, address: str, *expected: str) -> None:
        """Waits until the file has exactly these codes."""
        await self.until(lambda: self.codes_of(address) == sorted(expected), lambda: self.codes_of(address))

    def codes_of(self, address: str) -> list[str] | None:
        """None before anything is known of the current version."""
        published = self.published.get(address)
        if published is None or published.version != self._versions[address]:
            return None
        return sorted(str(each.code) for each in published.diagnostics)

    async def until(self, holds: Any, state: Any = None) -> None:
        try:
            async with asyncio.timeout(PATIENCE):
                while not holds():
                    self._news.clear()
                    await self._news.wait()
        except TimeoutError:
            raise AssertionError(f"never happened; at the end: {state() if state else self.published}") from None

    async def complete(self, address: str, line: int, character: int) -> dict[str, types.CompletionItem]:
        found = await self.client.text_document_completion_async(
            types.CompletionParams(types.TextDocumentIdentifier(address), types.Position(line, character))
        )
        items = found if isinstance(found, list) else []
        return {each.label: each for each in items}

    async def hover(self, address: str, line: int, character: int) -> str | None:
        found = await self.client.text_document_hover_async(
            types.HoverParams(types.TextDocumentIdentifier(address), types.Position(line, character))
        )
        return None if found is None else found.contents.value  # type: ignore[union-attr]

    async def actions(self, address: str, line: int, start: int = 0, end: int = 0) -> dict[str, types.CodeAction]:
        around = types.Range(types.Position(line, start), types.Position(line, end))
        published = self.published.get(address)
        shown = [each for each in published.diagnostics if each.range.start.line == line] if published else []
        found = await self.client.text_document_code_action_async(
            types.CodeActionParams(types.TextDocumentIdentifier(address), around, types.CodeActionContext(shown))
        )
        return {each.title: each for each in found or () if isinstance(each, types.CodeAction)}

    @property
    def server(self) -> asyncio.subprocess.Process | None:
        """The process, whose end is checked."""
        return self.client._server

    async def stop(self) -> int | None:
        """Ends the server as an editor does; returns how it ended."""
        async with asyncio.timeout(PATIENCE):
            await self.client.shutdown_session()
        code = None if self.server is None else self.server.returncode
        await self.kill()
        return code

    async def kill(self) -> None:
        """Ends what is left: after a failure the client sends no shutdown, and would wait for a server that waits for it."""
        if self.server is not None and self.server.returncode is None:
            self.server.kill()
        await self.client.stop()


@asynccontextmanager
async def editing(*folders: Path, **start: Any) -> AsyncIterator[Editor]:
    editor = Editor(*folders)
    try:
        await editor.start(**start)
        yield editor
    except BaseException:
        await editor.kill()
        raise
    await editor.stop()


def capabilities() -> types.ClientCapabilities:
    return types.ClientCapabilities(
        workspace=types.WorkspaceClientCapabilities(
            workspace_folders=True,
            did_change_watched_files=types.DidChangeWatchedFilesClientCapabilities(dynamic_registration=True),
        ),
        text_document=types.TextDocumentClientCapabilities(
            publish_diagnostics=types.PublishDiagnosticsClientCapabilities(
                version_support=True, code_description_support=True
            ),
            code_action=types.CodeActionClientCapabilities(
                code_action_literal_support=types.ClientCodeActionLiteralOptions(
                    code_action_kind=types.ClientCodeActionKindOptions(value_set=list(types.CodeActionKind))
                ),
                is_preferred_support=True,
            ),
            document_symbol=types.DocumentSymbolClientCapabilities(hierarchical_document_symbol_support=True),
            completion=types.CompletionClientCapabilities(
                completion_item=types.ClientCompletionItemOptions(
                    documentation_format=[types.MarkupKind.Markdown],
                    insert_text_mode_support=types.ClientCompletionItemInsertTextModeOptions(
                        list(types.InsertTextMode)
                    ),
                )
            ),
            hover=types.HoverClientCapabilities(content_format=[types.MarkupKind.Markdown]),
        ),
    )


def uri(path: Path) -> str:
    return path.as_uri()


def edited(text: str, action: types.CodeAction) -> str:
    """The text after the edits of an action on one file."""
    assert action.edit is not None and action.edit.changes is not None  # noqa: PT018  # one statement on its form
    (edits,) = action.edit.changes.values()
    return with_edits(text, edits)


def with_edits(text: str, edits: Sequence[types.TextEdit]) -> str:
    for edit in sorted(edits, key=lambda each: (each.range.start.line, each.range.start.character), reverse=True):
        start, end = offset(text, edit.range.start), offset(text, edit.range.end)
        text = text[:start] + edit.new_text + text[end:]
    return text


def offset(text: str, position: types.Position) -> int:
    """Counts UTF-16 code units, as the protocol does."""
    lines = text.splitlines(keepends=True)
    before = sum(map(len, lines[: position.line]))
    line = lines[position.line] if position.line < len(lines) else ""
    return before + len(line.encode("utf-16-le")[: 2 * position.character].decode("utf-16-le"))


def marked(text: str, found: types.Diagnostic) -> str:
    """What a diagnostic underlines."""
    return text[offset(text, found.range.start) : offset(text, found.range.end)]


def fleet(folder: Path, files: Mapping[str, str], settings: str | None = "manifests: shops\n") -> Path:
    """A folder with these manifests below `shops`."""
    for name, text in files.items():
        path = folder / "shops" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    if settings is not None:
        (folder / "reconciler.yaml").write_text(settings, encoding="utf-8")
    return folder


def validated(folder: Path) -> list[tuple[str, str, int, int]]:
    """What `validate` says of a fleet: file, code, line and column of each diagnostic."""
    settings = load_settings(folder / "reconciler.yaml")
    assert isinstance(settings, Settings)
    found = validate_manifests(open_session(settings), ValidateRequest()).diagnostics
    places = ((each.code.number, each.origin) for each in found if each.origin is not None)
    return sorted((at.file.removeprefix(f"{folder}/"), code, at.line, at.column) for code, at in places)


def placed(file: str, found: Sequence[types.Diagnostic], text: str) -> list[tuple[str, str, int, int]]:
    """Diagnostics of the server in the same form: a column counts characters."""
    lines = text.splitlines(keepends=True) or [""]
    return sorted(
        (
            file,
            str(each.code),
            each.range.start.line + 1,
            offset(text, each.range.start) - sum(map(len, lines[: each.range.start.line])) + 1,
        )
        for each in found
    )
