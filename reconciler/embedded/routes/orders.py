"""受注管理, as far as payment goes."""

from typing import Annotated

from fastapi import APIRouter, Body, Path, Query
from starlette.requests import Request
from starlette.responses import Response

from reconciler.embedded import cursors, etags, idempotency, orders, shops
from reconciler.embedded.answers import Orders, PaidOrder, PaymentStatus
from reconciler.embedded.bodies import Limit, PaymentPost
from reconciler.embedded.calls import IdempotencyKey, IfMatch, IfNoneMatch, NamedShopCall
from reconciler.embedded.openapi import BODY, READ, SHOP, WRITE, refusals
from reconciler.embedded.replies import reply, reply_to_read
from reconciler.embedded.strict_json import StrictRoute

router = APIRouter(prefix="/admin-api/v1/orders", tags=["orders"], route_class=StrictRoute)


@router.get("", response_model=Orders, responses=refusals(*READ, *SHOP, 422))
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
    query = orders.Query(
        shop_key=call.shop_key,
        reference_id=reference_id,
        payment_status=payment_status,
        after=None if cursor is None else cursors.read(cursor),
        limit=limit,
    )
    with call.reading() as connection:
        shops.get(connection, call.shop_key)
        found = orders.find(connection, query)
    next_url = cursors.next_url(request, found[limit - 1]["orderNo"]) if len(found) > limit else None
    body: Orders = {"items": found[:limit], "nextUrl": next_url}
    return reply_to_read(body, etags.digest_of(body), if_none_match)


@router.post("/{orderNo}/payment", response_model=PaidOrder, responses=refusals(*WRITE, *BODY, *SHOP, 409))
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
    known = None if key is None else idempotency.key_of(call.caller.client_id, key, target, body)
    with call.editing() as edit:

        def pay() -> idempotency.Stored:
            shops.get(edit.connection, call.shop_key)
            changed = orders.pay(edit, call.shop_key, order_no, body, if_match=if_match)
            order = orders.get(edit.connection, call.shop_key, order_no)
            paid: PaidOrder = {**order, "changed": changed}
            return idempotency.Stored(status=200, version=order["version"], body=paid)

        stored = idempotency.once(edit.connection, known, call.services.now(), pay)
    return reply(stored.body, stored.version, stored.status)
