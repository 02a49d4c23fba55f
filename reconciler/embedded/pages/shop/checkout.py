"""通常のご注文手続き: the shop's own checkout, with 代金引換. Amazon has no part in it.

In: a visit, or the form. Out: the page, or an order and its 完了 page. The form carries the id of its checkout, so that pressing
again finds the order that is there already.
"""

import re
import uuid
from collections.abc import Mapping
from typing import Any, Final

from fastapi import APIRouter
from starlette.responses import RedirectResponse, Response

from reconciler.embedded.contract.requests import EMAIL_PATTERN
from reconciler.embedded.pages.forms import Form, half_width_fault, text_fault
from reconciler.embedded.pages.language import N_, _
from reconciler.embedded.pages.shop.order import closed
from reconciler.embedded.pages.shop.order_entry import LABELS, TIMES, OrderEntry, delivery_dates, read_entry
from reconciler.embedded.pages.shop.order_view import AGAIN, to_cart
from reconciler.embedded.pages.shop.visit import Guest, GuestPost, ShopGuest
from reconciler.embedded.resources import storefront
from reconciler.embedded.resources.shopping import carts
from reconciler.embedded.resources.shopping.basket import Basket
from reconciler.embedded.resources.shopping.confirming import Confirmation, OrderAttempt, confirm_ordinary
from reconciler.embedded.resources.shopping.order_details import OrderDetails
from reconciler.embedded.storage.audited_write import AMAZON
from reconciler.embedded.storage.tables import shops
from reconciler.lib.frozen_class import frozen

router = APIRouter(prefix="/{shop_key}/checkout")

NOT_TOGETHER: Final = N_("カートの内容をご確認ください。")
_POSTAL_CODE: Final = re.compile(r"[0-9]{3}-?[0-9]{4}")
_ID: Final = re.compile(r"[0-9a-f-]{36}")
_LIMITS: Final[Mapping[str, int]] = {"name": 64, "email": 254, "postal_code": 8, "address": 120}


@frozen
class Destination:
    """Who orders, and where to send it."""

    name: str = ""
    email: str = ""
    postal_code: str = ""
    address: str = ""

    @property
    def lines(self) -> tuple[str, ...]:
        return (f"〒{self.postal_code} {self.address}", self.name)


@router.get("")
async def show_checkout(guest: Guest) -> Response:
    refused = _refused(guest)
    if refused is not None:
        return refused
    member = guest.member
    known = Destination(name=member.name, email=member.email) if member else Destination()
    return _page(guest, str(uuid.uuid4()), known, OrderEntry())


@router.post("")
async def post_checkout(guest: GuestPost) -> Response:
    now, checkout_id = guest.services.now(), guest.form.text("session")
    if _ID.fullmatch(checkout_id) is None:
        return to_cart(guest, AGAIN)
    entry, errors = read_entry(guest.form, now, application=False, must_register=False)
    given, faults = _destination(guest.form)
    errors = faults | errors
    if errors:
        return _refused(guest) or _page(guest, checkout_id, given, entry, 422, errors=errors)
    attempt = OrderAttempt(
        shop_key=guest.shop_key,
        session_id=guest.required_session().session_id,
        checkout_id=checkout_id,
        fingerprint=guest.form.text("seen"),
    )
    details = OrderDetails(
        basket=Basket(),
        buyer_name=given.name,
        buyer_email=given.email,
        address=given.lines,
        delivery_time=entry.delivery,
        request=entry.request,
        member_id=guest.member.member_id if guest.member else None,
    )
    if not _may_buy(guest):
        return guest.redirect(guest.address("purchase-login"))
    with guest.services.editing(AMAZON) as edit:  # nothing is recorded: no payment belongs to it
        found = confirm_ordinary(edit, attempt, now, details)
    return _answer(guest, found, checkout_id, given, entry)


def _answer(guest: ShopGuest, found: Confirmation, checkout_id: str, given: Destination, entry: OrderEntry) -> Response:
    match found.outcome:
        case "PLACED":
            return guest.redirect(f"{guest.address('complete')}?session={checkout_id}")
        case "CLOSED":
            raise closed(guest)
        case "CHANGED":
            return _page(guest, checkout_id, given, entry, 409, changed=True)
        case "UNAVAILABLE":
            return to_cart(guest, NOT_TOGETHER)
        case _:
            return to_cart(guest, AGAIN)


def _refused(guest: ShopGuest) -> Response | None:
    """Why there is no such page for this shopper."""
    if guest.preview_until is not None or _basket(guest).fault is not None:
        return RedirectResponse(guest.address("cart"), 303)
    return None if _may_buy(guest) else RedirectResponse(guest.address("purchase-login"), 303)


def _may_buy(guest: ShopGuest) -> bool:
    """購入時会員登録設定: members, and everybody where the shop allows it."""
    if guest.member is not None:
        return True
    with guest.services.reading() as connection:
        return bool(storefront.get(connection, guest.shop_key)[shops.c.guest_purchase])


def _basket(guest: ShopGuest) -> Basket:
    if guest.session is None:
        return Basket()
    with guest.services.reading() as connection:
        return carts.get_basket(connection, guest.session.session_id)


def _page(
    guest: ShopGuest, checkout_id: str, given: Destination, entry: OrderEntry, status: int = 200, **values: Any
) -> Response:
    shown: dict[str, Any] = {
        "checkout_id": checkout_id,
        "basket": _basket(guest),
        "given": given,
        "entry": entry,
        "dates": delivery_dates(guest.services.now()),
        "times": TIMES,
        "labels": {name: _(label) for name, label in LABELS.items()},
        "errors": {},
        "changed": False,
    }
    return guest.page("shop/checkout.jinja", _("ご注文手続き"), status, **{**shown, **values})


def _destination(form: Form) -> tuple[Destination, dict[str, str]]:
    values = {name: form.text(name) for name in _LIMITS}
    errors = {name: fault for name, text in values.items() if (fault := _fault(name, text)) is not None}
    return Destination(**values), errors


def _fault(name: str, text: str) -> str | None:
    if not text.strip():
        return _("{label}を入力してください。", label=_(LABELS[name]))
    if (fault := text_fault(text, _LIMITS[name])) is not None:
        return fault
    if name in ("email", "postal_code") and (fault := half_width_fault(text)) is not None:
        return fault
    if name == "email" and re.fullmatch(EMAIL_PATTERN, text) is None:
        return _("メールアドレスの形式で入力してください（例: hanako@example.jp）。")
    if name == "postal_code" and _POSTAL_CODE.fullmatch(text) is None:
        return _("7桁の数字で入力してください（例: 123-4567）。")
    return None
