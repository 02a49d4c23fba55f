"""Seller Central's IPN endpoints, as the embedded backend offers them; Amazon itself has no such public API."""

from typing import Annotated

from fastapi import APIRouter, Body, Path, Query
from starlette.requests import Request
from starlette.responses import Response

from reconciler.embedded.api import idempotency
from reconciler.embedded.api.context import IdempotencyKey, IfMatch, IfNoneMatch, SellerCall
from reconciler.embedded.api.http import reply, reply_to_read
from reconciler.embedded.api.openapi import BODY, READ, WRITE, refusals
from reconciler.embedded.api.strict_json import StrictRoute
from reconciler.embedded.contract.requests import IpnEndpointPost
from reconciler.embedded.contract.responses import Environment, IpnEndpoints
from reconciler.embedded.resources import seller_central

router = APIRouter(
    prefix="/admin-api/v1/seller-central/{sellerId}/ipn-endpoints", tags=["seller-central"], route_class=StrictRoute
)

SellerId = Annotated[str, Path(alias="sellerId", pattern=r"^[A-Za-z0-9]{1,64}$")]
InEnvironment = Annotated[Environment, Query()]


@router.get("", response_model=IpnEndpoints, responses=refusals(*READ, 422))
async def get_ipn_endpoints(
    call: SellerCall, seller_id: SellerId, environment: InEnvironment = "PRODUCTION", if_none_match: IfNoneMatch = None
) -> Response:
    with call.reading() as connection:
        body, version = seller_central.read(connection, seller_id, environment)
    return reply_to_read(body, version, if_none_match)


@router.post(
    "",
    status_code=201,
    response_model=IpnEndpoints,
    responses={200: {"model": IpnEndpoints, "description": "Registered already"}, **refusals(*WRITE, *BODY, 409)},
)
async def post_ipn_endpoint(  # noqa: PLR0913 - a request's words
    *,
    request: Request,
    call: SellerCall,
    seller_id: SellerId,
    if_match: IfMatch,
    body: Annotated[IpnEndpointPost, Body()],
    environment: InEnvironment = "PRODUCTION",
    key: IdempotencyKey = None,
) -> Response:
    target = f"POST {request.url.path}?environment={environment}"
    known = None if key is None else idempotency.key_of(call.caller.client_id, key, target, body)
    with call.editing() as edit:

        def register() -> idempotency.StoredResponse:
            new = seller_central.register(edit, seller_id, environment, body["url"], if_match=if_match)
            listed, version = seller_central.read(edit.connection, seller_id, environment)
            return idempotency.StoredResponse(status=201 if new else 200, version=version, body=listed)

        stored = idempotency.run_once(edit.connection, known, call.services.now(), register)
    return reply(stored.body, stored.version, stored.status)


@router.delete("", response_model=IpnEndpoints, responses=refusals(*WRITE, 404))
async def delete_ipn_endpoint(
    call: SellerCall,
    seller_id: SellerId,
    if_match: IfMatch,
    url: Annotated[str, Query(max_length=500)],
    environment: InEnvironment = "PRODUCTION",
) -> Response:
    with call.editing() as edit:
        seller_central.remove(edit, seller_id, environment, url, if_match=if_match)
        body, version = seller_central.read(edit.connection, seller_id, environment)
    return reply(body, version)
