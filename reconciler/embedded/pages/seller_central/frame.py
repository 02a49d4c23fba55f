"""What all pages of the stand-in share: the account that is shown, and the menu.

In: a visit. Out: a page, or None where the shop has no 出品者ID.
"""

from typing import Any, Final, cast

from starlette.responses import Response

from reconciler.embedded.contract.responses import Environment
from reconciler.embedded.pages.visit import Visit
from reconciler.embedded.resources import amazon_settings

ENVIRONMENTS: Final = {"PRODUCTION": "Amazon Pay(本番環境)", "SANDBOX": "Amazon Pay(テスト環境)"}
MENU: Final = {
    "transactions": ("取引管理", ""),
    "endpoints": ("インスタント通知(IPN)", "設定"),
    "integration": ("インテグレーションセントラル", "インテグレーション"),
}


def environment_of(visit: Visit) -> Environment:
    """From the address of a page, or from a form."""
    given = visit.form.text("environment") or visit.request.query_params.get("environment", "")
    return cast("Environment", given if given in ENVIRONMENTS else "PRODUCTION")


def address_at(visit: Visit, place: str, *more: str) -> str:
    path = "/".join((f"/admin/seller-central/{visit.shop_key}/{place}", *more))
    return f"{path}?environment={environment_of(visit)}"


def seller_of(visit: Visit) -> str | None:
    """The seller that the shop names now."""
    with visit.reading() as connection:
        row = amazon_settings.get(connection, visit.shop_key)
    return amazon_settings.to_response(row)["sellerId"]


def seller_page(visit: Visit, place: str, status: int = 200, **values: Any) -> Response:
    shared = {"place": place, "menu_items": MENU, "environment": environment_of(visit), "environments": ENVIRONMENTS}
    seller = seller_of(visit)
    template = f"seller_{place}.jinja" if seller is not None else "seller_none.jinja"
    return visit.page(template, None, status, seller=seller, **shared, **values)
