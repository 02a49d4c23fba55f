"""送信メール: the mails of a shop, as its mailbox received them."""

from __future__ import annotations

from fastapi import FastAPI

from reconciler.embedded.resources.received_mails import ReceivedMail, store_mail
from tests.embedded.harness import KOBE, OSAKA

MAILS = "/admin/seller-central/{}/mails"
FAILED = ReceivedMail(
    sender_name="FutureShop2 Amazonセラーセントラル通知",
    sender="noreply@system.future-shop.net",
    recipient="pay@osaka-books.example",
    subject="Amazonペイメント処理失敗通知",
    body="<script>本文</script>",
)


def test_mails_are_shown_as_text(app: FastAPI, sign_in) -> None:
    hanako = sign_in(OSAKA)
    page = hanako.opens(MAILS.format(OSAKA))
    assert page.headings[0] == (1, "送信メール")
    assert "この店舗に届いたメールはありません。" in page.text
    assert "「reconciler serve backend --mail-port」で開始してください。" in page.text
    with app.state.services.database.writing() as connection:
        store_mail(connection, FAILED, "2026-04-01T09:00:00")
    page = hanako.opens(MAILS.format(OSAKA))
    assert "<script>本文" not in page.html
    assert "<script>本文</script>" in page.text
    assert {FAILED.subject, FAILED.sender_name, FAILED.sender, FAILED.recipient, "2026/04/01 09:00"} <= set(page.lines)


def test_a_shop_without_a_seller_has_no_mails_there(sign_in) -> None:
    assert "この店舗には出品者IDが設定されていません。" in sign_in(KOBE).opens(MAILS.format(KOBE)).text
