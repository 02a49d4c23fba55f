"""The end of a preview of Amazon設定. Its screens are those of the shop: where `ShopGuest.preview_until` is set, each shows
samples in place of a cart, a buyer and an order, as if 利用する were on and every item set, and writes nothing.
"""

from typing import Annotated

from fastapi import APIRouter, Path
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from reconciler.embedded.contract.problems import Problem
from reconciler.embedded.pages import browser
from reconciler.embedded.pages.forms import read_form
from reconciler.embedded.pages.shop.screens import shop_address
from reconciler.embedded.pages.shop.visit import Guest
from reconciler.embedded.pages.visit import Forged, require_service, services_of
from reconciler.embedded.resources.screens import admin_sessions as sessions

router = APIRouter(prefix="/{shop_key}")


@router.get("/{screen}")
async def show_no_screen(guest: Guest, screen: str) -> Response:
    """Of a shop that is open: a closed one answers its page at every address."""
    raise Problem("NOT_FOUND", f"{guest.shop_key} has no screen {screen}")


@router.post("/end-preview")
async def end_preview(request: Request, shop_key: Annotated[str, Path()]) -> Response:
    services, cookie = services_of(request), browser.preview_cookie(shop_key)
    form = await read_form(request)
    if not cookie.is_genuine(request, form.text(browser.CSRF_FIELD)):
        raise Forged
    with services.database.writing() as connection:
        require_service(connection)
        sessions.close_preview(connection, cookie.token_of(request))
    response = RedirectResponse(shop_address(shop_key), 303)
    cookie.take_back(response)
    return response
