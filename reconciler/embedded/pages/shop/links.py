"""Linking a member with an account at Amazon: S5 Amazonログイン後の会員ログイン, and マイページ>ログイン連携.

In: a buyer who signed in with Amazon, and a member's own ログインID and パスワード; or a member who is signed in. Out: a link.
That the mail addresses are the same never links anybody.
"""

from typing import Final

from fastapi import APIRouter
from starlette.responses import Response

from reconciler.embedded.contract.problems import Problem
from reconciler.embedded.contract.times import stamp
from reconciler.embedded.pages.authentication import WAIT
from reconciler.embedded.pages.language import N_, _
from reconciler.embedded.pages.shop.member_login import WRONG, authenticate_member
from reconciler.embedded.pages.shop.screens import return_screen
from reconciler.embedded.pages.shop.visit import Guest, GuestPost, ShopGuest
from reconciler.embedded.resources import entitlements
from reconciler.embedded.resources.shopping import account_links, members
from reconciler.embedded.resources.shopping import shop_sessions as sessions
from reconciler.embedded.resources.shopping.account_links import LinkTaken
from reconciler.embedded.resources.shopping.members import Member
from reconciler.embedded.resources.shopping.merchants import find_merchant

router = APIRouter(prefix="/{shop_key}")

LINKED: Final = N_("Amazonアカウントと連携しました。")
UNLINKED: Final = N_("Amazonアカウントとの連携を解除しました。")
_PURCHASES: Final = ("cart", "checkout", "order", "subscription")
_BUYER_TAKEN: Final = N_("このAmazonアカウントは、すでに別の会員と連携されています。")
_MEMBER_TAKEN: Final = N_("この会員は、すでに別のAmazonアカウントと連携されています。")


@router.get("/after-login")
async def show_after_login(guest: Guest) -> Response:
    target = return_screen(guest.request.query_params.get("next", ""), "mypage")
    if guest.preview_until is not None:
        return _after_login_page(guest, "order")
    if guest.buyer is None or guest.member is not None or not guest.amazon_shown:
        return guest.redirect(guest.address("member-login"))
    return _after_login_page(guest, target)


@router.post("/after-login")
async def post_after_login(guest: GuestPost) -> Response:
    target = return_screen(guest.form.text("next"), "mypage")
    if guest.buyer is None or not guest.amazon_shown:
        return guest.redirect(guest.address("member-login"))
    try:
        member = await authenticate_member(guest)
    except Problem:
        return _after_login_page(guest, target, 429, _(WAIT))
    if member is None:
        return _after_login_page(guest, target, 422, _(WRONG))
    try:
        token = _link_and_sign_in(guest, member)
    except LinkTaken as taken:
        return _after_login_page(guest, target, 409, taken_text(taken))
    return guest.with_token(token).redirect(guest.address(target), _(LINKED))


@router.get("/login-link")
async def show_login_link(guest: Guest) -> Response:
    if guest.preview_until is not None:
        return guest.page("shop/login_link.jinja", _("ログイン連携"), linked=False)
    if guest.member is None:
        return guest.redirect(guest.address("member-login?next=login-link"))
    if not link_area_shown(guest):
        raise Problem("NOT_FOUND", "this shop links no accounts")
    with guest.services.reading() as connection:
        merchant = find_merchant(connection, guest.shop_key)
        linked = merchant is not None and account_links.is_linked(connection, merchant, guest.member.member_id)
    return guest.page("shop/login_link.jinja", _("ログイン連携"), linked=linked)


@router.post("/login-link/remove")
async def post_unlink(guest: GuestPost) -> Response:
    if guest.member is None or not link_area_shown(guest):
        raise Problem("NOT_FOUND", "no member is signed in, or this shop links no accounts")
    with guest.services.database.writing() as connection:
        merchant = find_merchant(connection, guest.shop_key)
        if merchant is not None:
            account_links.unlink_accounts(connection, merchant, guest.member.member_id)
    return guest.redirect(guest.address("login-link"), _(UNLINKED))


def link_area_shown(guest: ShopGuest) -> bool:
    """Is there マイページ>ログイン連携? Only with Amazon's buttons, and after the move to コマースクリエイター."""
    with guest.services.reading() as connection:
        row = entitlements.to_response(entitlements.get(connection, guest.shop_key))
    return guest.amazon_shown and row["commerceCreator"] == "RUNNING"


def taken_text(taken: LinkTaken) -> str:
    return _(_BUYER_TAKEN if taken.by_buyer else _MEMBER_TAKEN)


def _after_login_page(guest: ShopGuest, target: str, status: int = 200, message: str = "") -> Response:
    """S5. Only the member can know the password, whosoever's mail address it is."""
    with guest.services.reading() as connection:
        known = guest.buyer is not None and members.is_mail_known(connection, guest.shop_key, guest.buyer.email)
    words = {"problem": message, "login_id": guest.form.text("login_id"), "target": target, "mail_known": known}
    words["purchase"] = target.startswith(_PURCHASES)
    return guest.page("shop/after_login.jinja", _("会員ログイン"), status, screen="after-login", **words)


def _link_and_sign_in(guest: ShopGuest, member: Member) -> str:
    """The new token. The buyer is read again: the shop's SellerId may have changed while the password was compared."""
    now = guest.services.now()
    with guest.services.database.writing() as connection:
        merchant = find_merchant(connection, guest.shop_key)
        session = sessions.find_shop_session(connection, guest.shop_key, guest.token, now)
        if merchant is None or session is None or session.buyer is None:
            raise Problem("PRECONDITION_FAILED", "the sign-in with Amazon is over")
        account_links.link_accounts(connection, merchant, session.buyer.buyer_id, member.member_id, stamp(now))
        return sessions.sign_in_linked_member(connection, session, member.member_id, now)
