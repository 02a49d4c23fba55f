"""許可されたJavaScriptオリジン: from which sites a seller lets its Amazon buttons be used.

The list belongs to Amazon, as that of IPN endpoints does: a change is in the trail of each shop that names the seller.
"""

import re
from typing import Final

from sqlalchemy import Connection, delete, insert, select

from reconciler.embedded.contract.problems import Problem
from reconciler.embedded.resources.seller_central import shops_of
from reconciler.embedded.storage.audited_write import AuditedTransaction
from reconciler.embedded.storage.shop_tables import javascript_origins

_O = javascript_origins.c
_HOST: Final = r"[a-z0-9](?:[a-z0-9.-]{0,180}[a-z0-9])?"
_PORT: Final = r"(?::[1-9][0-9]{0,4})?"
_FORM: Final = re.compile(rf"https://{_HOST}{_PORT}|http://(?:localhost|127\.0\.0\.1){_PORT}")


def is_origin(text: str) -> bool:
    """A site without a path; not encrypted only on this machine."""
    return _FORM.fullmatch(text) is not None


def origins_of(connection: Connection, seller_id: str) -> list[str]:
    found = select(_O.origin).where(_O.seller_id == seller_id).order_by(_O.origin)
    return list(connection.execute(found).scalars())


def add_origin(edit: AuditedTransaction, seller_id: str, origin: str) -> bool:
    """Answers whether it is new."""
    if origin in origins_of(edit.connection, seller_id):
        return False
    edit.connection.execute(insert(javascript_origins).values(seller_id=seller_id, origin=origin))
    _record(edit, seller_id, (None, origin))
    return True


def remove_origin(edit: AuditedTransaction, seller_id: str, origin: str) -> None:
    gone = edit.connection.execute(delete(javascript_origins).where(_O.seller_id == seller_id, _O.origin == origin))
    if gone.rowcount == 0:
        raise Problem("NOT_FOUND", "the seller has no such origin")
    _record(edit, seller_id, (origin, None))


def _record(edit: AuditedTransaction, seller_id: str, values: tuple[str | None, str | None]) -> None:
    for shop_key in edit.connection.execute(shops_of(seller_id)).scalars().all():
        edit.record(shop_key, "javascriptOrigins", "origins", values)
