"""What the trail of changes calls a field and a value."""

import pytest

from reconciler.embedded.pages.admin.words import field_word, value_word


def change(resource: str, field: str) -> dict:
    return {"resource": resource, "field": field, "actor": "花子", "actorType": "MERCHANT", "cause": None}


@pytest.mark.parametrize(
    ("resource", "field", "word"),
    [
        ("storefront", "status", "開店・閉店>店舗の状態"),
        ("systemParts", "parts.unknown.label", "メッセージ>unknownのラベル"),
        ("pageParts", "parts.unknown.message", "メッセージ>unknownのメッセージ"),
        ("orders", "1001.paymentStatus", "受注管理>1001の入金状況"),
        ("orders", "1001.receiptDate", "受注管理>1001の入金日"),
        ("charges", "S03-1.state", "Amazon Payの取引>S03-1"),
    ],
)
def test_each_field_has_the_name_of_its_screen(resource: str, field: str, word: str) -> None:
    assert field_word(change(resource, field)) == word


@pytest.mark.parametrize(
    ("resource", "field", "value", "word"),
    [
        ("storefront", "status", "OPEN", "開店"),
        ("orders", "1001.paymentStatus", "RECEIVED", "入金済"),
        ("systemParts", "output", False, "未出力"),
        ("amazonSettings", "notificationEmail", "", "–"),
        ("amazonSettings", "notificationEmail", None, "–"),
        ("amazonPay", "autoLink", True, "利用する"),
        ("charges", "S03-1.state", "Authorized", "成功"),
    ],
)
def test_each_value_has_the_word_of_its_screen(resource: str, field: str, value: object, word: str) -> None:
    assert value_word(change(resource, field), value) == word
