"""システム>各種申し込み>オプション追加お申し込み: what a shop has applied for. Merchants see it, an operator sets it."""

from collections.abc import Mapping
from typing import Any, Final

from fastapi import APIRouter
from starlette.responses import Response

from reconciler.embedded.contract.problems import Problem
from reconciler.embedded.pages.menu import APPLICATIONS, address_of
from reconciler.embedded.pages.visit import ShopPost, ShopVisit
from reconciler.embedded.resources import entitlements

router = APIRouter(prefix=f"/shops/{{shop_key}}/{APPLICATIONS.place}")

LABELS: Final = {
    "pay_option": "他社ID決済オプション Amazon Pay",
    "amazon_contract": "アマゾンジャパン合同会社とのご契約",
    "commerce_creator": "コマースクリエイター",
    "subscription_applications": "定期・頒布会販売",
}
STATES: Final = {"yes": "申込済", "no": "未申込"}
TWO_EDITORS: Final = "ほかの担当者が先に変更しました。最新の内容を確認し、もう一度入力してください。"
CREATOR: Final = {"DISABLED": "無効", "ENABLED": "有効", "RUNNING": "運用中(切替後)"}


@router.get("")
async def show_applications(visit: ShopVisit) -> Response:
    with visit.reading() as connection:
        row = entitlements.get(connection, visit.shop_key)
    found = entitlements.to_response(row)
    values = {
        "pay_option": "yes" if found["payOption"] else "no",
        "amazon_contract": "yes" if found["amazonContract"] else "no",
        "commerce_creator": found["commerceCreator"],
        "subscription_applications": "yes" if found["subscriptionApplications"] else "no",
    }
    return visit.page(
        "applications.jinja",
        APPLICATIONS,
        values=values,
        version=entitlements.version(row),
        labels=LABELS,
        states=STATES,
        creator=CREATOR,
    )


@router.post("")
async def save_applications(visit: ShopPost) -> Response:
    if not visit.user.operator:
        raise Problem("SHOP_NOT_FOUND", "only an operator sets applications")
    address = address_of(visit.shop_key, APPLICATIONS)
    with visit.editing() as edit:
        row = entitlements.get(edit.connection, visit.shop_key)
        current = visit.form.text("version") == entitlements.version(row)
        if current:
            entitlements.change(edit, visit.shop_key, _columns(visit.form.values))
    return visit.redirect(address, "保存しました。" if current else TWO_EDITORS)


def _columns(values: Mapping[str, str]) -> dict[str, Any]:
    found: dict[str, Any] = {
        name: values.get(name) == "yes" for name in LABELS if name != "commerce_creator" and values.get(name) in STATES
    }
    if values.get("commerce_creator") in CREATOR:
        found["commerce_creator"] = values["commerce_creator"]
    return found
