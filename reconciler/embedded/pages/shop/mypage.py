"""マイページ: who is signed in, and their orders at this shop; and the two pages that answer what a form refers to."""

from fastapi import APIRouter
from starlette.responses import Response

from reconciler.embedded.pages.language import _
from reconciler.embedded.pages.shop.links import link_area_shown
from reconciler.embedded.pages.shop.visit import Guest
from reconciler.embedded.resources.shopping.member_orders import list_member_orders

router = APIRouter(prefix="/{shop_key}")


@router.get("/mypage")
async def show_mypage(guest: Guest) -> Response:
    if guest.member is None:
        return guest.redirect(guest.address("member-login"))
    with guest.services.reading() as connection:
        orders = list_member_orders(connection, guest.shop_key, guest.member.member_id)
    return guest.page("shop/mypage.jinja", _("マイページ"), orders=orders, link_area=link_area_shown(guest))


@router.get("/password-help")
async def show_password_help(guest: Guest) -> Response:
    return guest.page("shop/password_help.jinja", _("パスワードをお忘れですか?"))


@router.get("/terms")
async def show_terms(guest: Guest) -> Response:
    return guest.page("shop/terms.jinja", _("会員規約"))
