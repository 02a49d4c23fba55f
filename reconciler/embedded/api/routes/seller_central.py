"""Seller Central's IPN endpoints, as the embedded backend offers them; Amazon itself has no such public API."""

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Body, Depends, Path, Query
from starlette.requests import Request
from starlette.responses import Response

from reconciler.embedded.api import idempotency
from reconciler.embedded.api.context import (
    FenceHeader,
    IdempotencyKey,
    IfMatch,
    IfNoneMatch,
    RequestContext,
    ShopKeyHeader,
    WriteKeyHeader,
    shop_key_mismatch,
)
from reconciler.embedded.api.http import reply, reply_to_read
from reconciler.embedded.api.openapi import BODY, READ, WRITE, refusals
from reconciler.embedded.api.strict_request import StrictRoute
from reconciler.embedded.contract.problems import Problem
from reconciler.embedded.contract.requests import IpnEndpointPost
from reconciler.embedded.contract.responses import Environment, IpnEndpointsResponse
from reconciler.embedded.resources import seller_central
from reconciler.embedded.resources.api_clients import ApiCaller

router = APIRouter(
    prefix="/admin-api/v1/seller-central/{sellerId}/ipn-endpoints", tags=["seller-central"], route_class=StrictRoute
)

SellerId = Annotated[str, Path(alias="sellerId", pattern=r"^[A-Za-z0-9]{1,64}$")]
InEnvironment = Annotated[Environment, Query()]


async def _seller_call(
    request: Request,
    seller_id: Annotated[str, Path(alias="sellerId", pattern=r"^[A-Za-z0-9]{1,64}$")],
    header: ShopKeyHeader = None,
) -> RequestContext:
    caller: ApiCaller = request.state.caller
    call = RequestContext(services=request.app.state.services, caller=caller, shop_key=caller.shop_key or "")
    if caller.shop_key is None:
        return call
    if header not in (None, caller.shop_key):
        raise shop_key_mismatch()
    with call.reading() as connection:
        if seller_central.belongs_elsewhere(connection, seller_id, caller.shop_key):
            raise Problem("SHOP_KEY_MISMATCH", "the seller belongs to another shop")
    return call


async def _seller_write(
    call: Annotated[RequestContext, Depends(_seller_call)],
    shop_key: ShopKeyHeader = None,
    key: WriteKeyHeader = None,
    fence: FenceHeader = None,
) -> RequestContext:
    return replace(call, shop_key=call.shop_key or shop_key or "", write_key=key, fence=fence)


SellerCall = Annotated[RequestContext, Depends(_seller_call)]
"""A call on a seller. A shop's client may not touch the seller of another shop."""
SellerWrite = Annotated[RequestContext, Depends(_seller_write)]
"""A write to a seller's list for the shop that X-SHOP-KEY names; its fence is that shop's."""


@router.get("", response_model=IpnEndpointsResponse, responses=refusals(*READ, 422))
async def get_ipn_endpoints(
    call: SellerCall, seller_id: SellerId, environment: InEnvironment = "PRODUCTION", if_none_match: IfNoneMatch = None
) -> Response:
    with call.reading() as connection:
        body, version = seller_central.get(connection, seller_id, environment)
    return reply_to_read(body, version, if_none_match)


@router.post(
    "",
    status_code=201,
    response_model=IpnEndpointsResponse,
    responses={
        200: {"model": IpnEndpointsResponse, "description": "Registered already"},
        **refusals(*WRITE, *BODY, 409),
    },
)
async def post_ipn_endpoint(  # noqa: PLR0913 - a request's words
    *,
    request: Request,
    call: SellerWrite,
    seller_id: SellerId,
    if_match: IfMatch,
    body: Annotated[IpnEndpointPost, Body()],
    environment: InEnvironment = "PRODUCTION",
    key: IdempotencyKey = None,
) -> Response:
    target = f"POST {request.url.path}?environment={environment}"
    known = None if key is None else idempotency.make_key(call.caller.client_id, key, target, body)
    with call.editing() as edit:

        def register() -> idempotency.StoredResponse:
            new = seller_central.register(edit, seller_id, environment, body["url"], if_match=if_match)
            listed, version = seller_central.get(edit.connection, seller_id, environment)
            return idempotency.StoredResponse(status=201 if new else 200, version=version, body=listed)

        stored = idempotency.run_once(edit.connection, known, call.services.now(), register)
    return reply(stored.body, stored.version, stored.status)


@router.delete("", response_model=IpnEndpointsResponse, responses=refusals(*WRITE, 404))
async def delete_ipn_endpoint(
    call: SellerWrite,
    seller_id: SellerId,
    if_match: IfMatch,
    url: Annotated[str, Query(max_length=500)],
    environment: InEnvironment = "PRODUCTION",
) -> Response:
    with call.editing() as edit:
        seller_central.remove(edit, seller_id, environment, url, if_match=if_match)
        body, version = seller_central.get(edit.connection, seller_id, environment)
    return reply(body, version)
