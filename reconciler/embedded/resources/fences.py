"""The newest fence of each issuer that each shop was written under: a writer whose lease another has taken is refused.

A fence is a number that grows with each lease of a shop, and its issuer: the store that keeps the leases. Numbers of two issuers
cannot be compared, so the first fence of another issuer is taken as it comes.
"""

from typing import Self

from sqlalchemy import Connection, insert, select, update

from reconciler.embedded.contract.problems import Problem
from reconciler.embedded.storage.tables import fences, shops
from reconciler.lib.frozen_class import frozen

_C = fences.c


@frozen
class WriteFence:
    issuer: str
    number: int

    @classmethod
    def parse(cls, header: str) -> Self:
        """`ISSUER:NUMBER`, whose form the route has checked."""
        issuer, _, number = header.rpartition(":")
        return cls(issuer=issuer, number=int(number))


def require_current(connection: Connection, shop_key: str, fence: WriteFence) -> None:
    """Refuses a fence that is older than one this shop was written under before, and keeps a newer one."""
    if connection.execute(select(shops.c.shop_key).where(shops.c.shop_key == shop_key)).first() is None:
        return  # the route refuses a shop that does not exist
    mine = (_C.shop_key == shop_key, _C.issuer == fence.issuer)
    known = connection.execute(select(_C.number).where(*mine)).scalar()
    if known == fence.number:
        return
    if known is not None:
        if fence.number < known:
            raise Problem("FENCE_OUTDATED", "another run holds a newer lease of this shop")
        connection.execute(update(fences).where(*mine).values(number=fence.number))
        return
    connection.execute(insert(fences).values(shop_key=shop_key, issuer=fence.issuer, number=fence.number))
