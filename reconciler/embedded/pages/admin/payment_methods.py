"""設定>決済>決済一覧: how a buyer can pay. The row of Amazon Pay follows Amazon設定, so it is text and no control."""

from fastapi import APIRouter
from starlette.responses import Response

from reconciler.embedded.pages.menu import PAYMENT_METHODS
from reconciler.embedded.pages.visit import ShopVisit
from reconciler.embedded.resources import amazon_pay, amazon_settings

router = APIRouter(prefix=f"/shops/{{shop_key}}/{PAYMENT_METHODS.place}")


@router.get("")
async def show_payment_methods(visit: ShopVisit) -> Response:
    with visit.reading() as connection:
        pay = amazon_pay.to_response(amazon_pay.get(connection, visit.shop_key))
        settings = amazon_settings.to_response(amazon_settings.get(connection, visit.shop_key))
    follows = pay["use"] == settings["useAmazon"]
    return visit.page("admin/payment_methods.jinja", PAYMENT_METHODS, pay=pay, follows=follows)
