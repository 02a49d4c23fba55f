"""Charges, refunds, disputes and charge permissions in the shape of Amazon Pay's own API (Checkout v2), for the shop that
X-SHOP-KEY names.

Amazon answers one object by its id. To list the charges of a charge permission or order reference is this backend's own [?].
"""

from typing import Annotated

from fastapi import APIRouter, Path, Query
from starlette.responses import Response

from reconciler.embedded.api.context import IfNoneMatch, NamedShopCall
from reconciler.embedded.api.http import reply_to_read
from reconciler.embedded.api.openapi import READ, SHOP, refusals
from reconciler.embedded.contract import etags
from reconciler.embedded.contract.responses import (
    ChargePermissionResponse,
    ChargeResponse,
    ChargesResponse,
    DisputeResponse,
    RefundResponse,
)
from reconciler.embedded.resources import charges
from reconciler.embedded.resources import payment_objects as objects
from reconciler.embedded.resources import storefront as shops

router = APIRouter(prefix="/amazon-pay/v2", tags=["amazon-pay"])

Permission = Annotated[str, Query(alias="chargePermissionId", min_length=1, max_length=64)]


@router.get("/charges", response_model=ChargesResponse, responses=refusals(*READ, *SHOP, 422))
async def get_charges(call: NamedShopCall, permission: Permission, if_none_match: IfNoneMatch = None) -> Response:
    with call.reading() as connection:
        shops.get(connection, call.shop_key)
        found = charges.of_permission(connection, call.shop_key, permission)
    body: ChargesResponse = {"charges": found}
    return reply_to_read(body, etags.digest_of(body), if_none_match)


@router.get("/charges/{chargeId}", response_model=ChargeResponse, responses=refusals(*READ, *SHOP))
async def get_charge(
    call: NamedShopCall, charge_id: Annotated[str, Path(alias="chargeId")], if_none_match: IfNoneMatch = None
) -> Response:
    with call.reading() as connection:
        shops.get(connection, call.shop_key)
        body = charges.to_response(charges.get(connection, call.shop_key, charge_id))
    return reply_to_read(body, etags.digest_of(body), if_none_match)


@router.get("/refunds/{refundId}", response_model=RefundResponse, responses=refusals(*READ, *SHOP))
async def get_refund(
    call: NamedShopCall, refund_id: Annotated[str, Path(alias="refundId")], if_none_match: IfNoneMatch = None
) -> Response:
    with call.reading() as connection:
        shops.get(connection, call.shop_key)
        body = objects.refund_response(objects.get(connection, objects.REFUND, call.shop_key, refund_id))
    return reply_to_read(body, etags.digest_of(body), if_none_match)


@router.get("/disputes/{disputeId}", response_model=DisputeResponse, responses=refusals(*READ, *SHOP))
async def get_dispute(
    call: NamedShopCall, dispute_id: Annotated[str, Path(alias="disputeId")], if_none_match: IfNoneMatch = None
) -> Response:
    with call.reading() as connection:
        shops.get(connection, call.shop_key)
        body = objects.dispute_response(objects.get(connection, objects.DISPUTE, call.shop_key, dispute_id))
    return reply_to_read(body, etags.digest_of(body), if_none_match)


@router.get(
    "/chargePermissions/{chargePermissionId}",
    response_model=ChargePermissionResponse,
    responses=refusals(*READ, *SHOP),
)
async def get_charge_permission(
    call: NamedShopCall,
    permission: Annotated[str, Path(alias="chargePermissionId")],
    if_none_match: IfNoneMatch = None,
) -> Response:
    with call.reading() as connection:
        shops.get(connection, call.shop_key)
        body = objects.permission_response(objects.get(connection, objects.PERMISSION, call.shop_key, permission))
    return reply_to_read(body, etags.digest_of(body), if_none_match)
