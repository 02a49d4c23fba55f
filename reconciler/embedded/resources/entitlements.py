"""What a shop has applied for and contracted: read-only over the contract, changed only by other people (`World`).

The three questions below are the whole of eligibility as the platform judges it.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, RowMapping

from reconciler.embedded.contract.responses import EntitlementsResponse
from reconciler.embedded.storage.audited_write import AuditedTransaction, Resource
from reconciler.embedded.storage.rows import row_of
from reconciler.embedded.storage.tables import entitlements

_C = entitlements.c

RESOURCE = Resource(
    name="entitlements",
    table=entitlements,
    fields={
        "pay_option": "payOption",
        "amazon_contract": "amazonContract",
        "commerce_creator": "commerceCreator",
        "subscription_applications": "subscriptionApplications",
    },
)


def get(connection: Connection, shop_key: str) -> RowMapping:
    return row_of(connection, entitlements, shop_key)


def version(row: RowMapping) -> str:
    return str(row[_C.version])


def to_response(row: RowMapping) -> EntitlementsResponse:
    return {
        "shopKey": row[_C.shop_key],
        "payOption": row[_C.pay_option],
        "amazonContract": row[_C.amazon_contract],
        "commerceCreator": row[_C.commerce_creator],
        "subscriptionApplications": row[_C.subscription_applications],
    }


def change(edit: AuditedTransaction, shop_key: str, values: Mapping[str, Any]) -> None:
    """Set columns of the row. Nothing else follows: a lost entitlement turns nothing off [?]."""
    edit.write(RESOURCE, get(edit.connection, shop_key), values)


def may_use_amazon(row: RowMapping) -> bool:
    return bool(row[_C.pay_option] and row[_C.amazon_contract])


def may_pre_order(row: RowMapping) -> bool:
    return row[_C.commerce_creator] in ("ENABLED", "RUNNING")


def may_subscribe(row: RowMapping) -> bool:
    return bool(row[_C.commerce_creator] == "RUNNING" and row[_C.subscription_applications])
