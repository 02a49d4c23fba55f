"""The use case import: what is written, what is skipped, what is verified."""

from __future__ import annotations

from pathlib import Path

import pytest

from reconciler.core.diagnostics import codes
from reconciler.core.importing.factor_out import FactorOptions
from reconciler.core.values import PRE_SET, ShopKey
from tests.support.example_worlds import bare, live
from tests.support.fake_backend import ModelBackend
from tests.support.import_harness import MANIFEST, Held, do, files, fleet, slugs
from tests.support.strategies import SELLERS, TOKENS


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "shops").mkdir()
    return tmp_path / "shops"


def test_a_fleet_becomes_files_whose_plan_is_empty(folder: Path) -> None:
    imported = do(folder, fleet())

    shops = ["shop-0.yaml", "shop-1.yaml", "shop-2.yaml", "shop-3.yaml"]
    assert list(files(folder)) == ["_defaults.yaml", "_groups/live-pre-order-subscription.yaml", *shops]
    assert imported.diagnostics == ()
    assert imported.proof is not None
    assert (imported.proof.shops, imported.proof.kept, imported.proof.holds) == (4, 4, True)
    assert not any(token in text for text in files(folder).values() for token in TOKENS)


def test_the_folder_need_not_be_there_yet(tmp_path: Path) -> None:
    imported = do(tmp_path / "new" / "shops", fleet(1))

    assert (tmp_path / "new" / "shops" / "shop-0.yaml").exists()
    assert imported.diagnostics == ()


def test_what_most_shops_leave_off_is_a_default(folder: Path) -> None:
    imported = do(folder, fleet(pre_order=False, subscription=False))

    assert "pre_order: false" in files(folder)["_defaults.yaml"]
    assert imported.proof is not None
    assert imported.proof.holds


def test_keys_are_explained_once_and_not_in_each_file(folder: Path) -> None:
    do(folder, fleet(300), mining=FactorOptions(share=100))

    explained = [name for name, text in files(folder).items() if "SellerId(出品者ID)" in text]
    assert explained == ["_defaults.yaml"]
    assert all("# " not in text for name, text in files(folder).items() if name.startswith("shop-"))


def test_flat_files_and_the_file_of_one_shop_explain_themselves(tmp_path: Path) -> None:
    one, flat = tmp_path / "one", tmp_path / "flat"
    do(one, fleet(1))
    do(flat, fleet(3), mining=FactorOptions(flat=True))

    assert list(files(one)) == ["shop-0.yaml"]
    assert "# SellerId(出品者ID)" in files(one)["shop-0.yaml"]
    assert list(files(flat)) == ["shop-0.yaml", "shop-1.yaml", "shop-2.yaml"]
    assert all("# SellerId(出品者ID)" in text for text in files(flat).values())


def test_an_edit_adds_no_note_for_a_key_that_is_explained(folder: Path) -> None:
    do(folder, fleet(2))
    manifest = folder / "shop-0.yaml"
    manifest.write_text(
        manifest.read_text()
        .replace("  notification:\n", "  # ours\n  notification:\n")
        .replace("    email:", "    # email:")
    )
    do(folder, fleet(2), complete=True)

    assert "  # ours\n  notification:\n" in manifest.read_text()
    assert "通知メールアドレス" not in manifest.read_text()


def test_a_second_import_writes_nothing(folder: Path) -> None:
    do(folder, fleet())
    before = {path: path.stat().st_mtime_ns for path in folder.rglob("*.yaml")}
    again = do(folder, fleet())

    assert again.files == ()
    assert again.proof is not None
    assert again.proof.holds
    assert {path: path.stat().st_mtime_ns for path in folder.rglob("*.yaml")} == before


def test_shops_that_come_later_use_the_groups_of_the_first_and_change_no_shared_file(folder: Path) -> None:
    backend = fleet(8)
    do(folder, backend, globs=("shop-[0-3]",))
    shared = {name: text for name, text in files(folder).items() if name.startswith("_")}
    imported = do(folder, backend)

    assert imported.proof is not None
    assert imported.proof.holds
    assert shared == {name: text for name, text in files(folder).items() if name.startswith("_")}
    assert "group: live-pre-order-subscription" in files(folder)["shop-7.yaml"]


def test_only_what_differs_changes_in_a_manifest_that_is_there(folder: Path) -> None:
    (folder / "kyoto-tea.yaml").write_text(MANIFEST)
    imported = do(folder, ModelBackend([live("kyoto-tea")]))

    assert files(folder) == {"kyoto-tea.yaml": MANIFEST.replace("old@", "pay@")}
    assert [(news.file, news.is_new) for news in imported.files] == [("shops/kyoto-tea.yaml", False)]
    assert imported.proof is not None
    assert imported.proof.holds


def test_asked_for_all_of_it_a_manifest_declares_the_rest_as_well(folder: Path) -> None:
    (folder / "kyoto-tea.yaml").write_text(MANIFEST)
    do(folder, ModelBackend([live("kyoto-tea")]), complete=True)

    text = files(folder)["kyoto-tea.yaml"]
    assert "# ours since 2019" in text
    assert "email: pay@kyoto-tea.example # ask Hana before changing" in text
    assert "mws_auth_token: ref+env://KYOTO_TEA_MWS_AUTH_TOKEN" in text


def test_what_is_gone_leaves_the_manifest_and_what_is_inherited_is_taken_out(folder: Path) -> None:
    (folder / "kyoto-tea.yaml").write_text(MANIFEST + "  api:\n    seller_id: A1EXAMPLE234567\n")
    (folder / "_defaults.yaml").write_text(
        "apiVersion: reconciler/v1\namazon:\n  notification:\n    email: a@b.example\n"
    )
    imported = do(folder, ModelBackend([bare("kyoto-tea")]))

    assert "seller_id" not in files(folder)["kyoto-tea.yaml"]
    assert "email: null" in files(folder)["kyoto-tea.yaml"]
    assert imported.proof is not None
    assert imported.proof.holds


def test_a_check_writes_nothing_and_asks_no_secret(folder: Path) -> None:
    imported = do(folder, fleet(), secrets=Held(), check=True)

    assert files(folder) == {}
    assert len(imported.files) == 6
    assert imported.proof is None


def test_missing_secrets_are_named_and_the_rest_is_verified(folder: Path) -> None:
    shops = ModelBackend([live(f"shop-{number}", seller_id=SELLERS[number]) for number in range(2)])
    imported = do(folder, shops, secrets=Held(SHOP_0_MWS_AUTH_TOKEN=TOKENS[0]))

    assert imported.secrets == (
        ("shop-0", "ref+env://SHOP_0_MWS_AUTH_TOKEN"),
        ("shop-1", "ref+env://SHOP_1_MWS_AUTH_TOKEN"),
    )
    assert imported.proof is not None
    assert (imported.proof.holds, imported.unproven) == (True, {"shop-1"})
    assert slugs(imported) == ["not-proven"]


def test_shops_of_one_seller_share_the_reference_of_its_token(folder: Path) -> None:
    """A token belongs to a SellerId. A manifest that is there decides; a shop of another seller has its own."""
    (folder / "shop-3.yaml").write_text(
        f"apiVersion: reconciler/v1\nshop: shop-3\namazon:\n  api:\n    seller_id: {SELLERS[1]}\n"
        "    mws_auth_token: ref+env://CHOSEN\n"
    )
    sellers = (SELLERS[0], SELLERS[0], SELLERS[1], SELLERS[1])
    imported = do(folder, ModelBackend([live(f"shop-{n}", seller_id=each) for n, each in enumerate(sellers)]))
    assert imported.secrets == (
        ("shop-0", "ref+env://SHOP_0_MWS_AUTH_TOKEN"),
        ("shop-1", "ref+env://SHOP_0_MWS_AUTH_TOKEN"),
        ("shop-2", "ref+env://CHOSEN"),
        ("shop-3", "ref+env://CHOSEN"),
    )
    assert imported.proof is not None
    assert imported.proof.holds


def test_a_secret_that_is_another_ones_is_not_kept(folder: Path) -> None:
    imported = do(folder, fleet(1), secrets=Held(SHOP_0_MWS_AUTH_TOKEN=TOKENS[1]))

    assert imported.proof is not None
    assert not imported.proof.holds
    assert [(f.code.slug, f.shop, f.subject) for f in imported.all_diagnostics] == [
        ("not-kept", "shop-0", "amazon.api.mws_auth_token")
    ]


def test_a_secret_of_the_wrong_form_is_an_error(folder: Path) -> None:
    imported = do(folder, fleet(1), secrets=Held(SHOP_0_MWS_AUTH_TOKEN="nonsense"))

    assert slugs(imported) == ["secret-form"]


def test_what_does_not_follow_the_switch_is_reported_by_field(folder: Path) -> None:
    imported = do(folder, fleet(1, pay_use=False))

    assert imported.proof is not None
    assert not imported.proof.holds
    (finding,) = imported.all_diagnostics
    assert (finding.code, finding.shop, finding.subject) == (codes.NOT_KEPT, "shop-0", "amazon.enabled")
    assert finding.origin is not None
    assert finding.origin.file == "shops/shop-0.yaml"


def test_a_pre_set_token_stays_pre_set_and_is_not_asked_for(folder: Path) -> None:
    imported = do(folder, fleet(1, token=PRE_SET), secrets=Held())

    assert "mws_auth_token: pre-set" in files(folder)["shop-0.yaml"]
    assert (imported.secrets, imported.all_diagnostics) == ((), ())


def test_invisible_characters_are_seen_in_a_review_and_control_characters_are_omitted(folder: Path) -> None:
    backend = fleet(1)
    backend.state[ShopKey("shop-0")].texts.update(
        {"order_area.label": "pay\u200bments", "order_area.message": "a\u202eb"}
    )
    imported = do(folder, backend, mining=FactorOptions(flat=True))

    assert [(finding.code.slug, finding.subject) for finding in imported.diagnostics] == [
        ("not-declarable", "amazon.messages.order_area.message")
    ]
    assert 'label: "pay\\u200Bments"' in files(folder)["shop-0.yaml"]
    assert imported.proof is not None
    assert imported.proof.holds


def test_flat_files_are_complete(folder: Path) -> None:
    do(folder, fleet(), mining=FactorOptions(flat=True))

    assert [name for name in files(folder) if name.startswith("_")] == []


def test_new_shops_are_put_into_a_group_that_exists(folder: Path) -> None:
    imported = do(folder, fleet(1), group="standard")
    assert slugs(imported) == ["unknown-group"]

    (folder / "_groups").mkdir()
    (folder / "_groups" / "standard.yaml").write_text("apiVersion: reconciler/v1\namazon:\n  enabled: false\n")
    imported = do(folder, fleet(1), group="standard")

    assert imported.proof is not None
    assert imported.proof.holds
    assert "group: standard" in files(folder)["shop-0.yaml"]


def test_many_shops_are_read_back_as_a_fleet(folder: Path) -> None:
    """For many shops the whole folder is read, but errors in other files are still not reported."""
    (folder / "other.yaml").write_text("apiVersion: [\n")
    imported = do(folder, fleet(60), mining=FactorOptions(share=100), globs=("shop-*",))

    assert imported.proof is not None
    assert (imported.proof.kept, imported.proof.findings) == (60, ())
