"""受注管理, as far as payment goes."""

from typing import Annotated

from fastapi import APIRouter, Body, Path, Query
from starlette.requests import Request
from starlette.responses import Response

from reconciler.embedded.api import http as cursors
from reconciler.embedded.api import idempotency
from reconciler.embedded.api.context import IdempotencyKey, IfMatch, IfNoneMatch, NamedShopCall
from reconciler.embedded.api.http import reply, reply_to_read
from reconciler.embedded.api.openapi import BODY, READ, SHOP, WRITE, refusals
from reconciler.embedded.api.strict_request import StrictRoute
from reconciler.embedded.contract import etags
from reconciler.embedded.contract.requests import Limit, PaymentPost
from reconciler.embedded.contract.responses import (
    OrdersResponse,
    PaidOrderResponse,
    PaymentStatus,
)
from reconciler.embedded.resources import orders
from reconciler.embedded.resources import storefront as shops

orders_router = APIRouter(prefix="/admin-api/v1/orders", tags=["orders"], route_class=StrictRoute)


@orders_router.get("", response_model=OrdersResponse, responses=refusals(*READ, *SHOP, 422))
async def get_orders(  # noqa: PLR0913 - a request's words
    *,
    request: Request,
    call: NamedShopCall,
    reference_id: Annotated[str | None, Query(alias="amazonOrderReferenceId", max_length=64)] = None,
    payment_status: Annotated[PaymentStatus | None, Query(alias="paymentStatus")] = None,
    limit: Annotated[Limit, Query()] = 100,
    cursor: Annotated[str | None, Query(max_length=200)] = None,
    if_none_match: IfNoneMatch = None,
) -> Response:
    query = orders.OrderQuery(
        shop_key=call.shop_key,
        reference_id=reference_id,
        payment_status=payment_status,
        after=None if cursor is None else cursors.decode_cursor(cursor),
        limit=limit,
    )
    with call.reading() as connection:
        shops.get(connection, call.shop_key)
        found = orders.find(connection, query)
    next_url = cursors.next_url(request, found[limit - 1]["orderNo"]) if len(found) > limit else None
    body: OrdersResponse = {"items": found[:limit], "nextUrl": next_url}
    return reply_to_read(body, etags.digest_of(body), if_none_match)


@orders_router.post(
    "/{orderNo}/payment", response_model=PaidOrderResponse, responses=refusals(*WRITE, *BODY, *SHOP, 409)
)
async def post_payment(
    *,
    request: Request,
    call: NamedShopCall,
    order_no: Annotated[str, Path(alias="orderNo")],
    if_match: IfMatch,
    body: Annotated[PaymentPost, Body()],
    key: IdempotencyKey = None,
) -> Response:
    target = f"POST {request.url.path} {call.shop_key}"
    known = None if key is None else idempotency.make_key(call.caller.client_id, key, target, body)
    with call.editing() as edit:

        def pay() -> idempotency.StoredResponse:
            shops.get(edit.connection, call.shop_key)
            changed = orders.mark_paid(edit, call.shop_key, order_no, body, if_match=if_match)
            order = orders.get(edit.connection, call.shop_key, order_no)
            paid: PaidOrderResponse = {**order, "changed": changed}
            return idempotency.StoredResponse(status=200, version=order["version"], body=paid)

        stored = idempotency.run_once(edit.connection, known, call.services.now(), pay)
    return reply(stored.body, stored.version, stored.status)
