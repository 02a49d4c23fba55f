"""The texts of Amazon Pay設定, which only its screen has: 決済表示名, 説明コメント and the text for the order mail.

The contract does not offer them. A shop without texts of its own has the defaults, at version 0.
"""

from dataclasses import asdict

from sqlalchemy import Connection, delete, insert, select

from reconciler.embedded.contract import etags
from reconciler.embedded.storage.audited_write import AuditedTransaction
from reconciler.embedded.storage.page_tables import payment_texts
from reconciler.lib.frozen_class import frozen

_C = payment_texts.c


@frozen
class PaymentTexts:
    display_name: str = "Amazon Pay"
    comment_pc: str = ""
    comment_pc_html: bool = False
    comment_mobile: str = ""
    comment_mobile_html: bool = False
    mail_text: str = ""


def read_payment_texts(connection: Connection, shop_key: str) -> tuple[PaymentTexts, str]:
    """The texts, and their version."""
    row = connection.execute(select(payment_texts).where(_C.shop_key == shop_key)).mappings().first()
    if row is None:
        return PaymentTexts(), "0"
    found = {name: row[_C[name]] for name in asdict(PaymentTexts())}
    return PaymentTexts(**found), str(row[_C.version])


def write_payment_texts(
    edit: AuditedTransaction, shop_key: str, texts: PaymentTexts, *, if_match: str | None = None
) -> None:
    before, version = read_payment_texts(edit.connection, shop_key)
    etags.require_match(if_match, version)
    if texts == before:
        return
    edit.connection.execute(delete(payment_texts).where(_C.shop_key == shop_key))
    edit.connection.execute(insert(payment_texts).values(shop_key=shop_key, **asdict(texts), version=int(version) + 1))
    for name, value in asdict(texts).items():
        if value != getattr(before, name):
            edit.record(shop_key, "paymentTexts", name, (getattr(before, name), value))
