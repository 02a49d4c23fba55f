"""設定>決済>Amazon Pay設定."""

from typing import Annotated

from fastapi import APIRouter, Body
from starlette.responses import Response

from reconciler.embedded import payment
from reconciler.embedded.answers import AmazonPay
from reconciler.embedded.bodies import AmazonPayBody
from reconciler.embedded.calls import IfMatch, IfNoneMatch, ShopCall
from reconciler.embedded.openapi import BODY, READ, SHOP, WRITE, refusals
from reconciler.embedded.replies import reply, reply_to_read
from reconciler.embedded.strict_json import StrictRoute

router = APIRouter(
    prefix="/admin-api/v1/shops/{shopKey}/payment-methods/amazon-pay", tags=["payment-methods"], route_class=StrictRoute
)


@router.get("", response_model=AmazonPay, responses=refusals(*READ, *SHOP))
async def get_amazon_pay(call: ShopCall, if_none_match: IfNoneMatch = None) -> Response:
    with call.reading() as connection:
        row = payment.get(connection, call.shop_key)
    return reply_to_read(payment.answer(row), payment.version(row), if_none_match)


@router.patch("", response_model=AmazonPay, responses=refusals(*WRITE, *BODY, *SHOP, 409))
async def patch_amazon_pay(call: ShopCall, if_match: IfMatch, body: Annotated[AmazonPayBody, Body()]) -> Response:
    with call.editing() as edit:
        payment.patch(edit, call.shop_key, body, if_match=if_match)
        row = payment.get(edit.connection, call.shop_key)
    return reply(payment.answer(row), payment.version(row))
