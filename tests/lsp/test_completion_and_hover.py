"""What can be written at a cursor, and what a field is: from the schema, the shared files and the last look."""

from __future__ import annotations

from pathlib import Path

import pytest
from lsprotocol import types

from tests.lsp.editor import editing, fleet, uri

pytestmark = pytest.mark.anyio

HEAD = "apiVersion: reconciler/v1\nshop: kyoto-tea\n"
DEFAULTS = "apiVersion: reconciler/v1\n# where failures go\namazon:\n  notification:\n    email: pay@example.com\n"
GROUP = "apiVersion: reconciler/v1\namazon:\n  enabled: false\n"
FILES = {"kyoto-tea.yaml": HEAD, "_defaults.yaml": DEFAULTS, "_groups/standard.yaml": GROUP, "_groups/茶.yaml": GROUP}


async def test_keys_values_groups_and_references_are_offered_where_they_belong(tmp_path: Path) -> None:
    root = fleet(tmp_path, FILES)
    async with editing(root) as editor:
        address = editor.open(root / "shops/kyoto-tea.yaml")

        async def offered(rest: str) -> list[str]:
            text = HEAD + rest
            editor.type(address, text)
            lines = text.split("\n")
            return list(await editor.complete(address, len(lines) - 1, len(lines[-1])))

        assert await offered("") == [
            "group", "labels", "amazon", "payment", "seller_central", "storefront", "maintenance",
        ]  # fmt: skip
        assert await offered("amazon:\n  enabled: true\n  ") == ["api", "notification", "messages"]
        assert await offered("amazon:\n  api:\n    cl") == ["seller_id", "client_id", "mws_auth_token"]
        assert await offered("amazon:\n  enabled: ") == ["true", "false"]
        assert await offered("storefront:\n  status:") == ["open", "closed"]
        assert await offered("group: ") == ["standard"]
        assert {"ref+env://", "ref+file://", "ref+vault://", "pre-set"} <= set(
            await offered("amazon:\n  api:\n    mws_auth_token: ")
        )
        assert await offered("amazon:\n  messages:\n    order_area:\n      ") == ["label", "message"]
        assert await offered("# amazon: ") == []
        assert await offered("nonsense:\n  ") == []
        assert await offered('labels: {wave: "open\namazon:\n  enabled: ') == ["true", "false"]


async def test_an_answer_is_about_the_text_as_it_was_typed_last(tmp_path: Path) -> None:
    """Also while the check of another file keeps the text from being checked."""
    root = fleet(tmp_path, FILES | {"slow.yaml": HEAD, "slower.yaml": HEAD})
    labels = "labels:\n" + "".join(f"  key{each}: a\n" for each in range(900))
    texts = {f"{HEAD}amazon:\n  messages:\n    order_area:\n      ": "label", f"{HEAD}storefront:\n  ": "status"}
    async with editing(root) as editor:
        address, *slow = (editor.open(root / f"shops/{name}.yaml") for name in ("kyoto-tea", "slow", "slower"))
        for text, first in list(texts.items()) * 3:
            for each in slow:
                editor.type(each, HEAD + labels)
            await editor.diagnostics(slow[1])
            editor.type(address, text)
            lines = text.split("\n")
            assert next(iter(await editor.complete(address, len(lines) - 1, len(lines[-1])))) == first


async def test_settings_are_completed_too(tmp_path: Path) -> None:
    root = fleet(tmp_path, FILES)
    async with editing(root) as editor:
        address = editor.open(root / "reconciler.yaml", "environment: \nlimits:\n  ")

        assert list(await editor.complete(address, 0, 13)) == ["production", "sandbox"]
        assert "fleet_share" in await editor.complete(address, 2, 2)


@pytest.mark.parametrize(
    ("language", "detail", "said"),
    [
        (
            "en",
            "Use Amazon (利用設定)",
            "Whether the shop offers Amazon Login and Amazon Pay. The payment side follows.",
        ),
        ("ja", "利用設定", "AmazonログインとAmazon Payを利用するかどうか。決済側の設定も連動します。"),
    ],
)
async def test_a_key_is_explained_in_the_language_of_the_reader(
    tmp_path: Path, language: str, detail: str, said: str
) -> None:
    root = fleet(tmp_path, FILES)
    async with editing(root, language=language) as editor:
        address = editor.open(root / "shops/kyoto-tea.yaml", f"{HEAD}amazon:\n  ")
        item = (await editor.complete(address, 3, 2))["enabled"]
        editor.type(address, f"{HEAD}group: standard\namazon:\n  enabled: true\n")
        hover = await editor.hover(address, 4, 4)

    assert item.detail == detail
    assert isinstance(item.documentation, types.MarkupContent)
    assert item.documentation.value == said
    assert hover is not None
    assert said in hover
    assert "設定>連携サービス>Amazon設定" in hover
    link = f"[shops/_groups/standard.yaml:3]({uri(root / 'shops/_groups/standard.yaml')}#L3)"
    assert {"en": f"Overrides the inherited value `false` from {link}", "ja": link}[language] in hover


async def test_an_inherited_value_is_shown_with_the_line_that_declares_it_and_leads_there(tmp_path: Path) -> None:
    root = fleet(tmp_path, FILES)
    async with editing(root) as editor:
        address = editor.open(root / "shops/kyoto-tea.yaml", f"{HEAD}amazon:\n  notification:\n    email:\n")
        hover = await editor.hover(address, 4, 6)
        target = await editor.client.text_document_definition_async(
            types.DefinitionParams(types.TextDocumentIdentifier(address), types.Position(4, 6))
        )

    assert hover is not None
    assert 'Inherited value: `"pay@example.com"` from [shops/_defaults.yaml:5]' in hover
    assert isinstance(target, types.Location)
    assert (target.uri, target.range.start.line) == (uri(root / "shops/_defaults.yaml"), 4)


async def test_the_outline_has_every_key_also_while_the_file_is_broken(tmp_path: Path) -> None:
    root = fleet(tmp_path, FILES)
    async with editing(root) as editor:
        address = editor.open(root / "shops/kyoto-tea.yaml", f"{HEAD}amazon:\n  api:\n    seller_id: [\npayment:\n")
        symbols = await editor.client.text_document_document_symbol_async(
            types.DocumentSymbolParams(types.TextDocumentIdentifier(address))
        )

    def names(found: object) -> list[object]:
        return [(each.name, names(each.children)) if each.children else each.name for each in found]  # type: ignore[attr-defined]

    assert names(symbols) == ["apiVersion", "shop", ("amazon", [("api", ["seller_id"])]), "payment"]
