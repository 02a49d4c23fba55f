"""Amazon Pay設定: the payment row.

`use` and `regular` (通常販売) follow 利用設定 and are written by `follow` alone. 予約販売 and 定期・頒布会販売 are set here and
never follow; they keep their values while Amazon is off and on again [?], and a change here never reaches back to
Amazon設定 [?]. 自動連携 never follows either; it needs no application, and a shop starts with it on [?].
"""

from sqlalchemy import Connection, RowMapping

from reconciler.embedded.contract import etags
from reconciler.embedded.contract.problems import Problem, field_problem
from reconciler.embedded.contract.requests import AmazonPayPatch
from reconciler.embedded.contract.responses import AmazonPayResponse
from reconciler.embedded.resources import entitlements
from reconciler.embedded.storage.audited_write import AuditedTransaction, Resource
from reconciler.embedded.storage.rows import row_of
from reconciler.embedded.storage.tables import amazon_pay

_C = amazon_pay.c
_COLUMNS = {"preOrder": "pre_order", "subscription": "subscription", "autoLink": "auto_link"}

RESOURCE = Resource(
    name="amazonPay",
    table=amazon_pay,
    fields={
        "in_use": "use",
        "regular": "regular",
        "pre_order": "preOrder",
        "subscription": "subscription",
        "auto_link": "autoLink",
    },
)


def get(connection: Connection, shop_key: str) -> RowMapping:
    return row_of(connection, amazon_pay, shop_key)


def version(row: RowMapping) -> str:
    return str(row[_C.version])


def to_response(row: RowMapping) -> AmazonPayResponse:
    return {
        "shopKey": row[_C.shop_key],
        "use": row[_C.in_use],
        "regular": row[_C.regular],
        "preOrder": row[_C.pre_order],
        "subscription": row[_C.subscription],
        "autoLink": row[_C.auto_link],
    }


def patch(edit: AuditedTransaction, shop_key: str, body: AmazonPayPatch, *, if_match: str | None = None) -> None:
    row = get(edit.connection, shop_key)
    etags.require_match(if_match, version(row))
    refused = _refused(entitlements.get(edit.connection, shop_key), body)
    if refused is not None:
        raise refused
    edit.write(RESOURCE, row, {_COLUMNS[key]: value for key, value in body.items()})


def apply_switch(edit: AuditedTransaction, shop_key: str, on: bool, cause: str) -> None:
    """利用設定 became, or was confirmed as, `on`: the row's use and 通常販売 take its value."""
    edit.write(
        RESOURCE, get(edit.connection, shop_key), {"in_use": on, "regular": on}, {"in_use": cause, "regular": cause}
    )


def _refused(entitled: RowMapping, body: AmazonPayPatch) -> Problem | None:
    if body.get("preOrder") and not entitlements.may_pre_order(entitled):
        return field_problem("NOT_ENTITLED", "preOrder", "予約販売 requires コマースクリエイター")
    if body.get("subscription") and not entitlements.may_subscribe(entitled):
        return field_problem(
            "NOT_ENTITLED",
            "subscription",
            "定期・頒布会販売 requires コマースクリエイター (運用中) and its applications",
        )
    return None
