"""An import from an export of the former admin."""

from __future__ import annotations

from pathlib import Path

import pytest

from reconciler.adapters.manifests.loading.loader import ManifestFolder
from reconciler.core.model.selection import Selection
from reconciler.core.values import PRE_SET
from tests.support.example_worlds import live
from tests.support.fake_backend import ModelBackend
from tests.support.import_harness import MANIFEST, do, files, fleet, from_rows, slugs
from tests.support.strategies import CLIENTS, SELLERS


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "shops").mkdir()
    return tmp_path / "shops"


def test_rows_of_an_export_become_manifests_of_what_they_say(folder: Path) -> None:
    rows = from_rows(
        "店舗キー,使用設定,SellerId,ClientId,MWSAuthToken,通知メールアドレス",
        f"shop-0,設定する,{SELLERS[0]},{CLIENTS[0]},********,pay@shop-0.example",
    )
    imported = do(folder, fleet(2), legacy=rows)

    assert imported.proof is not None
    assert (imported.proof.shops, imported.proof.holds) == (1, True)
    assert "storefront" not in files(folder)["shop-0.yaml"]


def test_differences_between_export_and_backend_are_reported_by_field(folder: Path) -> None:
    imported = do(folder, fleet(1), legacy=from_rows("shop,email", "shop-0,old@shop-0.example"))

    assert [(f.code.slug, f.subject) for f in imported.all_diagnostics] == [("not-kept", "amazon.notification.email")]


def test_a_row_for_a_shop_that_the_backend_does_not_have_is_reported_with_its_line(folder: Path) -> None:
    imported = do(folder, fleet(1), legacy=from_rows("shop,email", "shop-0,pay@shop-0.example", "gone,x@gone.example"))

    (finding,) = imported.all_diagnostics
    assert (finding.code.slug, str(finding.origin)) == ("shop-unknown", "old.csv:3:1")
    assert list(files(folder)) == ["shop-0.yaml"]


def test_while_a_row_cannot_be_mapped_nothing_is_written_without_partial(folder: Path) -> None:
    rows = from_rows("shop,email", "shop-0,pay@shop-0.example", "shop-1,nobody")
    held = do(folder, fleet(2), legacy=rows)

    assert (files(folder), sorted(slugs(held))) == ({}, ["not-imported", "row"])
    partly = do(folder, fleet(2), legacy=rows, partial=True)
    assert (list(files(folder)), slugs(partly)) == (["shop-0.yaml"], ["row"])


def test_unknown_shops_are_reported_together_with_unmapped_rows(folder: Path) -> None:
    rows = from_rows("shop,email", "shop-0,nobody", "gone,x@gone.example", "shop-1,pay@shop-1.example")
    held = do(folder, fleet(2), legacy=rows)

    assert {str(finding.origin) for finding in held.all_diagnostics if finding.origin} == {"old.csv:2:2", "old.csv:3:1"}
    assert files(folder) == {}


def test_lines_are_reported_in_their_order_and_then_the_rest(folder: Path) -> None:
    rows = from_rows(
        "shop,email,extra", "shop-1,nobody,", "gone,x@gone.example,", "shop-0,,", ",y@shop.example,", "shop-0,,"
    )
    held = do(folder, fleet(2), legacy=rows)

    assert [(finding.code.slug, str(finding.origin or "")) for finding in held.all_diagnostics] == [
        ("column", "old.csv:1:3"),
        ("row", "old.csv:2:2"),
        ("shop-unknown", "old.csv:3:1"),
        ("row-twice", "old.csv:4:1"),
        ("row", "old.csv:5:1"),
        ("row-twice", "old.csv:6:1"),
        ("not-imported", ""),
    ]


def test_diagnostics_of_live_shops_are_reported_shop_by_shop(folder: Path) -> None:
    """Its broken manifest beside what the backend holds of it."""
    (folder / "shop-1.yaml").write_text("apiVersion: reconciler/v1\nshop: shop-1\namazone: 1\n")
    backend = ModelBackend([live(f"shop-{number}", seller_id=" A1EXAMPLE234567") for number in range(3)])
    imported = do(folder, backend)

    assert [(finding.code.slug, finding.shop) for finding in imported.all_diagnostics] == [
        ("not-declarable", "shop-0"),
        ("not-declarable", "shop-1"),
        ("not-imported", "shop-1"),
        ("unknown-key", "shop-1"),
        ("not-declarable", "shop-2"),
    ]


def test_rows_are_reported_also_without_the_backend(folder: Path) -> None:
    backend = fleet(2)
    backend.unreadable = lambda _shop, _number: {"everything"}
    held = do(folder, backend, legacy=from_rows("shop,email", "shop-0,nobody", "shop-1,pay@shop-1.example"))

    assert sorted(slugs(held)) == ["not-imported", "row"]


def test_a_row_edits_the_manifest_that_is_there_and_takes_nothing_out_of_it(folder: Path) -> None:
    (folder / "kyoto-tea.yaml").write_text(MANIFEST)
    do(folder, ModelBackend([live("kyoto-tea")]), legacy=from_rows("shop,予約販売", "kyoto-tea,利用する"))

    text = files(folder)["kyoto-tea.yaml"]
    assert text.startswith(MANIFEST)
    assert "pre_order: true" in text


def test_a_mask_says_nothing_against_a_token_that_was_set_beforehand(folder: Path) -> None:
    rows = from_rows("shop,MWSAuthToken", "shop-0,********")
    do(folder, fleet(1, token=PRE_SET), legacy=rows)

    assert "mws_auth_token: pre-set" in files(folder)["shop-0.yaml"]


@pytest.mark.parametrize("token", ["pre-set", "ref+file:///run/secrets/tea"])
def test_a_mask_changes_no_token_that_a_manifest_declares(folder: Path, token: str) -> None:
    manifest = f"{MANIFEST}  api:\n    mws_auth_token: {token}\n"
    (folder / "kyoto-tea.yaml").write_text(manifest)
    do(folder, ModelBackend([live("kyoto-tea")]), legacy=from_rows("shop,MWSAuthToken", "kyoto-tea,********"))

    assert files(folder)["kyoto-tea.yaml"] == manifest


def test_the_groups_of_rows_are_those_of_the_folder(folder: Path) -> None:
    (folder / "_groups").mkdir()
    (folder / "_groups" / "standard.yaml").write_text(
        "apiVersion: reconciler/v1\namazon:\n  enabled: true\nmaintenance:\n  close_shop: allow\n"
    )
    rows = from_rows(
        "shop,使用設定,group,labels.wave",
        "shop-0,設定する,standard,canary",
        "shop-1,設定する,standrad,x",
        "shop-2,利用する,,",
    )
    imported = do(folder, fleet(4), legacy=rows)

    assert [(f.code.slug, str(f.origin)) for f in imported.all_diagnostics] == [("unknown-group", "old.csv:3:1")]
    (one, other) = ManifestFolder(folder).read(Selection()).shops
    assert (one.shop, one.group, one.labels) == ("shop-0", "standard", {"wave": "canary"})
    assert (other.shop, other.group, other.maintenance.close_shop) == ("shop-2", None, False)
