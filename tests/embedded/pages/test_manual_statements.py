"""Statements of the platform's manual that no other test shows, and the table of docs/manual-statements.md.

The manual itself is not part of the project: `LINES` are the numbers of its lines that say something.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.embedded.harness import CLIENT, EMAIL, KYOTO, OSAKA, SELLER, TOKEN

ROOT = Path(__file__).parents[3]
TABLE = (ROOT / "docs" / "manual-statements.md").read_text(encoding="utf-8")
LINES = {
    1, 3, 5, 7, 8, 10, 12, 14, 16, 18, 21, 23, 25, 28, 30, 32, 33, 35, 37, 38, 40, 42, 44, 46, 48, 49, 51, 52, 53, 54, 55,
    57, 59, 61, 62, 64, 66, 68, 70, 71, 73, 75, 77, 79, 81, 83, 85, 87, 90, 93, 95, 97, 98, 100, 102, 103, 105, 107, 109,
    111, 113, 115, 117, 119, 122, 124, 126, 128, 129, 130, 131, 132, 133, 134, 136, 139, 141, 142, 144,
}  # fmt: skip
ROWS = re.findall(r"^\| ([\d, ]+) \| .+ \| `([^`]+)` \|$", TABLE, flags=re.MULTILINE)
TESTS = sorted({test for _, test in ROWS})


def test_every_line_of_the_manual_is_in_the_table_once() -> None:
    numbers = [int(number) for lines, _ in ROWS for number in lines.split(",")]
    assert sorted(numbers) == sorted(LINES)


@pytest.mark.parametrize("test", TESTS)
def test_every_test_of_the_table_exists(test: str) -> None:
    file, _, name = test.partition("::")
    assert re.search(rf"^(?:async )?def {name}\(", (ROOT / file).read_text(encoding="utf-8"), flags=re.MULTILINE)


def test_the_mail_address_is_required(sign_in) -> None:
    hanako = sign_in(KYOTO)
    assert "通知メールアドレス\n必須" in hanako.page.text
    page = hanako.sends("/amazon-settings", use_amazon="1", seller_id=SELLER, client_id=CLIENT, mws_auth_token=TOKEN)
    assert any(alert.endswith("通知メールアドレスを入力してください。") for alert in page.alerts)
    values = {"seller_id": SELLER, "client_id": CLIENT, "mws_auth_token": TOKEN, "notification_email": EMAIL}
    assert hanako.sends("/amazon-settings", use_amazon="1", **values).status == 200


def test_the_mail_is_shown_as_the_manual_describes_it(sign_in) -> None:
    page = sign_in(KYOTO).page
    first = page.lines.index("送信されるメールについて")
    assert page.lines[first + 1 : first + 8] == [
        "以下のようなメールが送信されます。システムからの自動送信メールのため、返信はできません。",
        "件名",
        "Amazonペイメント処理失敗通知",
        "差出人",
        "FutureShop2 Amazonセラーセントラル通知",
        "メールアドレス",
        "noreply＠system.future-shop.net(※アットマークは全角で表示しています。コピーの際はご注意ください。)",
    ]


@pytest.mark.parametrize(("screen", "name"), [
    ("cart", "ショッピングカート"),
    ("order", "Amazon Pay専用「ご注文手続き」画面"),
    ("subscription", "Amazon Pay専用「お申込み手続き」画面"),
    ("purchase-login", "ご購入手続き(ご購入途中のログイン画面)"),
    ("after-login", "Amazonログイン後の会員ログイン画面"),
    ("member-login", "マイページなどへの会員ログイン画面"),
])  # fmt: skip
def test_each_screen_of_the_shop_opens_in_the_preview(sign_in, screen: str, name: str) -> None:
    hanako = sign_in(OSAKA)
    assert name in hanako.page.lines
    form = hanako.page.form("/preview")
    page = hanako.posts(form.action, [*form.fields, ("screen", screen)])
    assert (page.status, page.address) == (200, f"/shop/{OSAKA}/{screen}")
    assert "プレビュー表示中です。注文は登録されません。" in page.text
