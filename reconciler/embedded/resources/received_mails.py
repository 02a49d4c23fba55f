"""Mails that the practice mailbox received, and the shop of each.

In: a mail as text. Out: rows, the newest first; only so many are kept. A mail belongs to the shop that it names in a line
`店舗キー: ...`, as the mails about failed payments do, else to the shops whose 通知メールアドレス is its recipient.
"""

import re
from typing import Final

from sqlalchemy import Connection, RowMapping, and_, delete, func, insert, or_, select

from reconciler.embedded.storage.shop_tables import received_mails
from reconciler.embedded.storage.tables import amazon_settings, shops
from reconciler.lib.frozen_class import frozen

KEPT: Final = 500
SHOWN: Final = 100
_SHOP: Final = re.compile(r"^店舗キー: *(\S{1,64}) *$", re.MULTILINE)
_ORDER: Final = re.compile(r"^受注番号: *([0-9]{1,12}) *$", re.MULTILINE)
_M = received_mails.c


@frozen
class ReceivedMail:
    """Of one recipient. Everything is text that a person may see, its length limited."""

    sender_name: str
    sender: str
    recipient: str
    subject: str
    body: str


def store_mail(connection: Connection, mail: ReceivedMail, at: str) -> None:
    named, order = _SHOP.search(mail.body), _ORDER.search(mail.body)
    values = {
        "received_at": at,
        "shop_key": _known(connection, None if named is None else named[1]),
        "order_no": None if order is None else order[1],
        "sender_name": mail.sender_name,
        "sender": mail.sender,
        "recipient": mail.recipient,
        "subject": mail.subject,
        "body": mail.body,
    }
    connection.execute(insert(received_mails).values(**values))
    newest = select(_M.mail_id).order_by(_M.mail_id.desc()).offset(KEPT - 1).limit(1).scalar_subquery()
    connection.execute(delete(received_mails).where(_M.mail_id < newest))


def mails_of(connection: Connection, shop_key: str) -> list[RowMapping]:
    """The newest first."""
    address = select(amazon_settings.c.notification_email).where(amazon_settings.c.shop_key == shop_key)
    by_address = func.lower(_M.recipient) == func.lower(address.scalar_subquery())
    mine = or_(_M.shop_key == shop_key, and_(_M.shop_key.is_(None), by_address))
    found = select(received_mails).where(mine).order_by(_M.mail_id.desc()).limit(SHOWN)
    return list(connection.execute(found).mappings())


def _known(connection: Connection, shop_key: str | None) -> str | None:
    found: str | None = connection.execute(select(shops.c.shop_key).where(shops.c.shop_key == shop_key)).scalar()
    return found
