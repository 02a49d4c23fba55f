"""完了: the order that came of a checkout of this session."""

from fastapi import APIRouter
from starlette.responses import RedirectResponse, Response

from reconciler.embedded.pages.language import _
from reconciler.embedded.pages.shop.screens import SCREENS
from reconciler.embedded.pages.shop.visit import Guest
from reconciler.embedded.resources.shopping import checkouts

router = APIRouter(prefix="/{shop_key}/complete")


@router.get("")
async def show_complete(guest: Guest, session: str = "") -> Response:
    heading, checkout = _(SCREENS["complete"]), None
    if guest.preview_until is None:
        with guest.services.reading() as connection:
            checkout = checkouts.find_checkout(connection, session)
        mine = guest.session is not None and checkout is not None and checkout.session_id == guest.session.session_id
        if checkout is None or not mine or checkout.order_no is None or checkout.shop_key != guest.shop_key:
            return RedirectResponse(guest.address("cart"), 303)
    return guest.page("shop/complete.jinja", heading, screen="complete", checkout=checkout)
