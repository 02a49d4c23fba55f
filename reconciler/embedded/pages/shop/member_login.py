"""Signing in as a member: S4 ご購入手続き on the way to an order, S6 会員ログイン otherwise; and signing out.

In: ログインID and パスワード. Out: the same session with a new token, and the screen where the shopper wanted to go.
"""

from collections.abc import Callable
from typing import Final

from fastapi import APIRouter
from starlette.responses import Response

from reconciler.embedded.contract.problems import Problem
from reconciler.embedded.pages import browser
from reconciler.embedded.pages.authentication import WAIT, check_password
from reconciler.embedded.pages.language import N_, _
from reconciler.embedded.pages.shop.screens import SCREENS, return_screen
from reconciler.embedded.pages.shop.visit import Guest, GuestPost, ShopGuest
from reconciler.embedded.resources import storefront
from reconciler.embedded.resources.screens.sign_in_attempts import attempter
from reconciler.embedded.resources.shopping import shop_sessions as sessions
from reconciler.embedded.resources.shopping.carts import get_basket
from reconciler.embedded.resources.shopping.confirming import amazon_offered
from reconciler.embedded.resources.shopping.members import Member, find_member
from reconciler.embedded.storage.tables import shops

router = APIRouter(prefix="/{shop_key}")

WRONG: Final = N_("ログインIDまたはパスワードが正しくありません。")
PURCHASE: Final = "checkout"
"""Where someone goes on who signed in on the way to an order."""


@router.get("/purchase-login")
async def show_purchase_login(guest: Guest) -> Response:
    return guest.redirect(guest.address(PURCHASE)) if guest.member else _purchase_page(guest)


@router.post("/purchase-login")
async def post_purchase_login(guest: GuestPost) -> Response:
    return await _log_in(guest, lambda status, message: _purchase_page(guest, status, message), PURCHASE)


@router.get("/member-login")
async def show_member_login(guest: Guest) -> Response:
    target = return_screen(guest.request.query_params.get("next", ""), "mypage")
    return guest.redirect(guest.address(target)) if guest.member else member_page(guest, target=target)


@router.post("/member-login")
async def post_member_login(guest: GuestPost) -> Response:
    target = return_screen(guest.form.text("next"), "mypage")
    return await _log_in(guest, lambda status, message: member_page(guest, status, message, target=target), target)


@router.post("/logout")
async def log_out(guest: GuestPost) -> Response:
    """The cart ends with the session: the next person at this browser sees nothing of it."""
    with guest.services.database.writing() as connection:
        sessions.close_shop_session(connection, guest.required_session())
    response = guest.with_token("").redirect(guest.address())
    browser.shop_cookie(guest.shop_key).take_back(response)
    return response


async def authenticate_member(guest: ShopGuest) -> Member | None:
    """By ログインID and パスワード of the form. None: one of them is wrong. Raises Problem where the name has to wait."""
    login_id = guest.form.text("login_id").strip()
    who = attempter("member", guest.shop_key, login_id)
    return await check_password(
        guest.services,
        who,
        lambda connection: find_member(connection, guest.shop_key, login_id),
        guest.form.text("password"),
    )


def member_page(guest: ShopGuest, status: int = 200, message: str = "", *, target: str = "mypage") -> Response:
    """S6."""
    words = {"problem": message, "login_id": guest.form.text("login_id"), "target": target}
    return guest.page("shop/member_login.jinja", _("会員ログイン"), status, screen="member-login", **words)


def _purchase_page(guest: ShopGuest, status: int = 200, message: str = "") -> Response:
    """S4."""
    with guest.services.reading() as connection:
        row = storefront.get(connection, guest.shop_key)
        basket = get_basket(connection, guest.session.session_id) if guest.session else None
        pay = guest.preview_until is not None or (basket and amazon_offered(connection, guest.shop_key, basket))
    words = {"problem": message, "login_id": guest.form.text("login_id"), "target": PURCHASE}
    shown = {"guest_purchase": row[shops.c.guest_purchase], "amazon_pay_shown": bool(pay)}
    heading = _(SCREENS["purchase-login"])
    return guest.page("shop/purchase_login.jinja", heading, status, screen="purchase-login", **words, **shown)


async def _log_in(guest: ShopGuest, page: Callable[[int, str], Response], target: str) -> Response:
    try:
        member = await authenticate_member(guest)
    except Problem:
        return page(429, _(WAIT))
    if member is None:
        return page(422, _(WRONG))
    with guest.services.database.writing() as connection:
        session = guest.required_session()
        token = sessions.sign_in_member(connection, session, member.member_id, guest.services.now())
    return guest.with_token(token).redirect(guest.address(target))
