"""Charges in the shape of Amazon Pay's own API (Checkout v2), for the shop that X-SHOP-KEY names.

Amazon answers one charge by its id. To list those of a charge permission is this backend's own [?].
"""

from typing import Annotated

from fastapi import APIRouter, Path, Query
from starlette.responses import Response

from reconciler.embedded import charges, etags, shops
from reconciler.embedded.answers import Charge, Charges
from reconciler.embedded.calls import IfNoneMatch, NamedShopCall
from reconciler.embedded.openapi import READ, SHOP, refusals
from reconciler.embedded.replies import reply_to_read

router = APIRouter(prefix="/amazon-pay/v2/charges", tags=["amazon-pay"])

Permission = Annotated[str, Query(alias="chargePermissionId", min_length=1, max_length=64)]


@router.get("", response_model=Charges, responses=refusals(*READ, *SHOP, 422))
async def get_charges(call: NamedShopCall, permission: Permission, if_none_match: IfNoneMatch = None) -> Response:
    with call.reading() as connection:
        shops.get(connection, call.shop_key)
        found = charges.of_permission(connection, call.shop_key, permission)
    body: Charges = {"charges": found}
    return reply_to_read(body, etags.digest_of(body), if_none_match)


@router.get("/{chargeId}", response_model=Charge, responses=refusals(*READ, *SHOP))
async def get_charge(
    call: NamedShopCall, charge_id: Annotated[str, Path(alias="chargeId")], if_none_match: IfNoneMatch = None
) -> Response:
    with call.reading() as connection:
        shops.get(connection, call.shop_key)
        body = charges.answer(charges.get(connection, call.shop_key, charge_id))
    return reply_to_read(body, etags.digest_of(body), if_none_match)
