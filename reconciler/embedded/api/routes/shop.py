"""A shop's storefront, entitlements and trail, and all of it in one answer.

Many shops at once, for operators: pages of integrations.
"""

from typing import Annotated

from fastapi import APIRouter, Body, Query
from starlette.requests import Request
from starlette.responses import Response

from reconciler.embedded.api import http as cursors
from reconciler.embedded.api.context import IfMatch, IfNoneMatch, OperatorCall, ShopCall, ShopWrite
from reconciler.embedded.api.http import reply, reply_to_read
from reconciler.embedded.api.openapi import BODY, READ, SHOP, WRITE, refusals
from reconciler.embedded.api.strict_request import StrictRoute
from reconciler.embedded.contract import etags
from reconciler.embedded.contract.requests import Limit, Moment, StorefrontPut
from reconciler.embedded.contract.responses import (
    Changes,
    EntitlementsResponse,
    Environment,
    Integration,
    Integrations,
    StorefrontResponse,
)
from reconciler.embedded.resources import audit, entitlements, integrations
from reconciler.embedded.resources import storefront as shops

shop_router = APIRouter(prefix="/admin-api/v1/shops/{shopKey}", tags=["shops"], route_class=StrictRoute)


@shop_router.get("/storefront", response_model=StorefrontResponse, responses=refusals(*READ, *SHOP))
async def get_storefront(call: ShopCall, if_none_match: IfNoneMatch = None) -> Response:
    with call.reading() as connection:
        row = shops.get(connection, call.shop_key)
    return reply_to_read(shops.to_response(row), shops.version(row), if_none_match)


@shop_router.put("/storefront", response_model=StorefrontResponse, responses=refusals(*WRITE, *BODY, *SHOP))
async def put_storefront(call: ShopWrite, if_match: IfMatch, body: Annotated[StorefrontPut, Body()]) -> Response:
    with call.editing() as edit:
        shops.put(edit, call.shop_key, body["status"], if_match=if_match)
        row = shops.get(edit.connection, call.shop_key)
    return reply(shops.to_response(row), shops.version(row))


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


fleet_router = APIRouter(prefix="/admin-api/v1/integrations", tags=["integrations"])


@fleet_router.get("", response_model=Integrations, responses=refusals(*READ, 422))
async def get_integrations(  # noqa: PLR0913 - a request's words
    *,
    request: Request,
    call: OperatorCall,
    limit: Annotated[Limit, Query()] = 100,
    cursor: Annotated[str | None, Query(max_length=200)] = None,
    updated_since: Annotated[Moment | None, Query(alias="updatedSince")] = None,
    environment: Annotated[Environment, Query()] = "PRODUCTION",
    if_none_match: IfNoneMatch = None,
) -> Response:
    after = None if cursor is None else cursors.decode_cursor(cursor)
    with call.reading() as connection:
        found = integrations.integrations_page(
            connection, limit=limit, after=after, updated_since=updated_since, environment=environment
        )
    next_url = cursors.next_url(request, found.items[-1]["shopKey"]) if found.more else None
    body: Integrations = {"items": list(found.items), "nextUrl": next_url}
    return reply_to_read(body, integrations.page_version(found, environment), if_none_match)
