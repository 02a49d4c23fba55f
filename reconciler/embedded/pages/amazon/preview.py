"""The practice Amazon of a preview: the same pages with a test buyer. Nothing is entered, checked or written."""

from typing import Any, Final
from urllib.parse import urlencode

from fastapi import APIRouter
from starlette.responses import Response

from reconciler.embedded.pages.amazon.payment import CARD_NOTES, HEADING
from reconciler.embedded.pages.amazon.visit import AmazonGuest, AmazonVisit, amazon_error, is_shop_key
from reconciler.embedded.pages.language import _
from reconciler.embedded.pages.shop.samples import SAMPLE_BUYER, SAMPLE_CARD, sample_basket

router = APIRouter(prefix="/preview")

_PAID: Final = ("order", "subscription")
_WAYS: Final = ("after-login", *_PAID)
"""Screens of the shop's preview to which these pages lead."""


@router.get("/sign-in")
async def preview_sign_in(guest: AmazonVisit) -> Response:
    shop_key, to = _asked(guest)
    words: dict[str, Any] = {"errand": None, "message": "", "email": SAMPLE_BUYER.email}
    following = f"/amazon/preview/consent?{urlencode({'shop': shop_key, 'to': to})}"
    return guest.page("amazon/sign_in.jinja", _("サインイン"), preview=following, **words)


@router.get("/consent")
async def preview_consent(guest: AmazonVisit) -> Response:
    shop_key, to = _asked(guest)
    words = urlencode({"shop": shop_key, "to": to})
    following = f"/amazon/preview/checkout?{words}" if to in _PAID else f"/shop/{shop_key}/{to}"
    return guest.page(
        "amazon/consent.jinja",
        _("連携の確認"),
        errand={"shop_key": shop_key},
        name=SAMPLE_BUYER.name,
        preview=following,
    )


@router.get("/checkout")
async def preview_payment(guest: AmazonVisit) -> Response:
    shop_key, to = _asked(guest)
    return guest.page(
        "amazon/payment.jinja",
        _(HEADING),
        preview=f"/shop/{shop_key}/{to}",
        action="",
        shop_key=shop_key,
        amount=str(sample_basket().total),
        problem="",
        addresses=SAMPLE_BUYER.addresses,
        cards=CARD_NOTES,
        chosen_address=SAMPLE_BUYER.addresses[0],
        chosen_card=SAMPLE_CARD,
    )


def _asked(guest: AmazonGuest) -> tuple[str, str]:
    shop_key, to = guest.request.query_params.get("shop", ""), guest.request.query_params.get("to", "")
    if not is_shop_key(shop_key) or to not in _WAYS:
        raise amazon_error()
    return shop_key, to
