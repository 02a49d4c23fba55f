"""A buyer's request at the practice Amazon: who is signed in, and what brought them there.

In: a request with Amazon's cookie, or none. Out: an `AmazonGuest`; `require_buyer` gives the buyer of a merchant, or leads to the
sign-in and back. An errand leads back to addresses that these pages make themselves, never to one that the request names.
"""

import re
from dataclasses import field, replace
from typing import Annotated, Any, Final
from urllib.parse import urlencode

from fastapi import Depends
from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from reconciler.embedded.pages import browser
from reconciler.embedded.pages.forms import Form, read_form
from reconciler.embedded.pages.language import _
from reconciler.embedded.pages.rendering import render_template
from reconciler.embedded.pages.visit import Forged, PageRefused, require_service, services_of
from reconciler.embedded.resources.shopping import amazon_sign_in as sign_in
from reconciler.embedded.resources.shopping.amazon_buyers import AmazonBuyer
from reconciler.embedded.resources.shopping.merchants import Merchant, find_accepted_merchant
from reconciler.embedded.services import Services
from reconciler.lib.frozen_class import frozen

_SHOP: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")
_TOKEN: Final = re.compile(r"[A-Za-z0-9_-]{1,64}")


@frozen
class Errand:
    """What a buyer came for: with `checkout` to pay, otherwise to sign in at the shop, whose `state` goes back to it."""

    shop_key: str
    state: str = ""
    checkout: str = ""

    def address(self, page: str) -> str:
        """Of a page on the way: `sign-in`, `consent`."""
        purpose = "pay" if self.checkout else "login"
        words = {"shop": self.shop_key, "purpose": purpose, "state": self.state, "checkout": self.checkout}
        return f"/amazon/{page}?{urlencode({name: value for name, value in words.items() if value})}"


class BuyerNeeded(Exception):
    """Someone has to sign in first, or to agree that this shop learns who they are."""

    def __init__(self, address: str) -> None:
        super().__init__(address)
        self.address = address


@frozen
class AmazonGuest:
    request: Request
    services: Services
    token: str = field(default="", repr=False)
    buyer: AmazonBuyer | None = None
    form: Form = field(default_factory=Form)

    def page(self, template: str, heading: str, status: int = 200, **values: Any) -> Response:
        cookie = self.token or browser.new_visitor()
        shared = {"heading": heading, "buyer": self.buyer, "csrf": browser.csrf_token(cookie)}
        return self._with_cookie(render_template(template, status, **shared, **values), cookie)

    def redirect(self, address: str) -> Response:
        return self._with_cookie(RedirectResponse(address, 303), self.token)

    def with_token(self, token: str) -> "AmazonGuest":
        return replace(self, token=token)

    def _with_cookie(self, response: Response, token: str) -> Response:
        if token and token != browser.AMAZON_COOKIE.token_of(self.request):
            browser.AMAZON_COOKIE.give(response, self.request, token)
        return response


def is_shop_key(text: str) -> bool:
    return _SHOP.fullmatch(text) is not None


def errand_of(words: Any) -> Errand:
    """From a query or a form. Raises PageRefused: such an address is made by no page of ours."""
    shop, state, checkout = (words.get(name, "") for name in ("shop", "state", "checkout"))
    well_formed = is_shop_key(shop) and _TOKEN.fullmatch(state or checkout) and not (state and checkout)
    if not well_formed:
        raise amazon_error()
    return Errand(shop_key=shop, state=state, checkout=checkout)


def require_merchant(connection: Connection, guest: AmazonGuest, shop_key: str) -> Merchant:
    """Raises PageRefused, Amazon's error page, where the buyer cannot go on."""
    base = guest.request.base_url
    found = find_accepted_merchant(connection, shop_key, f"{base.scheme}://{base.netloc}")
    if found is None:
        raise amazon_error()
    return found


def require_buyer(connection: Connection, guest: AmazonGuest, errand: Errand) -> tuple[Merchant, AmazonBuyer]:
    """Who is signed in and agreed to be named to the shop; others are led to the sign-in, and then to the errand."""
    merchant = require_merchant(connection, guest, errand.shop_key)
    if guest.buyer is None:
        raise BuyerNeeded(errand.address("sign-in"))
    if not sign_in.has_consented(connection, merchant, guest.buyer):
        raise BuyerNeeded(errand.address("consent"))
    return merchant, guest.buyer


def amazon_error() -> PageRefused:
    return PageRefused(
        403,
        _("エラーが発生しました"),
        _("このショップではAmazonアカウントをご利用いただけません。ショップにお問い合わせください。"),
    )


async def _amazon_guest(request: Request) -> AmazonGuest:
    services, token = services_of(request), browser.AMAZON_COOKIE.token_of(request)
    with services.reading() as connection:
        require_service(connection)
        buyer = sign_in.find_signed_in_buyer(connection, token, services.now()) if token else None
    return AmazonGuest(request=request, services=services, token=token, buyer=buyer)


async def _amazon_post(guest: Annotated[AmazonGuest, Depends(_amazon_guest)]) -> AmazonGuest:
    form = await read_form(guest.request)
    if not browser.AMAZON_COOKIE.is_genuine(guest.request, form.text(browser.CSRF_FIELD)):
        raise Forged
    return replace(guest, form=form)


AmazonVisit = Annotated[AmazonGuest, Depends(_amazon_guest)]
AmazonPost = Annotated[AmazonGuest, Depends(_amazon_post)]
"""A form from a page of the practice Amazon."""
