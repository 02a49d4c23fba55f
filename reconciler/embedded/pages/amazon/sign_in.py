"""P1 サインイン and P2 連携確認 of the practice Amazon: who a buyer is, and whether a shop may learn it.

In: an errand of a shop. Out: a session of Amazon's own, a consent, and the way back: to the shop with its state and a code, or to
the payment. Someone who signed in within a day is not asked again, nor one who agreed before.
"""

from typing import Final

from fastapi import APIRouter
from starlette.responses import Response

from reconciler.embedded.contract.problems import Problem
from reconciler.embedded.contract.times import stamp
from reconciler.embedded.pages.amazon.visit import (
    AmazonGuest,
    AmazonPost,
    AmazonVisit,
    Errand,
    amazon_error,
    errand_of,
    is_shop_key,
    require_buyer,
    require_merchant,
)
from reconciler.embedded.pages.authentication import WAIT, check_password
from reconciler.embedded.pages.language import N_, _
from reconciler.embedded.resources.screens.sign_in_attempts import attempter
from reconciler.embedded.resources.shopping import amazon_codes, amazon_sign_in
from reconciler.embedded.resources.shopping.amazon_buyers import find_buyer

router = APIRouter()

WRONG: Final = N_("Eメールアドレスまたはパスワードが正しくありません。")


@router.get("/sign-in")
async def show_amazon_sign_in(guest: AmazonVisit) -> Response:
    errand = errand_of(guest.request.query_params)
    with guest.services.reading() as connection:
        require_merchant(connection, guest, errand.shop_key)
    return _sign_in_page(guest, errand) if guest.buyer is None else guest.redirect(errand.address("consent"))


@router.post("/sign-in")
async def post_amazon_sign_in(guest: AmazonPost) -> Response:
    errand, email = errand_of(guest.form.values), guest.form.text("email").strip()
    with guest.services.reading() as connection:
        require_merchant(connection, guest, errand.shop_key)
    who, password = attempter("amazon", email.lower()), guest.form.text("password")
    try:
        buyer = await check_password(guest.services, who, lambda connection: find_buyer(connection, email), password)
    except Problem:
        return _sign_in_page(guest, errand, 429, message=_(WAIT), email=email)
    if buyer is None:
        return _sign_in_page(guest, errand, 422, message=_(WRONG), email=email)
    with guest.services.database.writing() as connection:
        amazon_sign_in.close_amazon_session(connection, guest.token)
        token = amazon_sign_in.start_amazon_session(connection, buyer, guest.services.now())
    return guest.with_token(token).redirect(errand.address("consent"))


@router.get("/consent")
async def show_consent(guest: AmazonVisit) -> Response:
    errand = errand_of(guest.request.query_params)
    with guest.services.reading() as connection:
        merchant = require_merchant(connection, guest, errand.shop_key)
        agreed = guest.buyer is not None and amazon_sign_in.has_consented(connection, merchant, guest.buyer)
    if guest.buyer is None:
        return guest.redirect(errand.address("sign-in"))
    if agreed:
        return _go_on(guest, errand)
    return guest.page("amazon/consent.jinja", _("連携の確認"), errand=errand, name=guest.buyer.name, preview="")


@router.post("/consent")
async def post_consent(guest: AmazonPost) -> Response:
    errand = errand_of(guest.form.values)
    with guest.services.database.writing() as connection:
        merchant = require_merchant(connection, guest, errand.shop_key)
        if guest.buyer is not None:
            amazon_sign_in.give_consent(connection, merchant, guest.buyer, stamp(guest.services.now()))
    return _go_on(guest, errand)


@router.post("/consent/cancel")
async def post_cancel(guest: AmazonPost) -> Response:
    errand = errand_of(guest.form.values)
    if errand.checkout:
        return guest.redirect(f"/shop/{errand.shop_key}/order?session={errand.checkout}")
    return guest.redirect(f"/shop/{errand.shop_key}/amazon-return?state={errand.state}&cancelled=1")


@router.get("/privacy")
async def show_privacy(guest: AmazonVisit) -> Response:
    shop_key = guest.request.query_params.get("shop", "")
    if not is_shop_key(shop_key):
        raise amazon_error()
    return guest.page("amazon/privacy.jinja", _("プライバシー規約"), shop_key=shop_key)


@router.get("/sign-out")
async def sign_out_of_amazon(guest: AmazonVisit) -> Response:
    """The shop sends the buyer here with a code of its own, so that no other site can end a session."""
    shop_key = guest.request.query_params.get("shop", "")
    with guest.services.database.writing() as connection:
        merchant = require_merchant(connection, guest, shop_key)
        code = guest.request.query_params.get("code", "")
        buyer_id = amazon_codes.redeem_code(connection, "sign-out", merchant, code, guest.services.now())
        if guest.buyer is not None and guest.buyer.buyer_id == buyer_id:
            amazon_sign_in.close_amazon_session(connection, guest.token)
    return guest.redirect(f"/shop/{shop_key}/")


def _sign_in_page(
    guest: AmazonGuest, errand: Errand, status: int = 200, message: str = "", email: str = ""
) -> Response:
    words = {"errand": errand, "message": message, "email": email, "preview": ""}
    return guest.page("amazon/sign_in.jinja", _("サインイン"), status, **words)


def _go_on(guest: AmazonGuest, errand: Errand) -> Response:
    """To what the buyer came for."""
    with guest.services.database.writing() as connection:
        merchant, buyer = require_buyer(connection, guest, errand)
        if errand.checkout:
            return guest.redirect(f"/amazon/checkout/{errand.checkout}")
        code = amazon_codes.issue_code(connection, "sign-in", merchant, buyer.buyer_id, guest.services.now())
    return guest.redirect(f"/shop/{errand.shop_key}/amazon-return?state={errand.state}&code={code}")
