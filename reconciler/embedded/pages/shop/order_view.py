"""What S2 and S3 show: the checkout of this session, as it would be ordered now.

In: a visit with the id of a checkout. Out: an `OrderView`, or the answer that leads elsewhere: what a buyer chose at Amazon is
shown only to the buyer. In a preview: samples.
"""

from calendar import monthrange
from collections.abc import Mapping
from dataclasses import field
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import Connection
from starlette.responses import RedirectResponse, Response

from reconciler.embedded.contract.times import JAPAN
from reconciler.embedded.pages.formats import page_date
from reconciler.embedded.pages.language import N_, _
from reconciler.embedded.pages.shop.order_entry import LABELS, TIMES, OrderEntry, delivery_dates
from reconciler.embedded.pages.shop.samples import SAMPLE_BUYER, SAMPLE_CARD, sample_basket
from reconciler.embedded.pages.shop.screens import SCREENS
from reconciler.embedded.pages.shop.visit import ShopGuest, as_alert
from reconciler.embedded.resources import storefront
from reconciler.embedded.resources.shopping import carts, checkouts
from reconciler.embedded.resources.shopping.amazon_buyers import AmazonBuyer, get_buyer
from reconciler.embedded.resources.shopping.amazon_payments import CARDS
from reconciler.embedded.resources.shopping.basket import Basket
from reconciler.embedded.resources.shopping.checkouts import Checkout
from reconciler.embedded.resources.shopping.confirming import amazon_offered
from reconciler.embedded.resources.shopping.members import is_mail_known
from reconciler.embedded.storage.tables import shops
from reconciler.lib.frozen_class import frozen

DECLINED: Final = N_("決済が失敗しました。他のお支払い方法を選択して再度お試しください。")
CANCELED: Final = N_("決済がキャンセルされました。もう一度お試しください。")
AGAIN: Final = N_("もう一度お試しください。")
UNAVAILABLE: Final = N_("現在のカートの内容では、Amazon Payでのお手続きができません。カートの内容をご確認ください。")
_MONTHS: Final = 12


@frozen
class OrderView:
    """`may_register`: a shopper who is no member, and no member has the mail address. `must_register`: only members buy."""

    checkout_id: str
    basket: Basket
    buyer: AmazonBuyer
    address: tuple[str, ...]
    card: str
    may_register: bool
    must_register: bool


def sample_view(screen: str) -> OrderView:
    return OrderView(
        checkout_id="",
        basket=sample_basket("SUBSCRIPTION" if screen == "subscription" else "REGULAR"),
        buyer=SAMPLE_BUYER,
        address=SAMPLE_BUYER.addresses[0],
        card=SAMPLE_CARD,
        may_register=True,
        must_register=False,
    )


def find_view(guest: ShopGuest, checkout_id: str, screen: str) -> OrderView | Response:
    with guest.services.reading() as connection:
        checkout = checkouts.find_checkout(connection, checkout_id)
        if checkout is None or guest.session is None or not _is_mine(guest, checkout):
            return to_cart(guest, AGAIN)
        if checkout.order_no is not None:
            return RedirectResponse(f"{guest.address('complete')}?session={checkout_id}", 303)
        if not checkout.open_at(guest.services.now()):
            return to_cart(guest, _ended(checkout))
        basket = carts.get_basket(connection, guest.session.session_id)
        if not amazon_offered(connection, guest.shop_key, basket):
            return to_cart(guest, UNAVAILABLE)
        if checkout.buyer_id is None or checkout.card is None:
            return to_cart(guest, CANCELED)
        if guest.buyer is None or guest.buyer.buyer_id != checkout.buyer_id:
            return RedirectResponse(f"/amazon/checkout/{checkout_id}", 303)
        if screen != screen_of(basket):
            return RedirectResponse(f"{guest.address(screen_of(basket))}?session={checkout_id}", 303)
        return _view(connection, guest, checkout, get_buyer(connection, checkout.buyer_id), basket)


def screen_of(basket: Basket) -> str:
    return "subscription" if basket.applied_for else "order"


def to_cart(guest: ShopGuest, alert: str) -> Response:
    """S1, with what went wrong; without a session it has nowhere to be kept."""
    address = guest.address("cart")
    return guest.redirect(address, as_alert(_(alert))) if guest.session else RedirectResponse(address, 303)


@frozen
class OrderFaults:
    """Why S2 or S3 is shown again. `changed`: the goods or a price are not those that were seen."""

    status: int = 200
    entry: OrderEntry = field(default_factory=OrderEntry)
    errors: Mapping[str, str] = field(default_factory=dict)
    changed: bool = False


def order_page(guest: ShopGuest, view: OrderView, screen: str, faults: OrderFaults | None = None) -> Response:
    now, faults = guest.services.now(), faults or OrderFaults()
    values: dict[str, Any] = {
        "view": view,
        "basket": view.basket,
        "part": "SUBSCRIPTION_AREA" if screen == "subscription" else "ORDER_AREA",
        "application": _application(view.basket, now) if screen == "subscription" else None,
        "entry": faults.entry,
        "errors": faults.errors,
        "labels": {name: _(label) for name, label in LABELS.items()},
        "changed": faults.changed,
        "dates": delivery_dates(now),
        "times": TIMES,
    }
    return guest.page("shop/order.jinja", _(SCREENS[screen]), faults.status, screen=screen, **values)


def _view(
    connection: Connection, guest: ShopGuest, checkout: Checkout, buyer: AmazonBuyer, basket: Basket
) -> OrderView:
    known = is_mail_known(connection, guest.shop_key, buyer.email)
    everybody = bool(storefront.get(connection, guest.shop_key)[shops.c.guest_purchase])
    return OrderView(
        checkout_id=checkout.checkout_id,
        basket=basket,
        buyer=buyer,
        address=checkout.address,
        card=checkout.card or "",
        may_register=guest.member is None and not known,
        must_register=guest.member is None and not everybody,
    )


def _is_mine(guest: ShopGuest, checkout: Checkout) -> bool:
    session = guest.session
    return session is not None and (checkout.shop_key, checkout.session_id) == (guest.shop_key, session.session_id)


def _ended(checkout: Checkout) -> str:
    if checkout.state != "Canceled":
        return AGAIN
    return DECLINED if CARDS.get(checkout.card or "") == "DECLINED" else CANCELED


def _application(basket: Basket, now: datetime) -> dict[str, Any]:
    """お届けサイクル, 次回お届け予定日 and 毎回のお支払い金額."""
    return {
        "cycle": basket.cycle_months,
        "next": page_date(months_later(now.astimezone(JAPAN).date(), basket.cycle_months)),
        "amount": str(basket.total),
    }


def months_later(day: date, months: int) -> date:
    """The same day of a later month, or the last one of that month."""
    years, month = divmod(day.month - 1 + months, _MONTHS)
    year = day.year + years
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
