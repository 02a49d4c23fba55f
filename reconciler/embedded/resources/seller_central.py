"""Seller Central's list of IPN endpoints, per seller and environment.

The list belongs to Amazon, not to a shop: several shops may share a seller. A list that never held anything has no row
and version 0; its entity tag names the seller and the environment too, so that a shop which changes its seller id
never sees the old tag on another list.
"""

from sqlalchemy import Connection, Select, delete, func, insert, select, update

from reconciler.embedded.contract import etags
from reconciler.embedded.contract.problems import Problem
from reconciler.embedded.contract.responses import Environment, IpnEndpointResponse, IpnEndpointsResponse
from reconciler.embedded.storage import rows
from reconciler.embedded.storage.audited_write import AuditedTransaction
from reconciler.embedded.storage.tables import amazon_settings, ipn_endpoints, ipn_lists

NO_SELLER_VERSION = "none"

_E = ipn_endpoints.c
_L = ipn_lists.c


def get(connection: Connection, seller_id: str, environment: Environment) -> tuple[IpnEndpointsResponse, str]:
    """The list, and its version."""
    mine = (_E.seller_id == seller_id, _E.environment == environment)
    found = select(_E.url, _E.created_at).where(*mine).order_by(_E.endpoint_id)
    endpoints: list[IpnEndpointResponse] = [{"url": url, "createdAt": at} for url, at in connection.execute(found)]
    return to_response(seller_id, environment, endpoints), version(
        seller_id, environment, _counter(connection, seller_id, environment)
    )


def to_response(
    seller_id: str | None, environment: Environment, endpoints: list[IpnEndpointResponse]
) -> IpnEndpointsResponse:
    return {"sellerId": seller_id, "environment": environment, "endpoints": endpoints}


def version(seller_id: str | None, environment: Environment, counter: int | None) -> str:
    if seller_id is None:
        return NO_SELLER_VERSION
    return etags.digest_of(seller_id, environment, counter or 0)[:16]


def register(
    edit: AuditedTransaction, seller_id: str, environment: Environment, url: str, *, if_match: str | None = None
) -> bool:
    """Add an endpoint; answers whether it is new."""
    present, tag = get(edit.connection, seller_id, environment)
    etags.require_match(if_match, tag)
    if any(endpoint["url"] == url for endpoint in present["endpoints"]):
        return False
    _grow(edit.connection, seller_id, environment)
    edit.connection.execute(
        insert(ipn_endpoints).values(seller_id=seller_id, environment=environment, url=url, created_at=edit.at)
    )
    _record(edit, seller_id, environment, (None, url))
    return True


def remove(
    edit: AuditedTransaction, seller_id: str, environment: Environment, url: str, *, if_match: str | None = None
) -> None:
    present, tag = get(edit.connection, seller_id, environment)
    etags.require_match(if_match, tag)
    if all(endpoint["url"] != url for endpoint in present["endpoints"]):
        raise Problem("NOT_FOUND", "the URL is not registered for this seller and environment")
    _grow(edit.connection, seller_id, environment)
    edit.connection.execute(
        delete(ipn_endpoints).where(_E.seller_id == seller_id, _E.environment == environment, _E.url == url)
    )
    _record(edit, seller_id, environment, (url, None))


def shops_of(seller_id: str) -> Select[str]:
    """Select the keys of the shops that name this seller now."""
    return select(amazon_settings.c.shop_key).where(amazon_settings.c.seller_id == seller_id)


def belongs_elsewhere(connection: Connection, seller_id: str, shop_key: str) -> bool:
    """Is this the seller of other shops, and not of this one?"""
    c = amazon_settings.c
    others = select(func.count()).where(c.seller_id == seller_id, c.shop_key != shop_key).scalar_subquery()
    own = select(func.count()).where(c.seller_id == seller_id, c.shop_key == shop_key).scalar_subquery()
    row = connection.execute(select(others, own)).one()
    return bool(row[0] and not row[1])


def _counter(connection: Connection, seller_id: str, environment: Environment) -> int | None:
    found = select(_L.version).where(_L.seller_id == seller_id, _L.environment == environment)
    row = rows.first(connection, found, {})
    return None if row is None else row[_L.version]


def _grow(connection: Connection, seller_id: str, environment: Environment) -> None:
    mine = (_L.seller_id == seller_id, _L.environment == environment)
    grown = connection.execute(update(ipn_lists).where(*mine).values(version=_L.version + 1))
    if grown.rowcount == 0:
        connection.execute(insert(ipn_lists).values(seller_id=seller_id, environment=environment, version=1))


def _record(
    edit: AuditedTransaction, seller_id: str, environment: Environment, values: tuple[str | None, str | None]
) -> None:
    for shop_key in edit.connection.execute(shops_of(seller_id)).scalars().all():
        edit.record(shop_key, "ipnEndpoints", environment, values)
