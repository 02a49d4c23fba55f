"""システムパーツ."""

from typing import Annotated

from fastapi import APIRouter, Body
from sqlalchemy import Connection
from starlette.responses import Response

from reconciler.embedded import system_parts
from reconciler.embedded.answers import SystemParts
from reconciler.embedded.bodies import SystemPartsPatch
from reconciler.embedded.calls import IfMatch, IfNoneMatch, ShopCall
from reconciler.embedded.openapi import BODY, READ, SHOP, WRITE, refusals
from reconciler.embedded.replies import reply, reply_to_read
from reconciler.embedded.strict_json import StrictRoute

router = APIRouter(prefix="/admin-api/v1/shops/{shopKey}/system-parts", tags=["system-parts"], route_class=StrictRoute)


@router.get("", response_model=SystemParts, responses=refusals(*READ, *SHOP))
async def get_system_parts(call: ShopCall, if_none_match: IfNoneMatch = None) -> Response:
    with call.reading() as connection:
        body, version = _read(connection, call.shop_key)
    return reply_to_read(body, version, if_none_match)


@router.patch("", response_model=SystemParts, responses=refusals(*WRITE, *BODY, *SHOP))
async def patch_system_parts(call: ShopCall, if_match: IfMatch, body: Annotated[SystemPartsPatch, Body()]) -> Response:
    with call.editing() as edit:
        system_parts.patch(edit, call.shop_key, body, if_match=if_match)
        answer, version = _read(edit.connection, call.shop_key)
    return reply(answer, version)


def _read(connection: Connection, shop_key: str) -> tuple[SystemParts, str]:
    row = system_parts.get(connection, shop_key)
    return system_parts.answer(row, system_parts.texts_of(connection, shop_key)), system_parts.version(row)
