"""Rows of an export of the former admin: three vocabularies, one meaning; nothing is dropped silently."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.core.diagnostics import codes
from reconciler.core.importing.legacy_cells import UnmappableCell, display_cell, read_cell
from reconciler.core.importing.legacy_columns import NO, TABLE, YES, CellType, header_of, normalise_header
from reconciler.core.importing.legacy_rows import LegacyExport, read_legacy
from reconciler.core.importing.secret_names import SecretNamePattern
from reconciler.core.model.layers import field_ref_at
from reconciler.core.model.policy import Owner
from tests.support.strategies import CLIENTS, SELLERS, TOKENS

SWITCHES = ["店舗キー", "利用設定"]


def read(headers: list[str], *rows: list[str]) -> LegacyExport:
    return read_legacy("old.csv", headers, enumerate(rows, start=2), SecretNamePattern())


def one(headers: list[str], row: list[str]) -> dict[str, object]:
    result = read(headers, row)
    assert result.findings == ()
    (shop,) = result.shops
    return dict(shop.values)


def refused(headers: list[str], row: list[str]) -> list[tuple[str, str]]:
    result = read(headers, row)
    assert result.shops == ()
    assert all(finding.origin is not None and finding.origin.line == 2 for finding in result.findings)
    return [(finding.code.slug, str(finding.summary)) for finding in result.findings]


@pytest.mark.parametrize(
    "header",
    [
        "利用設定", "使用設定", "Amazonペイメント設定>使用設定", "Amazon Pay 利用設定",
        "Amazonログイン&ペイメント設定/使用設定", "構築＞送料・決済設定＞Amazonペイメント設定＞使用設定",
        "Ａｍａｚｏｎ設定　利用設定",
        "設定>決済>Amazon Pay設定 > 利用設定", "USE_AMAZON",
    ],
)  # fmt: skip
def test_the_switch_by_all_its_names(header: str) -> None:
    known = header_of(header)
    assert known is not None
    assert known.column.place == "amazon.enabled"


@pytest.mark.parametrize(
    ("word", "means"), [*((word, True) for word in YES), *((word, False) for word in NO), ("ＯＮ ", True)]
)
def test_the_switch_in_all_its_words(word: str, means: bool) -> None:
    assert one(SWITCHES, ["kyoto-tea", word]) == {"amazon.enabled": means}


def test_a_whole_row() -> None:
    headers = [
        "店舗キー", "使用設定", "SellerId(出品者ID)", "クライアントID", "MWS認証トークン", "通知メールアドレス",
        "予約販売", "定期・頒布会", "通常販売", "IPN登録", "店舗の状態", "グループ", "ラベル.wave",
    ]  # fmt: skip
    row = [
        "kyoto-tea", "設定する", SELLERS[0], CLIENTS[0], "********", "pay@kyoto-tea.example",
        "利用する", "設定しない", "利用する", "登録済み", "開店", "standard", "canary",
    ]  # fmt: skip
    (shop,) = read(headers, row).shops

    assert shop.values == {
        "amazon.enabled": True,
        "amazon.api.seller_id": SELLERS[0],
        "amazon.api.client_id": CLIENTS[0],
        "amazon.api.mws_auth_token": "ref+env://KYOTO_TEA_MWS_AUTH_TOKEN",
        "amazon.notification.email": "pay@kyoto-tea.example",
        "payment.amazon_pay.pre_order": True,
        "payment.amazon_pay.subscription": False,
        "seller_central.ipn_endpoint": "registered",
        "storefront.status": "open",
    }
    assert (shop.group, shop.labels, str(shop.origin)) == ("standard", {"wave": "canary"}, "old.csv:2:1")


def test_what_is_empty_is_not_managed_and_an_empty_row_is_none() -> None:
    result = read([*SWITCHES, ""], ["kyoto-tea", " ", ""], ["", "　", ""])

    assert [(shop.shop, shop.values) for shop in result.shops] == [("kyoto-tea", {})]
    assert result.findings == ()


@pytest.mark.parametrize("word", ["未設定", "たぶん", "2"])
def test_an_unknown_word_is_reported_with_its_line(word: str) -> None:
    ((slug, summary),) = refused(SWITCHES, ["kyoto-tea", word])

    assert slug == "row"
    assert summary == f"Unknown word {word!r} in '利用設定'"


def test_a_column_that_is_there_twice_may_be_removed() -> None:
    headers = ["店舗キー", "SellerId", "SellerId"]
    (found,) = read(headers, ["kyoto-tea", SELLERS[0], SELLERS[1]]).findings
    assert str(found.summary).endswith("contradicts another column of the row")
    assert str(found.expected) == "one value: remove one of the columns"


def test_everything_wrong_with_a_row_is_reported() -> None:
    printed = refused(
        ["店舗キー", "利用設定", "SellerId", "通知メールアドレス", "IPN登録"],
        ["Kyoto Tea", "?", f" {SELLERS[0]}", "nobody", "perhaps"],
    )

    assert [slug for slug, _ in printed] == ["row"] * 5
    assert "it has spaces or line breaks around it, as" in printed[2][1]


def test_the_former_admins_two_switches_must_agree() -> None:
    headers = ["店舗キー", "Amazon設定>利用設定", "Amazonペイメント設定>使用設定", "通常販売"]

    assert one(headers, ["kyoto-tea", "設定する", "利用する", ""]) == {"amazon.enabled": True}
    (printed,) = refused(headers, ["kyoto-tea", "設定する", "設定しない", ""])
    assert printed[1].endswith("contradicts another column of the row")
    assert len(refused(headers, ["kyoto-tea", "設定する", "", "利用しない"])) == 1


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "＝", " ="])
@pytest.mark.parametrize("column", [0, 1])
def test_a_cell_that_starts_like_a_formula_is_refused_and_not_quoted(sign: str, column: int) -> None:
    row = ["kyoto-tea", "on"]
    row[column] = f"{sign}HYPERLINK(evil)"
    ((slug, summary),) = refused(SWITCHES, row)

    assert slug == "formula"
    assert "HYPERLINK" not in summary


@pytest.mark.parametrize("text", [*TOKENS, f"ref+env://{TOKENS[0]}", "some words", "0123456789abcdef" * 2])
def test_a_token_in_clear_is_refused_and_not_quoted(text: str) -> None:
    result = read(["shop", "MWSAuthToken"], ["kyoto-tea", text])
    (finding,) = result.findings

    assert finding.code is codes.PLAINTEXT_TOKEN
    assert text not in f"{finding.summary}{finding.expected}{finding.hint}"


@pytest.mark.parametrize(
    "column", ["通知メールアドレス", "SellerId", "グループ", "ラベル.wave", "利用設定", "店舗キー"]
)
def test_a_token_in_the_wrong_column_is_not_quoted_either(column: str) -> None:
    headers = ["店舗キー", column] if column != "店舗キー" else ["x", column]
    result = read(headers, ["kyoto-tea", TOKENS[0]])

    assert any(finding.blocking for finding in result.findings)
    assert TOKENS[0] not in "".join(f"{f.summary}{f.expected}{f.hint}" for f in result.findings)


@pytest.mark.parametrize(
    ("cell", "written"),
    [
        ("Pre-Set_with_information_from_Amazon", "pre-set"),
        ("pre-set", "pre-set"),
        ("ref+file:///run/token", "ref+file:///run/token"),
        ("●●●●●●", "ref+env://KYOTO_TEA_MWS_AUTH_TOKEN"),
        ("設定済", "ref+env://KYOTO_TEA_MWS_AUTH_TOKEN"),
    ],
)
def test_what_may_stand_for_a_token(cell: str, written: str) -> None:
    assert one(["shop", "MWSAuthToken"], ["kyoto-tea", cell]) == {"amazon.api.mws_auth_token": written}


def test_two_rows_about_one_shop_are_both_reported_and_neither_is_used() -> None:
    result = read(SWITCHES, ["kyoto-tea", "on"], ["uji-cups", "on"], ["kyoto-tea", "off"])

    assert [shop.shop for shop in result.shops] == ["uji-cups"]
    assert [(f.code.slug, str(f.summary), f.origin.line if f.origin else 0) for f in result.findings] == [
        ("row-twice", "Shop `kyoto-tea` is already on line 4", 2),
        ("row-twice", "Shop `kyoto-tea` is already on line 2", 4),
    ]


def test_a_row_that_is_wrong_is_counted_for_duplicates_as_well() -> None:
    result = read(
        ["利用設定", "店舗キー"], ["on", "kyoto-tea"], ["perhaps", "kyoto-tea"], ["on", "Nobody"], ["on", ""], ["on"]
    )

    assert result.shops == ()
    assert [(f.code.slug, str(f.origin)) for f in result.findings] == [
        ("row", "old.csv:3:1"),
        ("row", "old.csv:4:2"),
        ("row", "old.csv:5:1"),
        ("short-row", "old.csv:6:2"),
        ("row", "old.csv:6:1"),
        ("row-twice", "old.csv:2:2"),
        ("row-twice", "old.csv:3:2"),
    ]


def test_a_row_without_a_shop_and_one_with_too_many_cells() -> None:
    assert refused(SWITCHES, ["", "on"]) == [("row", "The row has no shop key")]
    wrong = [("row", "Unknown word 'maybe' in '利用設定'"), ("row", "The row has no shop key")]
    assert refused(SWITCHES, ["", "maybe"]) == wrong
    assert refused(SWITCHES, ["Not A Key", "on"]) == [("row", "'店舗キー': it has an invalid format")]
    assert refused(SWITCHES, ["kyoto-tea", "on", "more"])[0][1] == "The row has 3 cells and the header 2"
    assert one(SWITCHES, ["kyoto-tea", "on", ""]) == {"amazon.enabled": True}


def test_a_row_that_ends_early_is_refused_at_its_first_missing_cell() -> None:
    columns = [*SWITCHES, "予約販売", "通知メールアドレス"]
    assert refused(columns, ["kyoto-tea", "on"]) == [("short-row", "The row ends after 2 of 4 cells")]
    assert one(columns, ["kyoto-tea", "on", "", ""]) == {"amazon.enabled": True}


def test_a_table_without_a_column_for_the_shop_is_none() -> None:
    result = read(["利用設定"], ["on"])

    assert [finding.code for finding in result.findings] == [codes.NOT_A_TABLE]


def test_columns_that_are_not_imported_are_reported() -> None:
    result = read(["店舗キー", "決済表示名", "SelerId", "お届け先", TOKENS[0]], ["kyoto-tea", "=1", "x", "y", "z"])

    assert [(str(f.summary), f.severity.name_lower) for f in result.findings] == [
        (
            ("Column '決済表示名' is not imported: from the old payment screen; manifests have no key for it"),
            "note",
        ),
        ("Column 'SelerId' is not imported: unknown column", "warning"),
        ("Column 'お届け先' is not imported: unknown column", "warning"),
        ("Column (...) is not imported: unknown column", "warning"),
    ]
    assert str(result.findings[1].hint) == "Did you mean SellerId?"
    assert [shop.shop for shop in result.shops] == ["kyoto-tea"]


@given(
    st.lists(st.sampled_from([column.headers[0] for column in TABLE]), unique=True),
    st.lists(
        st.lists(st.text(max_size=8) | st.sampled_from((*YES, *NO, "kyoto-tea", "uji-cups")), max_size=6), max_size=6
    ),
)
def test_no_row_is_dropped(columns: list[str], rows: list[list[str]]) -> None:
    """Each row that is not empty becomes a shop or is reported with its line."""
    result = read(["店舗キー", *columns], *rows)
    lines = {shop.origin.line for shop in result.shops} | {f.origin.line for f in result.findings if f.origin}

    assert {line for line, row in enumerate(rows, start=2) if any(cell.strip() for cell in row)} <= lines


def test_every_column_leads_to_a_field_of_ours_or_says_why_not() -> None:
    for column in TABLE:
        ref = field_ref_at(column.place or "")
        if ref is not None:
            assert ref.spec.policy.owner is Owner.MANAGED
        else:
            assert column.place in {"shop", "group", "labels", None}
            assert column.place or column.note
        assert all(word in {"registered", "absent", "open", "closed"} for _, word in column.words)
    names = [normalise_header(header) for column in TABLE for header in column.headers]
    assert len(set(names)) == len(set(zip(names, (c.place for c in TABLE for _ in c.headers), strict=True)))


def test_words_are_shown_in_one_short_line() -> None:
    assert display_cell("a\nb\x00 c") == "'a b c'"
    assert display_cell("long " * 20) == repr(("long " * 8) + "...")


def test_an_export_says_what_a_storefront_is_in_its_own_words() -> None:
    header = header_of("店舗の状態")
    assert header is not None
    assert header.column.cell_type is CellType.WORD
    with pytest.raises(UnmappableCell, match="Unknown word"):
        read_cell(header, "休業")
