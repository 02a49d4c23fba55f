"""Diagnostics while people type, over the protocol: the codes and texts of `validate`, at exact places, from what is open."""

from __future__ import annotations

from pathlib import Path

import pytest
from lsprotocol import types

from reconciler.core.diagnostics import codes
from tests.lsp.editor import editing, fleet, marked, placed, validated

pytestmark = pytest.mark.anyio

KYOTO = "apiVersion: reconciler/v1\nshop: kyoto-tea\namazon:\n  enabled: true\n"


def shop(key: str, rest: str = "amazon:\n  enabled: true\n") -> str:
    return f"apiVersion: reconciler/v1\nshop: {key}\n{rest}"


async def test_a_valid_manifest_has_no_diagnostics(tmp_path: Path) -> None:
    root = fleet(tmp_path, {"kyoto-tea.yaml": KYOTO})
    async with editing(root) as editor:
        address = editor.open(root / "shops/kyoto-tea.yaml")

        assert list(await editor.diagnostics(address)) == []


async def test_a_misspelt_key_is_underlined_with_its_code_and_a_link_to_the_page_of_codes(tmp_path: Path) -> None:
    root = fleet(tmp_path, {"kyoto-tea.yaml": KYOTO})
    async with editing(root) as editor:
        address = editor.open(root / "shops/kyoto-tea.yaml")
        text = KYOTO.replace("enabled", "enabld")
        editor.type(address, text)

        (found,) = await editor.diagnostics(address)

    assert found.code == "M101"
    assert found.severity is types.DiagnosticSeverity.Error
    assert found.source == "reconciler"
    assert marked(text, found) == "enabld"
    assert "did you mean `enabled`" in found.message.lower()
    assert found.code_description is not None
    assert found.code_description.href.endswith("docs/codes.md")


BROKEN = {
    "a tab": shop("kyoto-tea", "amazon:\n\tenabled: true\n"),
    "an open quote": shop("kyoto-tea", 'labels:\n  wave: "canary\n'),
    "no YAML": "apiVersion: reconciler/v1\nshop: kyoto-tea\n  amazon: [\n",
    "two documents": KYOTO + "---\n" + KYOTO,
    "an alias": shop("kyoto-tea", "labels: &all\n  wave: *all\n"),
    "a list": "- apiVersion\n- shop\n",
    "nothing": "",
    "a duplicate": KYOTO + "amazon:\n  enabled: false\n",
    "a number": shop("kyoto-tea", "labels:\n  wave: 0o17\n"),
    "other types": shop("kyoto-tea", "amazon:\n  enabled: maybe\n  api: text\nstorefront:\n  status: ajar\n"),
    "an unknown group": shop("kyoto-tea", "group: standrad\n"),
    "another shop": shop("osaka-tea"),
    "an unknown scheme": shop("kyoto-tea", "amazon:\n  api:\n    mws_auth_token: ref+sokorahen://TOKEN\n"),
    "a spelling of the brand": shop(
        "kyoto-tea", "amazon:\n  messages:\n    order_area:\n      label: 🍵 お茶をamazonpayで購入\n"
    ),
    "an invisible character": shop("kyoto-tea", 'amazon:\n  messages:\n    order_area:\n      label: "茶\\u200b店"\n'),
    "Japanese keys": shop("kyoto-tea", "アマゾン:\n  利用: はい\n𠮷野家: 1\n"),
}


async def test_the_diagnostics_of_an_open_text_are_those_of_validate(tmp_path: Path) -> None:
    others = {"uji-cups.yaml": shop("uji-cups"), "_groups/standard.yaml": "labels: {}\n"}
    root = fleet(tmp_path, {"kyoto-tea.yaml": KYOTO, **others})
    file = root / "shops/kyoto-tea.yaml"
    shown = {}
    async with editing(root) as editor:
        address = editor.open(file)
        for name, text in BROKEN.items():
            editor.type(address, text)
            shown[name] = placed("shops/kyoto-tea.yaml", await editor.diagnostics(address), text)
    expected = {}
    for name, text in BROKEN.items():
        file.write_text(text, encoding="utf-8")
        expected[name] = [each for each in validated(root) if each[0] == "shops/kyoto-tea.yaml"]

    assert all(expected.values())
    assert shown == expected


async def test_ranges_count_utf16_units(tmp_path: Path) -> None:
    text = shop("kyoto-tea", "labels: {茶🍵𠮷: a, wave: 1}\n")
    root = fleet(tmp_path, {"kyoto-tea.yaml": KYOTO})
    async with editing(root) as editor:
        address = editor.open(root / "shops/kyoto-tea.yaml", text)
        found = await editor.diagnostics(address)

    assert sorted(marked(text, each) for each in found) == ["1", "茶🍵𠮷"]
    assert {each.range.start.character for each in found} == {len("labels: {"), len("labels: {茶🍵𠮷: a, wave: ") + 2}


async def test_texts_are_in_the_language_of_the_option_or_of_the_client(tmp_path: Path) -> None:
    root = fleet(tmp_path, {"kyoto-tea.yaml": KYOTO.replace("enabled", "enabld")})
    async with editing(root, language="ja") as editor:
        address = editor.open(root / "shops/kyoto-tea.yaml")
        (japanese,) = await editor.diagnostics(address)
    async with editing(root, options={"language": "ja"}) as editor:
        editor.open(root / "shops/kyoto-tea.yaml")
        (chosen,) = await editor.diagnostics(address)

    assert "`amazon` にキー `enabld` はありません" in japanese.message
    assert chosen.message == japanese.message
    assert japanese.code_description is not None
    assert japanese.code_description.href.endswith("docs/ja/codes.md")


async def test_a_change_of_the_defaults_changes_the_open_files_that_inherit_them(tmp_path: Path) -> None:
    shared = "apiVersion: reconciler/v1\namazon:\n  notification:\n    email: pay@example.com\n"
    plain = shop("kyoto-tea", "amazon:\n  notification:\n    email: null\n")
    root = fleet(tmp_path, {"kyoto-tea.yaml": plain, "_defaults.yaml": shared})
    async with editing(root) as editor:
        file = editor.open(root / "shops/kyoto-tea.yaml")
        defaults = editor.open(root / "shops/_defaults.yaml")
        await editor.codes(file)

        editor.type(defaults, "apiVersion: reconciler/v1\n")
        await editor.codes(file, codes.EMPTY_VALUE.number)

        editor.type(defaults, shared)
        await editor.codes(file)


async def test_a_group_that_is_open_and_not_saved_yet_can_be_named(tmp_path: Path) -> None:
    root = fleet(tmp_path, {"kyoto-tea.yaml": shop("kyoto-tea", "group: tea\n")})
    async with editing(root) as editor:
        file = editor.open(root / "shops/kyoto-tea.yaml")
        await editor.codes(file, codes.UNKNOWN_GROUP.number)

        group = editor.open(root / "shops/_groups/tea.yaml", "apiVersion: reconciler/v1\n")
        await editor.codes(file)

        editor.type(group, "apiVersion: reconciler/v1\ngroup: tea\n")
        await editor.codes(group, codes.GROUP_CYCLE.number)

        editor.close(group)
        await editor.codes(file, codes.UNKNOWN_GROUP.number)


async def test_a_shop_that_two_open_files_declare_is_reported_in_both_and_the_conflict_ends_in_both(
    tmp_path: Path,
) -> None:
    root = fleet(tmp_path, {"kyoto-tea.yaml": KYOTO, "uji/uji-cups.yaml": shop("uji-cups")})
    async with editing(root) as editor:
        one, other = editor.open(root / "shops/kyoto-tea.yaml"), editor.open(root / "shops/uji/uji-cups.yaml")
        await editor.codes(one)

        editor.type(other, shop("kyoto-tea"))
        await editor.codes(one, codes.TWO_FILES.number)
        await editor.codes(other, codes.TWO_FILES.number, codes.WRONG_NAME.number)

        editor.type(other, shop("uji-cups"))
        await editor.codes(one)
        await editor.codes(other)


async def test_a_client_id_of_two_sellers_is_found_in_files_that_nobody_opened(tmp_path: Path) -> None:
    api = "amazon:\n  api:\n    seller_id: {seller}\n    client_id: amzn1.application-oa2-client.{client}\n"
    one = shop("kyoto-tea", api.format(seller="A2KYOTOTEA0001", client="0" * 32))
    other = shop("uji-cups", api.format(seller="A2UJICUPS00001", client="1" * 32))
    root = fleet(tmp_path, {"kyoto-tea.yaml": one, "uji-cups.yaml": other})
    async with editing(root) as editor:
        address = editor.open(root / "shops/kyoto-tea.yaml")
        await editor.codes(address)

        text = one.replace("0" * 32, "1" * 32)
        editor.type(address, text)
        await editor.codes(address, codes.CLIENT_OF_TWO_SELLERS.number)
        (found,) = await editor.diagnostics(address)

    assert marked(text, found) == f"amzn1.application-oa2-client.{'1' * 32}"
    assert "uji-cups (A2UJICUPS00001)" in found.message


async def test_the_settings_file_is_checked_as_well(tmp_path: Path) -> None:
    root = fleet(tmp_path, {"kyoto-tea.yaml": KYOTO})
    text = "manifests: shops\nlimits:\n  fleet_share: 300%\n"
    async with editing(root) as editor:
        address = editor.open(root / "reconciler.yaml", text)
        (found,) = await editor.diagnostics(address)
        assert (found.code, marked(text, found)) == (codes.BAD_SETTINGS.number, "300%")

        editor.type(address, "manifests: shops\n")
        await editor.codes(address)


async def test_another_folder_in_the_settings_counts_when_they_are_saved(tmp_path: Path) -> None:
    root = fleet(tmp_path, {"kyoto-tea.yaml": KYOTO})
    (root / "stores").mkdir()
    (root / "stores/uji-cups.yaml").write_text(shop("uji-cups", "nonsense: true\n"))
    async with editing(root) as editor:
        address = editor.open(root / "stores/uji-cups.yaml")
        await editor.codes(address)

        settings = editor.open(root / "reconciler.yaml")
        (root / "reconciler.yaml").write_text("manifests: stores\n")
        editor.type(settings, "manifests: stores\n")
        editor.save(settings)
        await editor.codes(address, "M101")


async def test_files_that_are_made_and_deleted_on_the_disk_count(tmp_path: Path) -> None:
    root = fleet(tmp_path, {"kyoto-tea.yaml": KYOTO})
    copy = root / "shops/copy/kyoto-tea.yaml"
    async with editing(root) as editor:
        address = editor.open(root / "shops/kyoto-tea.yaml")
        await editor.codes(address)

        copy.parent.mkdir()
        copy.write_text(KYOTO)
        editor.on_disk((copy, types.FileChangeType.Created))
        await editor.codes(address, codes.TWO_FILES.number)

        moved = copy.rename(root / "shops/copy/uji-cups.yaml")
        moved.write_text(shop("uji-cups"))
        editor.on_disk((copy, types.FileChangeType.Deleted), (moved, types.FileChangeType.Created))
        await editor.codes(address)


async def test_a_file_outside_of_every_fleet_is_left_alone(tmp_path: Path) -> None:
    root = fleet(tmp_path / "fleet", {"kyoto-tea.yaml": KYOTO})
    other = tmp_path / "compose.yaml"
    other.write_text("services: {}\n")
    async with editing(root) as editor:
        for address in (
            editor.open(other),
            editor.open("untitled:Untitled-1", "x: ["),
            editor.open(root / "ci.yaml", "a: b"),
        ):
            assert list(await editor.diagnostics(address)) == []
            assert await editor.hover(address, 0, 1) is None
            assert await editor.complete(address, 0, 0) == {}
            assert await editor.actions(address, 0) == {}


async def test_each_workspace_folder_is_a_fleet_of_its_own(tmp_path: Path) -> None:
    one = fleet(tmp_path / "one", {"kyoto-tea.yaml": KYOTO})
    other = fleet(
        tmp_path / "two", {"kyoto-tea.yaml": shop("kyoto-tea", "group: tea\n"), "_groups/tea.yaml": "labels: {}\n"}
    )
    async with editing(one, other) as editor:
        first, second = editor.open(one / "shops/kyoto-tea.yaml"), editor.open(other / "shops/kyoto-tea.yaml")
        await editor.codes(first)
        await editor.codes(second)

        editor.type(first, shop("kyoto-tea", "group: tea\n"))
        await editor.codes(first, codes.UNKNOWN_GROUP.number)


async def test_without_a_settings_file_the_folder_shops_is_read(tmp_path: Path) -> None:
    root = fleet(tmp_path, {"kyoto-tea.yaml": KYOTO.replace("enabled", "enabld")}, settings=None)
    async with editing(root) as editor:
        await editor.codes(editor.open(root / "shops/kyoto-tea.yaml"), "M101")


async def test_any_name_of_a_folder_is_understood(tmp_path: Path) -> None:
    names = ("with space", "100%25 of it", "店舗の設定🍵", "a#b?c")
    roots = [fleet(tmp_path / name, {"kyoto-tea.yaml": KYOTO.replace("enabled", "enabld")}) for name in names]
    async with editing(*roots) as editor:
        for root in roots:
            await editor.codes(editor.open(root / "shops/kyoto-tea.yaml"), "M101")


ATTESTED = (
    "apiVersion: reconciler/v1\nshop: kyoto-tea\nattested:\n  privacy-url:\n    by: Hanako\n    date: '2026-03-02'\n"
)
ATTESTATIONS = {
    "a misspelt item": ATTESTED.replace("privacy-url", "privacy-page"),
    "a day that is none": ATTESTED.replace("03-02", "02-30"),
    "a day in the future": ATTESTED.replace("2026", "9999"),
    "an expired entry": ATTESTED + "    expires: '2026-03-03'\n",
    "another shop": ATTESTED.replace("kyoto", "nara"),
    "no YAML": "shop: [\n",
}


async def test_attestations_get_the_diagnostics_of_validate_while_they_are_written(tmp_path: Path) -> None:
    root = fleet(tmp_path, {"kyoto-tea.yaml": KYOTO, "_attestations/kyoto-tea.yaml": ATTESTED})
    async with editing(root) as editor:
        path = root / "shops/_attestations/kyoto-tea.yaml"
        address = editor.open(path)
        assert list(await editor.diagnostics(address)) == []
        for name, text in ATTESTATIONS.items():
            found = await editor.diagnostics(address, editor.type(address, text))
            path.write_text(text, encoding="utf-8")
            assert placed("shops/_attestations/kyoto-tea.yaml", found, text) == validated(root), name
            assert found, name
        path.unlink()


async def test_two_files_of_attestations_of_one_shop_are_reported_until_one_is_gone(tmp_path: Path) -> None:
    files = {
        "kyoto-tea.yaml": KYOTO,
        "_attestations/kyoto-tea.yaml": ATTESTED,
        "_attestations/old/kyoto-tea.yaml": ATTESTED,
    }
    root = fleet(tmp_path, files)
    first, second = (root / f"shops/_attestations/{name}" for name in ("kyoto-tea.yaml", "old/kyoto-tea.yaml"))
    async with editing(root) as editor:
        address = editor.open(first)
        found = await editor.diagnostics(address)
        assert placed("shops/_attestations/kyoto-tea.yaml", found, ATTESTED) == [
            each for each in validated(root) if "old" not in str(each)
        ]
        assert found
        second.unlink()
        editor.on_disk((second, types.FileChangeType.Deleted))
        await editor.codes(address)


async def test_keys_of_attestations_are_completed_and_explained(tmp_path: Path) -> None:
    text = ATTESTED + "    \n"
    root = fleet(tmp_path, {"kyoto-tea.yaml": KYOTO, "_attestations/kyoto-tea.yaml": text})
    async with editing(root) as editor:
        address = editor.open(root / "shops/_attestations/kyoto-tea.yaml")
        await editor.diagnostics(address)
        assert set(await editor.complete(address, 6, 4)) == {"expires", "note"}
        shown = await editor.hover(address, 4, 5)
        assert shown is not None
        assert "The person who checked it." in shown
