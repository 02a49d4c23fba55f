"""What all pages of the stand-in share: the account that is shown, and the menu.

In: a visit. Out: a page, or None where the shop has no 出品者ID.
"""

from typing import Any, Final, cast

from starlette.responses import Response

from reconciler.embedded.contract.problems import Problem
from reconciler.embedded.contract.responses import Environment
from reconciler.embedded.pages.language import N_
from reconciler.embedded.pages.visit import Visit
from reconciler.embedded.resources import amazon_settings

ENVIRONMENTS: Final = {"PRODUCTION": N_("Amazon Pay(本番環境)"), "SANDBOX": N_("Amazon Pay(テスト環境)")}
MENU: Final = {
    "transactions": (N_("取引管理"), ""),
    "endpoints": (N_("インスタント通知(IPN)"), N_("設定")),
    "mails": (N_("送信メール"), N_("設定")),
    "integration": (N_("インテグレーションセントラル"), N_("インテグレーション")),
}


def environment_of(visit: Visit) -> Environment:
    """From the address of a page, or from a form."""
    given = visit.form.text("environment") or visit.request.query_params.get("environment", "")
    return cast("Environment", given if given in ENVIRONMENTS else "PRODUCTION")


def page_path(visit: Visit, place: str, *more: str) -> str:
    return "/".join((f"/admin/seller-central/{visit.shop_key}/{place}", *more))


def address_at(visit: Visit, place: str, *more: str) -> str:
    return f"{page_path(visit, place, *more)}?environment={environment_of(visit)}"


def seller_of(visit: Visit) -> str | None:
    """The seller that the shop names now."""
    with visit.reading() as connection:
        row = amazon_settings.get(connection, visit.shop_key)
    return amazon_settings.to_response(row)["sellerId"]


def required_seller(visit: Visit) -> str:
    """Raises Problem where the shop names none."""
    seller = seller_of(visit)
    if seller is None:
        raise Problem("NOT_FOUND", "the shop has no seller id")
    return seller


def seller_page(visit: Visit, place: str, status: int = 200, **values: Any) -> Response:
    shared = {"place": place, "menu_items": MENU, "environment": environment_of(visit), "environments": ENVIRONMENTS}
    seller = seller_of(visit)
    template = f"seller/{place}.jinja" if seller is not None else "seller/none.jinja"
    return visit.page(template, None, status, seller=seller, **shared, **values)
