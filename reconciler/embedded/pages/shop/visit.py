"""A shopper's request: which shop, who, with which form. Handlers get this instead of a bare request.

In: a request with the shop's cookie, or none. Out: a `ShopGuest`, or `ShopClosed`, `Forged`, `Problem`. A page that is looked at
needs no session; the first form that is posted starts one. A preview has no session, and no form of it is taken.
"""

from dataclasses import field, replace
from datetime import datetime
from typing import Annotated, Any, Final

from fastapi import Depends, Path
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from reconciler.embedded.contract.times import JAPAN
from reconciler.embedded.pages import browser
from reconciler.embedded.pages.forms import Form, read_form
from reconciler.embedded.pages.language import N_, _
from reconciler.embedded.pages.rendering import render_template
from reconciler.embedded.pages.shop.screens import SCREENS, shop_address
from reconciler.embedded.pages.visit import Forged, PageRefused, require_service, services_of
from reconciler.embedded.resources import storefront, system_parts
from reconciler.embedded.resources.screens import admin_sessions, page_parts
from reconciler.embedded.resources.shopping import amazon_buttons, carts
from reconciler.embedded.resources.shopping import shop_sessions as sessions
from reconciler.embedded.resources.shopping.amazon_buyers import AmazonBuyer
from reconciler.embedded.resources.shopping.members import Member
from reconciler.embedded.resources.shopping.shop_sessions import ShopSession
from reconciler.embedded.services import Services
from reconciler.embedded.storage.tables import shops
from reconciler.lib.frozen_class import frozen

PREVIEW_EXPIRED: Final = N_("プレビューの有効期限が切れています。")
_ALERT = "! "


def as_alert(text: str) -> str:
    """A notice for the next page that something did not work."""
    return f"{_ALERT}{text}"


class ShopClosed(Exception):
    """Only a preview shows a closed shop."""

    def __init__(self, shop_key: str, message: str, *, preview_ended: bool) -> None:
        super().__init__(shop_key)
        self.shop_key = shop_key
        self.message = message
        self.preview_ended = preview_ended


@frozen
class ShopGuest:
    request: Request
    services: Services
    shop_key: str
    session: ShopSession | None = None
    """None: nothing was posted yet, or this is a preview."""
    token: str = field(default="", repr=False)
    """What the browser's cookie holds, or is about to hold."""
    preview_until: datetime | None = None
    preview_ended: bool = False
    """The browser has the cookie of a preview that is over, or of another shop."""
    amazon_shown: bool = False
    """Has this page its part of Amazon? A sale type that is off can hide it in addition."""
    form: Form = field(default_factory=Form)

    @property
    def member(self) -> Member | None:
        return self.session.member if self.session else None

    @property
    def buyer(self) -> AmazonBuyer | None:
        """Who signed in with Amazon at this shop."""
        return self.session.buyer if self.session else None

    def address(self, screen: str = "") -> str:
        return shop_address(self.shop_key, screen)

    def required_session(self) -> ShopSession:
        """Of a post: it always has one."""
        assert self.session is not None
        return self.session

    def with_token(self, token: str) -> "ShopGuest":
        """After signing in or out: what is answered gives the browser the new token."""
        return replace(self, token=token)

    def page(self, template: str, heading: str, status: int = 200, *, screen: str = "", **values: Any) -> Response:
        """`screen`: its key in a preview."""
        with self.services.reading() as connection:
            texts = system_parts.texts_of(connection, self.shop_key)
            in_cart = carts.count_items(connection, self.session.session_id) if self.session else 0
        notices = self._notices()
        cookie = self.token or browser.new_visitor()
        shared = {
            "shop_key": self.shop_key,
            "heading": heading,
            "screen": screen,
            "screens": SCREENS,
            "until": self.preview_until and self.preview_until.astimezone(JAPAN).strftime("%H:%M"),
            "member": self.member,
            "buyer": self.buyer,
            "amazon_shown": self.amazon_shown,
            "notices": [each for each in notices if not each.startswith(_ALERT)],
            "alerts": [each.removeprefix(_ALERT) for each in notices if each.startswith(_ALERT)],
            "in_cart": in_cart,
            "csrf": browser.csrf_token(self._preview_token() or cookie),
            "label": {part.key: _(page_parts.label_of(part, texts)) for part in page_parts.PARTS},
            "message": {part.key: _(page_parts.message_of(part, texts)) for part in page_parts.PARTS},
        }
        return self._with_cookies(render_template(template, status, **shared, **values), cookie)

    def redirect(self, address: str, *notices: str) -> Response:
        """After a post: the browser gets the next page, and reloading it posts nothing."""
        if notices:
            with self.services.database.writing() as connection:
                sessions.keep_notices(connection, self.required_session(), notices)
        return self._with_cookies(RedirectResponse(address, 303), self.token)

    def _preview_token(self) -> str:
        """The one form of a preview ends it: the token is that of its cookie."""
        return browser.preview_cookie(self.shop_key).token_of(self.request) if self.preview_until else ""

    def _notices(self) -> tuple[str, ...]:
        kept = self.session.notices if self.session else ()
        return (*kept, _(PREVIEW_EXPIRED)) if self.preview_ended else kept

    def _with_cookies(self, response: Response, token: str) -> Response:
        cookie = browser.shop_cookie(self.shop_key)
        if self.preview_until is None and token and token != cookie.token_of(self.request):
            cookie.give(response, self.request, token)
        if self.preview_ended:
            browser.preview_cookie(self.shop_key).take_back(response)
        return response


async def _guest(request: Request, shop_key: Annotated[str, Path()]) -> ShopGuest:
    """A page that is looked at. What was kept for the next page is taken out."""
    guest = _arrive(request, shop_key)
    if guest.session is not None and guest.session.notices:
        with guest.services.database.writing() as connection:
            sessions.keep_notices(connection, guest.session, ())
    return guest


async def _guest_post(request: Request, shop_key: Annotated[str, Path()]) -> ShopGuest:
    form = await read_form(request)
    guest = _arrive(request, shop_key)
    if guest.preview_until is not None:
        raise PageRefused(403, _("プレビュー"), _("プレビューでは入力できません。"))
    if not browser.shop_cookie(shop_key).is_genuine(request, form.text(browser.CSRF_FIELD)):
        raise Forged
    if guest.session is not None:
        return replace(guest, form=form, session=replace(guest.session, notices=()))
    with guest.services.database.writing() as connection:
        token, session = sessions.start_shop_session(connection, shop_key, guest.services.now())
    return replace(guest, form=form, session=session, token=token)


def _arrive(request: Request, shop_key: str) -> ShopGuest:
    services, now = services_of(request), services_of(request).now()
    token, preview = browser.shop_cookie(shop_key).token_of(request), browser.preview_cookie(shop_key).token_of(request)
    with services.reading() as connection:
        require_service(connection)
        row = storefront.get(connection, shop_key)
        until = admin_sessions.preview_expiry(connection, preview, shop_key, now) if preview else None
        if until is None and row[shops.c.storefront_status] != "OPEN":
            raise ShopClosed(shop_key, storefront.closed_message(row), preview_ended=bool(preview))
        shown = until is not None or amazon_buttons.shows_amazon(connection, shop_key)
        session = sessions.find_shop_session(connection, shop_key, token, now) if token and until is None else None
    return ShopGuest(
        request=request,
        services=services,
        shop_key=shop_key,
        session=session,
        token=token,
        preview_until=until,
        preview_ended=until is None and bool(preview),
        amazon_shown=shown,
    )


Guest = Annotated[ShopGuest, Depends(_guest)]
GuestPost = Annotated[ShopGuest, Depends(_guest_post)]
"""A form of a shop, from a page of ours. It always has a session."""
