"""Applications that are under review: a state that only the screens have, beside the entitlements of the contract [?].

An application under review entitles to nothing yet. In: the names of the entitlements' columns. Out: those under review.
"""

from collections.abc import Set as AbstractSet

from sqlalchemy import Connection, delete, insert, select

from reconciler.embedded.storage.audited_write import AuditedTransaction
from reconciler.embedded.storage.page_tables import reviewed_applications

_C = reviewed_applications.c


def under_review(connection: Connection, shop_key: str) -> frozenset[str]:
    return frozenset(connection.execute(select(_C.application).where(_C.shop_key == shop_key)).scalars())


def write_reviews(edit: AuditedTransaction, shop_key: str, names: AbstractSet[str]) -> None:
    before = under_review(edit.connection, shop_key)
    for name in sorted(before ^ names):
        mine = (_C.shop_key == shop_key) & (_C.application == name)
        if name in before:
            edit.connection.execute(delete(reviewed_applications).where(mine))
        else:
            edit.connection.execute(insert(reviewed_applications).values(shop_key=shop_key, application=name))
        edit.record(shop_key, "applications", name, (name in before, name in names))
