"""A shop's storefront, entitlements and trail, and all of it in one answer."""

from typing import Annotated

from fastapi import APIRouter, Body, Query
from starlette.requests import Request
from starlette.responses import Response

from reconciler.embedded import audit, cursors, entitlements, etags, integrations, shops
from reconciler.embedded.answers import Changes, Entitlements, Environment, Integration, Storefront
from reconciler.embedded.bodies import Limit, StorefrontPut
from reconciler.embedded.calls import IfMatch, IfNoneMatch, ShopCall
from reconciler.embedded.openapi import BODY, READ, SHOP, WRITE, refusals
from reconciler.embedded.replies import reply, reply_to_read
from reconciler.embedded.strict_json import StrictRoute

router = APIRouter(prefix="/admin-api/v1/shops/{shopKey}", tags=["shops"], route_class=StrictRoute)


@router.get("/storefront", response_model=Storefront, responses=refusals(*READ, *SHOP))
async def get_storefront(call: ShopCall, if_none_match: IfNoneMatch = None) -> Response:
    with call.reading() as connection:
        row = shops.get(connection, call.shop_key)
    return reply_to_read(shops.answer(row), shops.version(row), if_none_match)


@router.put("/storefront", response_model=Storefront, responses=refusals(*WRITE, *BODY, *SHOP))
async def put_storefront(call: ShopCall, if_match: IfMatch, body: Annotated[StorefrontPut, Body()]) -> Response:
    with call.editing() as edit:
        shops.put(edit, call.shop_key, body["status"], if_match=if_match)
        row = shops.get(edit.connection, call.shop_key)
    return reply(shops.answer(row), shops.version(row))


@router.get("/entitlements", response_model=Entitlements, responses=refusals(*READ, *SHOP))
async def get_entitlements(call: ShopCall, if_none_match: IfNoneMatch = None) -> Response:
    with call.reading() as connection:
        row = entitlements.get(connection, call.shop_key)
    return reply_to_read(entitlements.answer(row), entitlements.version(row), if_none_match)


@router.get("/integration", response_model=Integration, responses=refusals(*READ, *SHOP, 422))
async def get_integration(
    call: ShopCall,
    environment: Annotated[Environment, Query()] = "PRODUCTION",
    if_none_match: IfNoneMatch = None,
) -> Response:
    with call.reading() as connection:
        found = integrations.one(connection, call.shop_key, environment)
    return reply_to_read(found, integrations.version(found), if_none_match)


@router.get("/changes", response_model=Changes, responses=refusals(*READ, *SHOP, 422))
async def get_changes(
    request: Request,
    call: ShopCall,
    limit: Annotated[Limit, Query()] = 100,
    cursor: Annotated[str | None, Query(max_length=200)] = None,
    if_none_match: IfNoneMatch = None,
) -> Response:
    before = None if cursor is None else cursors.read_number(cursor)
    with call.reading() as connection:
        shops.get(connection, call.shop_key)
        found = audit.find(connection, call.shop_key, before=before, limit=limit)
    items = found[:limit]
    next_url = cursors.next_url(request, str(items[-1]["changeId"])) if len(found) > limit else None
    body: Changes = {"items": items, "nextUrl": next_url}
    return reply_to_read(body, etags.digest_of(body), if_none_match)
