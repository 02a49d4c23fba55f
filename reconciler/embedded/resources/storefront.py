"""A shop itself: does it exist, and is its storefront open?

要閉店 is judged elsewhere from `storefront_status`; here a storefront is only opened and closed.
Where a shop is opened and closed on the real platform is not known [?]: here it is a resource of its own, and nothing
but `PUT storefront` or a merchant's act changes it.
"""

from sqlalchemy import Connection, RowMapping, update

from reconciler.embedded.contract import etags
from reconciler.embedded.contract.marks import N_
from reconciler.embedded.contract.responses import StorefrontResponse, StorefrontStatus
from reconciler.embedded.storage.audited_write import AuditedTransaction
from reconciler.embedded.storage.rows import row_of
from reconciler.embedded.storage.tables import shops


def to_response(row: RowMapping) -> StorefrontResponse:
    return {"shopKey": row[shops.c.shop_key], "status": row[shops.c.storefront_status]}


def version(row: RowMapping) -> str:
    return str(row[shops.c.storefront_version])


def get(connection: Connection, shop_key: str) -> RowMapping:
    return row_of(connection, shops, shop_key)


def put(edit: AuditedTransaction, shop_key: str, status: StorefrontStatus, *, if_match: str | None = None) -> None:
    """Open or close the storefront. Each accepted PUT gives a new version, also one of an equal status: a write whose answer
    was lost and that arrives late is refused after it.
    """
    row = get(edit.connection, shop_key)
    etags.require_match(if_match, version(row))
    before = row[shops.c.storefront_status]
    found = shops.c.shop_key == shop_key
    values = {"storefront_status": status, "storefront_version": shops.c.storefront_version + 1}
    edit.connection.execute(update(shops).where(found).values(values))
    if before != status:
        edit.record(shop_key, "storefront", "status", (before, status))


DEFAULT_CLOSED_MESSAGE = N_("現在、閉店しております。")


def closed_message(row: RowMapping) -> str:
    """What shoppers read while the shop is closed. Only the screens have it."""
    own = row[shops.c.closed_message]
    return DEFAULT_CLOSED_MESSAGE if own is None else str(own)


def set_closed_message(edit: AuditedTransaction, shop_key: str, message: str) -> None:
    """Does not change the version of the storefront, which is that of its status."""
    before = closed_message(get(edit.connection, shop_key))
    if before != message:
        edit.connection.execute(update(shops).where(shops.c.shop_key == shop_key).values(closed_message=message))
        edit.record(shop_key, "storefront", "closedMessage", (before, message))
