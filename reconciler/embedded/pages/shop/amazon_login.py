"""Signing in with Amazon at a shop, there and back, and signing out again.

In: a button; later Amazon's answer, with the state of this session and a code. Out: a member who is linked is signed in; a member
who is signed in and asked for it is linked; everybody else goes on to S5. An answer that this session did not ask for
does nothing.
"""

import hmac
from typing import Final
from urllib.parse import urlencode

from fastapi import APIRouter
from sqlalchemy import Connection
from starlette.responses import Response

from reconciler.embedded.contract.problems import Problem
from reconciler.embedded.contract.times import stamp
from reconciler.embedded.pages.language import N_, _
from reconciler.embedded.pages.shop.links import LINKED, link_area_shown, taken_text
from reconciler.embedded.pages.shop.member_login import member_page
from reconciler.embedded.pages.shop.screens import return_screen
from reconciler.embedded.pages.shop.visit import Guest, GuestPost, ShopGuest, as_alert
from reconciler.embedded.resources.random_tokens import hash_token
from reconciler.embedded.resources.shopping import account_links, amazon_codes
from reconciler.embedded.resources.shopping import shop_sessions as sessions
from reconciler.embedded.resources.shopping.account_links import LinkTaken
from reconciler.embedded.resources.shopping.merchants import Merchant, find_merchant
from reconciler.embedded.resources.shopping.shop_sessions import BuyerSignIn, ShopSession
from reconciler.lib.frozen_class import frozen

router = APIRouter(prefix="/{shop_key}")


@frozen
class Arrival:
    """Of a buyer: the session's token from now on, and where they go."""

    token: str
    screen: str
    notice: str = ""


AGAIN: Final = N_("もう一度お試しください。")
CANCELLED: Final = N_("Amazonでのログインがキャンセルされました。")
SIGNED_OUT: Final = N_("Amazonからサインアウトしました。")


@router.post("/amazon-login")
async def go_to_amazon(guest: GuestPost) -> Response:
    """A member who is signed in comes here to link an account, and nothing else."""
    target = return_screen(guest.form.text("next"), "mypage")
    if not guest.amazon_shown or (guest.member and not link_area_shown(guest)):
        raise Problem("NOT_FOUND", "this shop has no sign-in with Amazon")
    if guest.member is not None and target != "login-link":
        return guest.redirect(guest.address(target))
    with guest.services.database.writing() as connection:
        state = sessions.expect_amazon(connection, guest.required_session(), target)
    words = urlencode({"shop": guest.shop_key, "purpose": "login", "state": state})
    return guest.redirect(f"/amazon/sign-in?{words}")


@router.get("/amazon-return")
async def return_from_amazon(guest: Guest) -> Response:
    asked, session = guest.request.query_params, guest.session
    if session is None or not _is_expected(session, asked.get("state", "")) or not guest.amazon_shown:
        return member_page(guest, 400, _(AGAIN))
    if asked.get("cancelled"):
        return guest.redirect(guest.address("login-link" if guest.member else "member-login"), as_alert(_(CANCELLED)))
    with guest.services.database.writing() as connection:
        merchant = find_merchant(connection, guest.shop_key)
        code, now = asked.get("code", ""), guest.services.now()
        buyer_id = merchant and amazon_codes.redeem_code(connection, "sign-in", merchant, code, now)
        arrival = merchant and buyer_id and _arrive(connection, guest, session, merchant, buyer_id)
    if not arrival:
        return member_page(guest, 400, _(AGAIN))
    notices = (arrival.notice,) if arrival.notice else ()
    return guest.with_token(arrival.token).redirect(guest.address(arrival.screen), *notices)


@router.post("/amazon-sign-out")
async def sign_out_at_amazon(guest: GuestPost) -> Response:
    """Of this shop's session and of Amazon's own. Who is signed in as a member stays so."""
    session, now = guest.required_session(), guest.services.now()
    with guest.services.database.writing() as connection:
        merchant = find_merchant(connection, guest.shop_key)
        token = sessions.sign_out_buyer(connection, session, now)
        if session.buyer is None or merchant is None:
            return guest.with_token(token).redirect(guest.address())
        code = amazon_codes.issue_code(connection, "sign-out", merchant, session.buyer.buyer_id, now)
        sessions.keep_notices(connection, session, (_(SIGNED_OUT),))
    return guest.with_token(token).redirect(f"/amazon/sign-out?{urlencode({'shop': guest.shop_key, 'code': code})}")


def _is_expected(session: ShopSession, state: str) -> bool:
    return session.login_state is not None and hmac.compare_digest(session.login_state, hash_token(state))


def _arrive(
    connection: Connection, guest: ShopGuest, session: ShopSession, merchant: Merchant, buyer_id: int
) -> Arrival | None:
    """The token is new in any case: what someone knew of this session before is worth nothing."""
    now, target = guest.services.now(), return_screen(session.return_to or "", "mypage")
    signed_in = BuyerSignIn(buyer_id=buyer_id, seller_id=merchant.seller_id)
    if session.member is not None:
        return _link(connection, guest, session, merchant, signed_in)
    member_id = account_links.linked_member(connection, merchant, buyer_id)
    token = sessions.sign_in_buyer(connection, session, signed_in, now, member_id=member_id)
    screen = f"after-login?{urlencode({'next': target})}" if member_id is None else target
    return Arrival(token=token, screen=screen)


def _link(
    connection: Connection, guest: ShopGuest, session: ShopSession, merchant: Merchant, signed_in: BuyerSignIn
) -> Arrival | None:
    """A member who is signed in asked for it, on a page of this session."""
    if session.member is None or not link_area_shown(guest):
        return None
    now, notice = guest.services.now(), _(LINKED)
    try:
        account_links.link_accounts(connection, merchant, signed_in.buyer_id, session.member.member_id, stamp(now))
    except LinkTaken as taken:
        notice = as_alert(taken_text(taken))
    token = sessions.sign_in_buyer(connection, session, signed_in, now)
    return Arrival(token=token, screen="login-link", notice=notice)
