"""S2 ご注文手続き and S3 お申込み手続き: what Amazon gave, what the shopper adds, and 確定.

In: the address to which Amazon led back; later the form. Out: the page, or an order and its 完了 page. What may go wrong
`confirming` says; here it becomes the answer that a shopper sees.
"""

from urllib.parse import urlencode

from fastapi import APIRouter
from starlette.responses import Response

from reconciler.embedded.pages.shop.order_entry import OrderEntry, read_entry
from reconciler.embedded.pages.shop.order_member import member_who_orders, recognise_buyer
from reconciler.embedded.pages.shop.order_view import (
    AGAIN,
    CANCELED,
    DECLINED,
    UNAVAILABLE,
    OrderFaults,
    OrderView,
    find_view,
    order_page,
    sample_view,
    to_cart,
)
from reconciler.embedded.pages.shop.visit import Guest, GuestPost, ShopClosed, ShopGuest
from reconciler.embedded.resources import storefront
from reconciler.embedded.resources.shopping.confirming import Confirmation, OrderAttempt, confirm_with_amazon
from reconciler.embedded.storage.audited_write import AMAZON

router = APIRouter(prefix="/{shop_key}")


@router.get("/order")
async def show_order_page(guest: Guest, session: str = "", code: str = "") -> Response:
    return _show(guest, session, code, "order")


@router.get("/subscription")
async def show_application(guest: Guest, session: str = "", code: str = "") -> Response:
    return _show(guest, session, code, "subscription")


@router.post("/order")
async def post_order(guest: GuestPost) -> Response:
    return _confirm(guest, "order")


@router.post("/subscription")
async def post_application(guest: GuestPost) -> Response:
    return _confirm(guest, "subscription")


def _show(guest: ShopGuest, checkout_id: str, code: str, screen: str) -> Response:
    if guest.preview_until is not None:
        return order_page(guest, sample_view(screen), screen)
    if code and guest.session is not None:
        notices, address = guest.session.notices, guest.address(f"{screen}?{urlencode({'session': checkout_id})}")
        return recognise_buyer(guest, checkout_id, code).redirect(address, *notices)
    view = find_view(guest, checkout_id, screen)
    return view if isinstance(view, Response) else order_page(guest, view, screen)


def _confirm(guest: ShopGuest, screen: str) -> Response:
    view = find_view(guest, guest.form.text("session"), screen)
    if isinstance(view, Response):
        return view
    application = screen == "subscription"
    now = guest.services.now()
    entry, errors = read_entry(guest.form, now, application=application, must_register=view.must_register)
    if errors:
        return order_page(guest, view, screen, OrderFaults(status=422, entry=entry, errors=errors))
    attempt = OrderAttempt(
        shop_key=guest.shop_key,
        session_id=guest.required_session().session_id,
        checkout_id=view.checkout_id,
        fingerprint=guest.form.text("seen"),
        delivery_time=entry.delivery,
        request=entry.request,
    )
    with guest.services.editing(AMAZON) as edit:
        found = confirm_with_amazon(edit, attempt, now, member_who_orders(guest, entry))
    return _answer(guest, view, screen, entry, found)


def _answer(guest: ShopGuest, view: OrderView, screen: str, entry: OrderEntry, found: Confirmation) -> Response:
    match found.outcome:
        case "PLACED":
            return guest.redirect(f"{guest.address('complete')}?session={view.checkout_id}")
        case "CLOSED":
            raise closed(guest)
        case "REFUSED":
            return guest.redirect(f"/amazon/checkout/{view.checkout_id}")
        case "CHANGED":
            present = find_view(guest, view.checkout_id, screen)
            faults = OrderFaults(status=409, entry=entry, changed=True)
            return present if isinstance(present, Response) else order_page(guest, present, screen, faults)
        case "DECLINED":
            return to_cart(guest, DECLINED)
        case "CANCELED":
            return to_cart(guest, CANCELED)
        case "UNAVAILABLE":
            return to_cart(guest, UNAVAILABLE)
        case "LAPSED":
            return to_cart(guest, AGAIN)


def closed(guest: ShopGuest) -> ShopClosed:
    """The shop closed while the shopper was at Amazon, or at this page."""
    with guest.services.reading() as connection:
        message = storefront.closed_message(storefront.get(connection, guest.shop_key))
    return ShopClosed(guest.shop_key, message, preview_ended=False)
