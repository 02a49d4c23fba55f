"""A shop's storefront, entitlements and trail, and all of it in one answer."""

from typing import Annotated

from fastapi import APIRouter, Body, Query
from starlette.requests import Request
from starlette.responses import Response

from reconciler.embedded.api import http as cursors
from reconciler.embedded.api.context import IfMatch, IfNoneMatch, ShopCall, ShopWrite
from reconciler.embedded.api.http import reply, reply_to_read
from reconciler.embedded.api.openapi import BODY, READ, SHOP, WRITE, refusals
from reconciler.embedded.api.settings_writes import STOREFRONT, write_resource
from reconciler.embedded.api.strict_request import StrictRoute
from reconciler.embedded.contract import etags
from reconciler.embedded.contract.requests import Limit, StorefrontPut
from reconciler.embedded.contract.responses import (
    Changes,
    EntitlementsResponse,
    Environment,
    Integration,
    StorefrontResponse,
)
from reconciler.embedded.resources import audit, entitlements, integrations
from reconciler.embedded.resources import storefront as shops

shop_router = APIRouter(prefix="/admin-api/v1/shops/{shopKey}", tags=["shops"], route_class=StrictRoute)


@shop_router.get("/storefront", response_model=StorefrontResponse, responses=refusals(*READ, *SHOP))
async def get_storefront(call: ShopCall, if_none_match: IfNoneMatch = None) -> Response:
    with call.reading() as connection:
        found = STOREFRONT.read(connection, call.shop_key)
    return reply_to_read(*found, if_none_match)


@shop_router.put("/storefront", response_model=StorefrontResponse, responses=refusals(*WRITE, *BODY, *SHOP))
async def put_storefront(call: ShopWrite, if_match: IfMatch, body: Annotated[StorefrontPut, Body()]) -> Response:
    return reply(*write_resource(call, STOREFRONT, body, if_match))


@shop_router.get("/entitlements", response_model=EntitlementsResponse, responses=refusals(*READ, *SHOP))
async def get_entitlements(call: ShopCall, if_none_match: IfNoneMatch = None) -> Response:
    with call.reading() as connection:
        row = entitlements.get(connection, call.shop_key)
    return reply_to_read(entitlements.to_response(row), entitlements.version(row), if_none_match)


@shop_router.get("/integration", response_model=Integration, responses=refusals(*READ, *SHOP, 422))
async def get_integration(
    call: ShopCall,
    environment: Annotated[Environment, Query()] = "PRODUCTION",
    if_none_match: IfNoneMatch = None,
) -> Response:
    with call.reading() as connection:
        found = integrations.one(connection, call.shop_key, environment)
    return reply_to_read(found, integrations.version(found), if_none_match)


@shop_router.get("/changes", response_model=Changes, responses=refusals(*READ, *SHOP, 422))
async def get_changes(
    request: Request,
    call: ShopCall,
    limit: Annotated[Limit, Query()] = 100,
    cursor: Annotated[str | None, Query(max_length=200)] = None,
    if_none_match: IfNoneMatch = None,
) -> Response:
    before = None if cursor is None else cursors.decode_number(cursor)
    with call.reading() as connection:
        shops.get(connection, call.shop_key)
        found = audit.find(connection, call.shop_key, before=before, limit=limit)
    items = found[:limit]
    next_url = cursors.next_url(request, str(items[-1]["changeId"])) if len(found) > limit else None
    body: Changes = {"items": items, "nextUrl": next_url}
    return reply_to_read(body, etags.digest_of(body), if_none_match)
