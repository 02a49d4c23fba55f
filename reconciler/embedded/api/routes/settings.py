"""設定>連携サービス>Amazon設定.

設定>決済>Amazon Pay設定.

システムパーツ.
"""

from typing import Annotated

from fastapi import APIRouter, Body
from starlette.responses import Response

from reconciler.embedded.api.context import IfMatch, IfNoneMatch, ShopCall, ShopWrite
from reconciler.embedded.api.http import reply, reply_to_read
from reconciler.embedded.api.openapi import BODY, READ, SHOP, WRITE, refusals
from reconciler.embedded.api.settings_writes import AMAZON_PAY, AMAZON_SETTINGS, SYSTEM_PARTS, write_resource
from reconciler.embedded.api.strict_request import StrictRoute
from reconciler.embedded.contract.requests import AmazonPayBody, AmazonSettingsBody, SystemPartsPatch
from reconciler.embedded.contract.responses import AmazonPayResponse, AmazonSettingsResponse, SystemPartsResponse

amazon_router = APIRouter(
    prefix="/admin-api/v1/shops/{shopKey}/amazon-settings", tags=["amazon-settings"], route_class=StrictRoute
)


@amazon_router.get("", response_model=AmazonSettingsResponse, responses=refusals(*READ, *SHOP))
async def get_amazon_settings(call: ShopCall, if_none_match: IfNoneMatch = None) -> Response:
    with call.reading() as connection:
        found = AMAZON_SETTINGS.read(connection, call.shop_key)
    return reply_to_read(*found, if_none_match)


@amazon_router.patch("", response_model=AmazonSettingsResponse, responses=refusals(*WRITE, *BODY, *SHOP, 409, 423))
async def patch_amazon_settings(
    call: ShopWrite, if_match: IfMatch, body: Annotated[AmazonSettingsBody, Body()]
) -> Response:
    return reply(*write_resource(call, AMAZON_SETTINGS, body, if_match))


pay_router = APIRouter(
    prefix="/admin-api/v1/shops/{shopKey}/payment-methods/amazon-pay", tags=["payment-methods"], route_class=StrictRoute
)


@pay_router.get("", response_model=AmazonPayResponse, responses=refusals(*READ, *SHOP))
async def get_amazon_pay(call: ShopCall, if_none_match: IfNoneMatch = None) -> Response:
    with call.reading() as connection:
        found = AMAZON_PAY.read(connection, call.shop_key)
    return reply_to_read(*found, if_none_match)


@pay_router.patch("", response_model=AmazonPayResponse, responses=refusals(*WRITE, *BODY, *SHOP, 409))
async def patch_amazon_pay(call: ShopWrite, if_match: IfMatch, body: Annotated[AmazonPayBody, Body()]) -> Response:
    return reply(*write_resource(call, AMAZON_PAY, body, if_match))


parts_router = APIRouter(
    prefix="/admin-api/v1/shops/{shopKey}/system-parts", tags=["system-parts"], route_class=StrictRoute
)


@parts_router.get("", response_model=SystemPartsResponse, responses=refusals(*READ, *SHOP))
async def get_system_parts(call: ShopCall, if_none_match: IfNoneMatch = None) -> Response:
    with call.reading() as connection:
        found = SYSTEM_PARTS.read(connection, call.shop_key)
    return reply_to_read(*found, if_none_match)


@parts_router.patch("", response_model=SystemPartsResponse, responses=refusals(*WRITE, *BODY, *SHOP))
async def patch_system_parts(call: ShopWrite, if_match: IfMatch, body: Annotated[SystemPartsPatch, Body()]) -> Response:
    return reply(*write_resource(call, SYSTEM_PARTS, body, if_match))
