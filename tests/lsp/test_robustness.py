"""What a server has to survive: broken and huge texts, many changes, garbage, clients that break the order or vanish."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import threading
from io import BufferedReader
from pathlib import Path

import pytest
from lsprotocol import types
from pygls.exceptions import JsonRpcException

from tests.lsp.editor import Editor, editing, fleet, uri

pytestmark = pytest.mark.anyio

KYOTO = "apiVersion: reconciler/v1\nshop: kyoto-tea\namazon:\n  enabled: true\n"
MEGABYTE = 1024 * 1024


async def test_texts_of_a_megabyte_are_refused_and_the_next_text_is_checked(tmp_path: Path) -> None:
    root = fleet(tmp_path, {"kyoto-tea.yaml": KYOTO})
    huge = (
        "x" * MEGABYTE,
        "茶🍵: [\n" * (MEGABYTE // 8),
        KYOTO + "# " + "🍵" * MEGABYTE,
        "a: &a [*a]\n" * (MEGABYTE // 11),
    )
    async with editing(root) as editor:
        address = editor.open(root / "shops/kyoto-tea.yaml")
        for text in huge:
            editor.type(address, text)
            (found,) = await editor.diagnostics(address)
            assert found.code == "M004"
            await editor.complete(address, 0, 1)
            assert await editor.actions(address, 0) == {}
        editor.type(address, KYOTO)
        await editor.codes(address)


async def test_texts_below_the_limit_of_any_shape_are_checked(tmp_path: Path) -> None:
    root = fleet(tmp_path, {"kyoto-tea.yaml": KYOTO})
    deep = "".join(f"{' ' * depth}a:\n" for depth in range(600))
    texts = (
        "{" * 100_000,
        "[" * 100_000,
        deep,
        "a: 1\n" * 40_000,
        "'" * 100_001,
        "\ufeff" + KYOTO,
        KYOTO + "\x00",
        "\u2028" + KYOTO,
    )
    async with editing(root) as editor:
        address = editor.open(root / "shops/kyoto-tea.yaml")
        for text in texts:
            editor.type(address, text)
            assert await editor.diagnostics(address)
            await editor.complete(address, 0, 1)
            await editor.hover(address, 0, 1)
        editor.type(address, KYOTO.replace("\n", "\r\n"))
        await editor.codes(address)


async def test_of_many_changes_at_once_the_last_one_counts(tmp_path: Path) -> None:
    root = fleet(tmp_path, {"kyoto-tea.yaml": KYOTO})
    async with editing(root) as editor:
        address = editor.open(root / "shops/kyoto-tea.yaml")
        for number in range(500):
            editor.type(address, KYOTO.replace("enabled", f"enabled{number}"))
        editor.type(address, KYOTO)
        await editor.codes(address)


async def test_positions_outside_of_the_text_have_no_answers(tmp_path: Path) -> None:
    root = fleet(tmp_path, {"kyoto-tea.yaml": KYOTO})
    async with editing(root) as editor:
        address = editor.open(root / "shops/kyoto-tea.yaml")
        assert await editor.complete(address, 4_000, 0) == {}
        assert await editor.hover(address, 4_000, 10) is None
        assert await editor.actions(address, 4_000, 0, 2**31 - 1) == {}
        assert await editor.hover(address, 3, 2**31 - 1) is not None


async def test_unknown_methods_are_refused_and_a_cancelled_request_is_answered(tmp_path: Path) -> None:
    root = fleet(tmp_path, {"kyoto-tea.yaml": KYOTO})
    async with editing(root) as editor:
        address = editor.open(root / "shops/kyoto-tea.yaml")
        with pytest.raises(JsonRpcException, match="Method Not Found"):
            await editor.client.protocol.send_request_async("reconciler/unknown", {})
        editor.client.protocol.notify("reconciler/unknown", {})
        asked = editor.client.protocol.send_request(
            types.TEXT_DOCUMENT_HOVER,
            types.HoverParams(types.TextDocumentIdentifier(address), types.Position(3, 3)),
            msg_id="hover-1",
        )
        editor.client.cancel_request(types.CancelParams(id="hover-1"))
        editor.client.cancel_request(types.CancelParams(id="never-sent"))
        with pytest.raises(JsonRpcException):
            await asyncio.wrap_future(asked)

        assert await editor.hover(address, 3, 3) is not None


async def test_a_file_that_is_deleted_while_it_is_open_is_checked_as_it_is_open(tmp_path: Path) -> None:
    root = fleet(tmp_path, {"kyoto-tea.yaml": KYOTO})
    file = root / "shops/kyoto-tea.yaml"
    async with editing(root) as editor:
        address = editor.open(file)
        await editor.codes(address)
        file.unlink()
        editor.on_disk((file, types.FileChangeType.Deleted))
        editor.type(address, KYOTO.replace("enabled", "enabld"))
        await editor.codes(address, "M101")

        editor.close(address)
        await editor.until(lambda: not editor.published[address].diagnostics)


async def test_the_server_ends_with_0_after_a_shutdown(tmp_path: Path) -> None:
    editor = Editor(fleet(tmp_path, {"kyoto-tea.yaml": KYOTO}))
    await editor.start()
    editor.open(tmp_path / "shops/kyoto-tea.yaml")

    assert await editor.stop() == 0


def message(method: str, params: object, number: int | None = None) -> bytes:
    content = {"jsonrpc": "2.0", "method": method, "params": params} | ({} if number is None else {"id": number})
    body = json.dumps(content).encode()
    return f"Content-Length: {len(body)}\r\n\r\n".encode() + body


INITIALIZE = message("initialize", {"processId": None, "rootUri": None, "capabilities": {}}, 1)
GARBAGE = {
    "text": b"hello\nis there anybody?\n",
    "bytes": bytes(range(256)) * 1000 + b"\n",
    "no JSON": b"Content-Length: 5\r\n\r\n{oops" + b"Content-Length: 2\r\n\r\n[]",
    "a wrong length": b"Content-Length: -7\r\n\r\nContent-Length: many\r\n\r\n",
    "a deep value": b"Content-Length: 200000\r\n\r\n" + b"[" * 200_000,
    "a wrong form": message("textDocument/didOpen", {"textDocument": 7}) + message("textDocument/didChange", None),
    "an unknown file": message(
        "textDocument/didChange", {"textDocument": {"uri": "file:///x", "version": 1}, "contentChanges": []}
    ),
    "a bad address": message(
        "textDocument/didOpen",
        {"textDocument": {"uri": "file://[/%00\ud800", "languageId": "yaml", "version": 1, "text": "\ud800"}},
    ),
    "a large message": b"Content-Length: 100000000\r\n\r\n" + b" " * 100_000_000,
}


@pytest.mark.parametrize("name", GARBAGE)
def test_garbage_on_the_input_does_not_end_the_server_or_show_anything_of_it(tmp_path: Path, name: str) -> None:
    words = [sys.executable, "-m", "reconciler", "lsp"]
    environment = {**os.environ, "RECONCILER_LANG": "en"}
    pipe = subprocess.PIPE
    with subprocess.Popen(words, stdin=pipe, stdout=pipe, stderr=pipe, cwd=tmp_path, env=environment) as server:
        assert server.stdin is not None
        assert isinstance(server.stdout, BufferedReader)
        limit = threading.Timer(120, server.kill)
        limit.start()
        server.stdin.write(INITIALIZE + GARBAGE[name] + message("shutdown", None, 2))
        server.stdin.flush()
        answered = b""
        while b'"id": 2' not in answered.replace(b'"id":2', b'"id": 2'):
            read = server.stdout.read1()
            assert read, answered
            answered += read
        _, complained = server.communicate(message("exit", None))
        limit.cancel()

    assert server.returncode == 0, complained
    assert b"Traceback" not in complained


def test_the_server_ends_when_its_client_vanishes(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "reconciler", "lsp"],
        input=INITIALIZE,
        capture_output=True,
        check=False,
        cwd=tmp_path,
        timeout=120,
    )

    assert (done.returncode, done.stderr) == (0, b"")


SHOPS = pytest.mark.parametrize("count", [300, pytest.param(10_000, marks=pytest.mark.soak)])


@SHOPS
async def test_in_a_large_fleet_a_keystroke_reads_one_file(tmp_path: Path, count: int) -> None:
    """All files but the open ones are unreadable after they were read once: the next read finds that."""
    api = "amazon:\n  api:\n    seller_id: A2SELLER{number:06}\n    client_id: amzn1.application-oa2-client.{number:032x}\n"
    files = {
        f"{number % 50:02}/shop-{number}.yaml": f"apiVersion: reconciler/v1\nshop: shop-{number}\n{api.format(number=number)}"
        for number in range(count)
    }
    root = fleet(tmp_path, files)
    taken = "amzn1.application-oa2-client.{:032x}"
    async with editing(root) as editor:
        address = editor.open(root / "shops/07/shop-7.yaml")
        text = files["07/shop-7.yaml"]
        conflicting = text.replace(taken.format(7), taken.format(count - 1))
        editor.type(address, conflicting)
        await editor.codes(address, "R307")
        for path in (root / "shops").rglob("*.yaml"):
            path.write_text("- unreadable\n")

        editor.type(address, text)
        await editor.codes(address)
        editor.type(address, text.replace(taken.format(7), taken.format(9)))
        await editor.codes(address, "R307")
        assert "shop-9 (" in (await editor.diagnostics(address))[0].message


async def test_one_session_serves_files_of_a_folder_that_is_added(tmp_path: Path) -> None:
    one = fleet(tmp_path / "one", {"kyoto-tea.yaml": KYOTO})
    other = fleet(tmp_path / "two", {"kyoto-tea.yaml": KYOTO.replace("enabled", "enabld")}, settings=None)
    async with editing(one) as editor:
        address = editor.open(other / "shops/kyoto-tea.yaml")
        await editor.codes(address)

        added = types.WorkspaceFoldersChangeEvent(added=[types.WorkspaceFolder(uri(other), "two")], removed=[])
        editor.client.workspace_did_change_workspace_folders(types.DidChangeWorkspaceFoldersParams(added))
        await editor.codes(address, "M101")


@pytest.mark.parametrize("reported", [False, True], ids=["unnoticed", "reported to the client"])
async def test_a_test_that_fails_ends_its_server(tmp_path: Path, reported: bool) -> None:
    """pytest-lsp sends no shutdown once it knows of an error; the server would wait for one for ever."""
    root = fleet(tmp_path, {"kyoto-tea.yaml": KYOTO})
    kept: list[Editor] = []

    async def fail() -> None:
        async with editing(root) as editor:
            kept.append(editor)
            await editor.diagnostics(editor.open(root / "shops/kyoto-tea.yaml"))
            editor.client.error = AssertionError("planted") if reported else None
            raise AssertionError("planted")

    with pytest.raises(AssertionError, match="planted"):
        await fail()
    (server,) = (each.server for each in kept)
    assert server is not None
    assert server.returncode is not None
