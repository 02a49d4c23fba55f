"""商品一覧: the goods of a shop, each with カートに入れる.

In: a visit, or a product and a quantity. Out: the page, or a cart with the product in it. A preview shows the goods only.
"""

from typing import Final

from fastapi import APIRouter
from starlette.responses import Response

from reconciler.embedded.contract.problems import Problem
from reconciler.embedded.pages.forms import half_width_fault
from reconciler.embedded.pages.language import _
from reconciler.embedded.pages.shop.visit import Guest, GuestPost, ShopGuest, as_alert
from reconciler.embedded.resources.shopping import carts, products

router = APIRouter(prefix="/{shop_key}")

_DIGITS: Final = 2


@router.get("/")
async def show_goods(guest: Guest) -> Response:
    with guest.services.reading() as connection:
        found = products.list_products(connection, guest.shop_key)
    return guest.page("shop/goods.jinja", _("商品一覧"), products=found)


@router.post("/cart/add")
async def post_to_cart(guest: GuestPost) -> Response:
    quantity, fault = read_quantity(guest.form.text("quantity"))
    if fault is not None:
        return guest.redirect(guest.address(), as_alert(_("数量: {fault}", fault=fault)))
    return _added(guest, guest.form.text("product"), quantity)


def _added(guest: ShopGuest, product_id: str, quantity: int) -> Response:
    session = guest.required_session()
    try:
        with guest.services.database.writing() as connection:
            carts.add_to_cart(connection, guest.shop_key, session.session_id, product_id, quantity)
    except Problem as problem:
        if problem.code == "NOT_FOUND":
            return guest.redirect(guest.address(), as_alert(_("この商品は、現在お取り扱いしておりません。")))
        full = _("カートに入れられる商品は{count}種類までです。", count=carts.MAX_LINES)
        return guest.redirect(guest.address(), as_alert(full))
    return guest.redirect(guest.address("cart"), _("カートに入れました。"))


def read_quantity(text: str, *, least: int = 1) -> tuple[int, str | None]:
    """The quantity, and what is wrong with it."""
    fault = half_width_fault(text)
    if fault is not None:
        return 0, fault
    number = int(text) if text.isdecimal() and text.isascii() and len(text) <= _DIGITS else -1
    if not least <= number <= carts.MAX_QUANTITY:
        return 0, _("{least}から{most}までの数字で入力してください。", least=least, most=carts.MAX_QUANTITY)
    return number, None
