"""設定>連携サービス>Amazon設定."""

from typing import Annotated

from fastapi import APIRouter, Body
from starlette.responses import Response

from reconciler.embedded import amazon_settings
from reconciler.embedded.answers import AmazonSettings
from reconciler.embedded.bodies import AmazonSettingsBody
from reconciler.embedded.calls import IfMatch, IfNoneMatch, ShopCall
from reconciler.embedded.openapi import BODY, READ, SHOP, WRITE, refusals
from reconciler.embedded.replies import reply, reply_to_read
from reconciler.embedded.strict_json import StrictRoute

router = APIRouter(
    prefix="/admin-api/v1/shops/{shopKey}/amazon-settings", tags=["amazon-settings"], route_class=StrictRoute
)


@router.get("", response_model=AmazonSettings, responses=refusals(*READ, *SHOP))
async def get_amazon_settings(call: ShopCall, if_none_match: IfNoneMatch = None) -> Response:
    with call.reading() as connection:
        row = amazon_settings.get(connection, call.shop_key)
    return reply_to_read(amazon_settings.answer(row), amazon_settings.version(row), if_none_match)


@router.patch("", response_model=AmazonSettings, responses=refusals(*WRITE, *BODY, *SHOP, 409, 423))
async def patch_amazon_settings(
    call: ShopCall, if_match: IfMatch, body: Annotated[AmazonSettingsBody, Body()]
) -> Response:
    verifier = call.services.config.verifier
    with call.editing() as edit:
        amazon_settings.patch(edit, call.shop_key, body, verifier, if_match=if_match)
        row = amazon_settings.get(edit.connection, call.shop_key)
    return reply(amazon_settings.answer(row), amazon_settings.version(row))
