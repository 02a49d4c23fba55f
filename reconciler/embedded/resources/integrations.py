"""All of a shop, or of a page of shops, in one answer.

In: a snapshot, and which shops. Out: each shop's resources with the versions their own routes would answer.
A page costs three statements however many shops are on it.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, Literal

from sqlalchemy import ColumnElement, Connection, RowMapping, Select, and_, bindparam, func, select

from reconciler.embedded.contract import etags
from reconciler.embedded.contract.responses import Environment, Integration, IpnEndpointResponse
from reconciler.embedded.resources import amazon_pay as payment
from reconciler.embedded.resources import amazon_settings, entitlements, seller_central, system_parts
from reconciler.embedded.resources import storefront as shops
from reconciler.embedded.storage import tables as t
from reconciler.lib.frozen_class import frozen

_OWN_ROWS = (t.amazon_settings, t.amazon_pay, t.system_parts, t.entitlements)
_LIST_VERSION = t.ipn_lists.c.version
_KEY = t.shops.c.shop_key


def _rows() -> Select[*tuple[Any, ...]]:
    settings, lists = t.amazon_settings.c, t.ipn_lists.c
    joined = t.shops.join(t.amazon_settings, settings.shop_key == _KEY)
    for table in _OWN_ROWS[1:]:
        joined = joined.join(table, table.c.shop_key == _KEY)
    mine = and_(lists.seller_id == settings.seller_id, lists.environment == bindparam("environment"))
    joined = joined.outerjoin(t.ipn_lists, mine)
    return select(t.shops, *_OWN_ROWS, _LIST_VERSION).select_from(joined).order_by(_KEY).limit(bindparam("limit"))


def _endpoints(shops: Callable[[ColumnElement[str]], ColumnElement[bool]]) -> Select[*tuple[Any, ...]]:
    settings, e = t.amazon_settings.c, t.ipn_endpoints.c
    sellers = select(settings.seller_id).where(shops(settings.shop_key), settings.seller_id.is_not(None))
    found = select(e.seller_id, e.url, e.created_at).where(e.seller_id.in_(sellers))
    return found.where(e.environment == bindparam("environment")).order_by(e.endpoint_id)


def _in_span(column: ColumnElement[str]) -> ColumnElement[bool]:
    return column.between(bindparam("first"), bindparam("last"))


def _named(column: ColumnElement[str]) -> ColumnElement[bool]:
    return column.in_(bindparam("keys", expanding=True))


# Built once: building these costs more than running them. An empty `after` or `since` is before every key and time.
_ONE = _rows().where(bindparam("key") == _KEY)
_PAGE = _rows().where(bindparam("after") < _KEY, bindparam("since") <= t.shops.c.updated_at)
_NAMED_PAGE = _PAGE.where(_named(_KEY))
_TEXTS, _NAMED_TEXTS = (select(t.part_texts).where(shops(t.part_texts.c.shop_key)) for shops in (_in_span, _named))
_ENDPOINTS, _NAMED_ENDPOINTS = _endpoints(_in_span), _endpoints(_named)

ShopState = Literal["open", "closed", "used", "error"]
_STATES: Final[Mapping[ShopState, ColumnElement[bool]]] = {
    "open": t.shops.c.storefront_status == "OPEN",
    "closed": t.shops.c.storefront_status == "CLOSED",
    "used": t.amazon_settings.c.use_amazon.is_(True),
    "error": t.amazon_settings.c.api_status == "ERROR",
}
Endpoints = Mapping[str, list[IpnEndpointResponse]]
"""By seller id."""


@frozen
class IntegrationPage:
    items: tuple[Integration, ...]
    more: bool


def one(connection: Connection, shop_key: str, environment: Environment) -> Integration:
    shops.get(connection, shop_key)
    return _assemble(connection, _ONE, {"key": shop_key, "limit": 1}, environment)[0]


def integrations_page(
    connection: Connection,
    *,
    limit: int,
    after: str | None,
    updated_since: str | None,
    environment: Environment,
    shop_keys: Sequence[str] | None = None,
) -> IntegrationPage:
    """`limit` shops in the order of their keys, from the first key greater than `after`; of `shop_keys` only, if given."""
    values: dict[str, Any] = {"after": after or "", "since": updated_since or "", "limit": limit + 1}
    if shop_keys is None:
        found = _assemble(connection, _PAGE, values, environment)
    else:
        found = _assemble(connection, _NAMED_PAGE, {**values, "keys": shop_keys}, environment)
    return IntegrationPage(items=tuple(found[:limit]), more=len(found) > limit)


def search(connection: Connection, text: str, state: ShopState | None, *, after: str, limit: int) -> IntegrationPage:
    """For the screens: shops whose keys hold `text`, in any case of letters."""
    wanted = [after < _KEY, func.lower(_KEY).contains(text.lower(), autoescape=True)]
    if state is not None:
        wanted.append(_STATES[state])
    found = _assemble(connection, _rows().where(*wanted), {"limit": limit + 1}, "PRODUCTION")
    return IntegrationPage(items=tuple(found[:limit]), more=len(found) > limit)


def version(integration: Integration) -> str:
    """One version for the whole of a shop."""
    return etags.digest_of(*_versions(integration))


def page_version(found: IntegrationPage, environment: Environment) -> str:
    return etags.digest_of(environment, found.more, [_versions(item) for item in found.items])


def _versions(integration: Integration) -> list[str]:
    return [
        integration["shopKey"],
        integration["updatedAt"],
        integration["amazonSettings"]["version"],
        integration["amazonPay"]["version"],
        integration["storefront"]["version"],
        integration["systemParts"]["version"],
        integration["entitlements"]["version"],
        integration["ipnEndpoints"]["version"],
    ]


def _assemble(
    connection: Connection, statement: Select[*tuple[Any, ...]], values: Mapping[str, Any], environment: Environment
) -> list[Integration]:
    rows = connection.execute(statement, {**values, "environment": environment}).mappings().all()
    if not rows:
        return []
    if "keys" in values:
        which: dict[str, Any] = {"keys": [row[_KEY] for row in rows]}
        text_query, endpoint_query = _NAMED_TEXTS, _NAMED_ENDPOINTS
    else:
        which = {"first": rows[0][_KEY], "last": rows[-1][_KEY]}
        text_query, endpoint_query = _TEXTS, _ENDPOINTS
    texts = system_parts.by_shop(connection, text_query, which)
    endpoints: dict[str, list[IpnEndpointResponse]] = {}
    for seller_id, url, at in connection.execute(endpoint_query, {**which, "environment": environment}):
        endpoints.setdefault(seller_id, []).append({"url": url, "createdAt": at})
    return [_integration(row, texts.get(row[_KEY], {}), endpoints, environment) for row in rows]


def _integration(
    row: RowMapping, texts: system_parts.Texts, endpoints: Endpoints, environment: Environment
) -> Integration:
    seller_id = row[t.amazon_settings.c.seller_id]
    listed = seller_central.to_response(seller_id, environment, endpoints.get(seller_id, []))
    return {
        "shopKey": row[_KEY],
        "updatedAt": row[t.shops.c.updated_at],
        "amazonSettings": {"version": amazon_settings.version(row), "value": amazon_settings.to_response(row)},
        "amazonPay": {"version": payment.version(row), "value": payment.to_response(row)},
        "storefront": {"version": shops.version(row), "value": shops.to_response(row)},
        "systemParts": {"version": system_parts.version(row), "value": system_parts.to_response(row, texts)},
        "entitlements": {"version": entitlements.version(row), "value": entitlements.to_response(row)},
        "ipnEndpoints": {
            "version": seller_central.version(seller_id, environment, row[_LIST_VERSION]),
            "value": listed,
        },
    }
