"""設定>連携サービス>Amazon設定.

設定>決済>Amazon Pay設定.

システムパーツ.
"""

from typing import Annotated

from fastapi import APIRouter, Body
from sqlalchemy import Connection
from starlette.responses import Response

from reconciler.embedded.api.context import IfMatch, IfNoneMatch, ShopCall, ShopWrite
from reconciler.embedded.api.http import reply, reply_to_read
from reconciler.embedded.api.openapi import BODY, READ, SHOP, WRITE, refusals
from reconciler.embedded.api.strict_request import StrictRoute
from reconciler.embedded.contract.requests import AmazonPayBody, AmazonSettingsBody, SystemPartsPatch
from reconciler.embedded.contract.responses import AmazonPayResponse, AmazonSettingsResponse, SystemPartsResponse
from reconciler.embedded.resources import amazon_pay as payment
from reconciler.embedded.resources import amazon_settings, system_parts

amazon_router = APIRouter(
    prefix="/admin-api/v1/shops/{shopKey}/amazon-settings", tags=["amazon-settings"], route_class=StrictRoute
)


@amazon_router.get("", response_model=AmazonSettingsResponse, responses=refusals(*READ, *SHOP))
async def get_amazon_settings(call: ShopCall, if_none_match: IfNoneMatch = None) -> Response:
    with call.reading() as connection:
        row = amazon_settings.get(connection, call.shop_key)
    return reply_to_read(amazon_settings.to_response(row), amazon_settings.version(row), if_none_match)


@amazon_router.patch("", response_model=AmazonSettingsResponse, responses=refusals(*WRITE, *BODY, *SHOP, 409, 423))
async def patch_amazon_settings(
    call: ShopWrite, if_match: IfMatch, body: Annotated[AmazonSettingsBody, Body()]
) -> Response:
    verifier = call.services.config.verifier
    with call.editing() as edit:
        amazon_settings.patch(edit, call.shop_key, body, verifier, if_match=if_match)
        row = amazon_settings.get(edit.connection, call.shop_key)
    return reply(amazon_settings.to_response(row), amazon_settings.version(row))


pay_router = APIRouter(
    prefix="/admin-api/v1/shops/{shopKey}/payment-methods/amazon-pay", tags=["payment-methods"], route_class=StrictRoute
)


@pay_router.get("", response_model=AmazonPayResponse, responses=refusals(*READ, *SHOP))
async def get_amazon_pay(call: ShopCall, if_none_match: IfNoneMatch = None) -> Response:
    with call.reading() as connection:
        row = payment.get(connection, call.shop_key)
    return reply_to_read(payment.to_response(row), payment.version(row), if_none_match)


@pay_router.patch("", response_model=AmazonPayResponse, responses=refusals(*WRITE, *BODY, *SHOP, 409))
async def patch_amazon_pay(call: ShopWrite, if_match: IfMatch, body: Annotated[AmazonPayBody, Body()]) -> Response:
    with call.editing() as edit:
        payment.patch(edit, call.shop_key, body, if_match=if_match)
        row = payment.get(edit.connection, call.shop_key)
    return reply(payment.to_response(row), payment.version(row))


parts_router = APIRouter(
    prefix="/admin-api/v1/shops/{shopKey}/system-parts", tags=["system-parts"], route_class=StrictRoute
)


@parts_router.get("", response_model=SystemPartsResponse, responses=refusals(*READ, *SHOP))
async def get_system_parts(call: ShopCall, if_none_match: IfNoneMatch = None) -> Response:
    with call.reading() as connection:
        body, version = _read(connection, call.shop_key)
    return reply_to_read(body, version, if_none_match)


@parts_router.patch("", response_model=SystemPartsResponse, responses=refusals(*WRITE, *BODY, *SHOP))
async def patch_system_parts(call: ShopWrite, if_match: IfMatch, body: Annotated[SystemPartsPatch, Body()]) -> Response:
    with call.editing() as edit:
        system_parts.patch(edit, call.shop_key, body["parts"], if_match=if_match)
        answer, version = _read(edit.connection, call.shop_key)
    return reply(answer, version)


def _read(connection: Connection, shop_key: str) -> tuple[SystemPartsResponse, str]:
    row = system_parts.get(connection, shop_key)
    return system_parts.to_response(row, system_parts.texts_of(connection, shop_key)), system_parts.version(row)
