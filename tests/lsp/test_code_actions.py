"""Fixes and adoptions: edits of the open text, in which comments and everything else stay."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from lsprotocol import types

from tests.cli.conftest import environment
from tests.cli.texts import fleets
from tests.lsp.editor import edited, editing, fleet, with_edits

pytestmark = pytest.mark.anyio

HEAD = "apiVersion: reconciler/v1\nshop: kyoto-tea # 本店🍵\n"


async def test_a_fix_replaces_one_word_and_belongs_to_its_diagnostic(tmp_path: Path) -> None:
    misspelt = f"{HEAD}# on or off\namazon:\n  enabld: true # 利用する\n"
    ambiguous = misspelt.replace("true", "yes")
    root = fleet(tmp_path, {"kyoto-tea.yaml": misspelt})
    async with editing(root) as editor:
        address = editor.open(root / "shops/kyoto-tea.yaml")
        await editor.diagnostics(address)
        actions = await editor.actions(address, 4)
        editor.type(address, ambiguous)
        await editor.diagnostics(address)
        both = await editor.actions(address, 4)

    key = actions["Replace `enabld` with `enabled`"]
    assert key.kind == types.CodeActionKind.QuickFix
    assert [each.code for each in key.diagnostics or ()] == ["M101"]
    assert edited(misspelt, key) == misspelt.replace("enabld", "enabled")
    whole = both["Fix everything that is safe to fix in this file (2)"]
    assert edited(ambiguous, whole) == ambiguous.replace("enabld: yes", "enabled: true")


async def test_nothing_is_proposed_for_a_valid_file_or_beside_a_secret(tmp_path: Path) -> None:
    token = f"{HEAD}amazon:\n  api:\n    mws_auth_tokn: amzn.mws.4ea38b7b-f563-7709-4bae-87aea1example\n"
    root = fleet(tmp_path, {"kyoto-tea.yaml": HEAD})
    async with editing(root) as editor:
        address = editor.open(root / "shops/kyoto-tea.yaml")
        assert await editor.actions(address, 1) == {}

        editor.type(address, token)
        found = await editor.diagnostics(address)
        assert await editor.actions(address, 4) == {}
        assert found
        assert not any("4ea38b7b" in each.message for each in found)
        assert "4ea38b7b" not in str(await editor.hover(address, 4, 6))


async def test_a_manifest_is_formatted_with_its_comments(tmp_path: Path) -> None:
    text = "shop:   kyoto-tea\napiVersion: reconciler/v1\n# 店\namazon: {enabled: true}\n"
    root = fleet(tmp_path, {"kyoto-tea.yaml": text})
    async with editing(root) as editor:
        address = editor.open(root / "shops/kyoto-tea.yaml")

        async def formatted() -> list[types.TextEdit]:
            options = types.FormattingOptions(tab_size=2, insert_spaces=True)
            parameters = types.DocumentFormattingParams(types.TextDocumentIdentifier(address), options)
            return list(await editor.client.text_document_formatting_async(parameters) or ())

        after = with_edits(text, await formatted())
        editor.type(address, after)
        again = await formatted()
        editor.type(address, "shop: [")
        broken = await formatted()

    assert after == "apiVersion: reconciler/v1\nshop: kyoto-tea\n# 店\namazon:\n  enabled: true\n"
    assert (again, broken) == ([], [])


@pytest.fixture
def drifted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A fleet after an apply: a merchant changed values of two shops at the screens, and a look recorded it."""

    def run(*words: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "reconciler", *words],
            env=environment(**fleets.TOKENS),
            capture_output=True,
            text=True,
            check=False,
        )
        return done.stdout

    monkeypatch.chdir(tmp_path)
    fleets.watched(run)
    return tmp_path


async def test_the_live_value_of_the_last_look_is_shown_and_can_be_adopted(drifted: Path) -> None:
    file = drifted / "shops/nara-brush.yaml"
    text = file.read_text(encoding="utf-8")

    def line_of(key: str) -> int:
        return next(number for number, each in enumerate(text.split("\n")) if each.strip().startswith(f"{key}:"))

    line = line_of("email")
    async with editing(drifted) as editor:
        address = editor.open(file)
        hover = await editor.hover(address, line, 6)
        actions = await editor.actions(address, line)
        at_the_shop = await editor.actions(
            address, next(n for n, each in enumerate(text.split("\n")) if each.startswith("shop:"))
        )
        beside = await editor.hover(
            address, next(n for n, each in enumerate(text.split("\n")) if "seller_id:" in each), 6
        )
        (title,) = (each for each in actions if "amazon.notification.email" in each)
        after = edited(text, actions[title])
        editor.type(address, after)
        await editor.codes(address)
        settled = await editor.actions(address, line)

    assert hover is not None
    assert "Live value at the last look" in hover
    assert '`"private@nara-brush.example"`, changed by' in hover
    assert beside is not None
    assert "no difference from Git" in beside
    assert title.startswith(
        'Adopt the live value `"private@nara-brush.example"` of `amazon.notification.email` (last look 20'
    )
    assert after == text.replace("amazon-pay@nara-brush.example", "private@nara-brush.example")
    assert len(at_the_shop) > len(actions)
    assert settled == {}


async def test_the_store_is_neither_made_nor_written(drifted: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    fresh = fleet(tmp_path_factory.mktemp("fresh"), {"kyoto-tea.yaml": f"{HEAD}amazon:\n  enabled: true\n"})
    store = drifted / ".reconciler/journal.db"
    before = store.read_bytes()
    async with editing(drifted, fresh) as editor:
        await editor.hover(editor.open(drifted / "shops/nara-brush.yaml"), 4, 4)
        address = editor.open(fresh / "shops/kyoto-tea.yaml")
        await editor.hover(address, 3, 4)
        await editor.actions(address, 3)

    assert store.read_bytes() == before
    assert sorted(each.name for each in fresh.iterdir()) == ["reconciler.yaml", "shops"]
