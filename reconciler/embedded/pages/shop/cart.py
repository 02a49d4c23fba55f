"""S1 ショッピングカート: the lines of the cart, and the ways to order them.

In: a visit, or changed quantities. Out: the page. Its part of Amazon is in the HTML only where the rule of the button holds.
"""

from typing import Any

from fastapi import APIRouter
from starlette.responses import RedirectResponse, Response

from reconciler.embedded.pages.language import _
from reconciler.embedded.pages.shop.goods import read_quantity
from reconciler.embedded.pages.shop.samples import sample_basket
from reconciler.embedded.pages.shop.screens import SCREENS
from reconciler.embedded.pages.shop.visit import Guest, GuestPost, ShopGuest, as_alert
from reconciler.embedded.resources import amazon_settings
from reconciler.embedded.resources.shopping import carts, checkouts
from reconciler.embedded.resources.shopping.amazon_buttons import shows_amazon
from reconciler.embedded.resources.shopping.basket import MONTHLY_CEILING, Basket
from reconciler.embedded.resources.shopping.confirming import amazon_offered
from reconciler.embedded.storage.tables import amazon_settings as settings

router = APIRouter(prefix="/{shop_key}/cart")
payment_router = APIRouter(prefix="/{shop_key}/amazon-pay")


@router.get("")
async def show_cart(guest: Guest) -> Response:
    return _page(guest)


@router.post("")
async def post_quantities(guest: GuestPost) -> Response:
    session_id = guest.required_session().session_id
    with guest.services.database.writing() as connection:
        basket = carts.get_basket(connection, session_id)
        entered, errors = _entered(guest, basket)
        for product_id, quantity in entered.items() if not errors else ():
            carts.set_quantity(connection, session_id, product_id, quantity)
    if errors:
        return _page(guest, 422, errors=errors, entered=guest.form.values)
    return guest.redirect(guest.address("cart"), _("数量を変更しました。"))


@router.post("/remove")
async def post_removal(guest: GuestPost) -> Response:
    with guest.services.database.writing() as connection:
        carts.set_quantity(connection, guest.required_session().session_id, guest.form.text("product"), 0)
    return guest.redirect(guest.address("cart"), _("商品を削除しました。"))


@payment_router.post("")
async def go_to_payment(guest: GuestPost) -> Response:
    """The button `Amazon Pay`: a checkout of what is in the cart, which goes on at Amazon."""
    with guest.services.database.writing() as connection:
        basket = carts.get_basket(connection, guest.required_session().session_id)
        offered = amazon_offered(connection, guest.shop_key, basket)
        if offered:
            seller = amazon_settings.get(connection, guest.shop_key)[settings.c.seller_id]
            new = checkouts.NewCheckout(
                shop_key=guest.shop_key,
                session_id=guest.required_session().session_id,
                seller_id=seller,
                environment=checkouts.payment_environment(connection, seller),
                basket=basket,
            )
            checkout_id = checkouts.start_checkout(connection, new, guest.services.now())
    if not offered:
        return guest.redirect(guest.address("cart"), as_alert(_("もう一度お試しください。")))
    return guest.redirect(f"/amazon/checkout/{checkout_id}")


@payment_router.get("")
async def show_payment(guest: Guest) -> Response:
    """Of someone who reloads after a form that was refused."""
    return RedirectResponse(guest.address("cart"), 303)


def _entered(guest: ShopGuest, basket: Basket) -> tuple[dict[str, int], dict[str, str]]:
    entered, errors = {}, {}
    for line in basket.lines:
        name = f"quantity-{line.product.product_id}"
        if guest.form.checked(name):
            quantity, fault = read_quantity(guest.form.text(name), least=0)
            entered[line.product.product_id] = quantity
            if fault is not None:
                errors[name] = fault
    return entered, errors


def _page(guest: ShopGuest, status: int = 200, **values: Any) -> Response:
    preview = guest.preview_until is not None
    basket, amazon, too_much = sample_basket(), True, False
    if not preview:
        with guest.services.reading() as connection:
            basket = carts.get_basket(connection, guest.session.session_id) if guest.session else Basket()
            amazon = amazon_offered(connection, guest.shop_key, basket)
            too_much = basket.exceeds_ceiling and shows_amazon(connection, guest.shop_key, basket.sale_types)
    heading = _(SCREENS["cart"])
    given = {"basket": basket, "amazon": amazon, "ceiling": MONTHLY_CEILING if too_much else None}
    given |= {"next": "checkout" if guest.member else "purchase-login", "errors": {}, "entered": {}}
    return guest.page("shop/cart.jinja", heading, status, screen="cart", **{**given, **values})
