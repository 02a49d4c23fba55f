"""A shopper without a browser: a session of the shop, a cart, a checkout at Amazon."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import insert, select

from reconciler.embedded.resources.shopping import carts, checkouts
from reconciler.embedded.resources.shopping.amazon_buyers import NewBuyer, add_buyer
from reconciler.embedded.resources.shopping.confirming import Confirmation, OrderAttempt, confirm_with_amazon
from reconciler.embedded.services import Services
from reconciler.embedded.storage.audited_write import AMAZON
from reconciler.embedded.storage.shop_tables import amazon_buyers, shop_sessions
from tests.embedded.harness import OSAKA, OTHER_SELLER

ADDRESS = ("〒530-0001 大阪府大阪市北区1-2-3", "大阪 花")
BUYER = "hana@buyers.example"


class Shopper:
    def __init__(self, services: Services, token: str = "one", shop: str = OSAKA) -> None:
        self.services = services
        self.shop = shop
        self.token = token
        with services.database.writing() as connection:
            values = {"token_hash": token, "shop_key": shop, "notices": [], "expires_at": 2_000_000_000}
            made = connection.execute(insert(shop_sessions).values(**values))
            self.session_id = int(made.inserted_primary_key[0])

    @property
    def now(self) -> datetime:
        return self.services.now()

    def puts(self, product: str, quantity: int = 1) -> None:
        with self.services.database.writing() as connection:
            carts.add_to_cart(connection, self.shop, self.session_id, product, quantity)

    @property
    def basket(self):
        with self.services.reading() as connection:
            return carts.get_basket(connection, self.session_id)

    def goes_to_amazon(self, card: str = "1111", *, chooses: bool = True) -> str:
        with self.services.database.writing() as connection:
            new = checkouts.NewCheckout(
                shop_key=self.shop,
                session_id=self.session_id,
                seller_id=OTHER_SELLER,
                environment=checkouts.payment_environment(connection, OTHER_SELLER),
                basket=carts.get_basket(connection, self.session_id),
            )
            made = checkouts.start_checkout(connection, new, self.now)
            if chooses:
                checkouts.choose_payment(connection, made, _buyer(connection), ADDRESS, card)
        return made

    def confirms(self, checkout: str, *, seen: str = "", session: int = 0) -> Confirmation:
        attempt = OrderAttempt(
            shop_key=self.shop,
            session_id=session or self.session_id,
            checkout_id=checkout,
            fingerprint=seen or self.basket.fingerprint(),
        )
        with self.services.editing(AMAZON) as edit:
            return confirm_with_amazon(edit, attempt, self.now, lambda _edit, _checkout: None)


def _buyer(connection) -> int:
    known = connection.execute(select(amazon_buyers.c.buyer_id).where(amazon_buyers.c.email == BUYER)).scalar()
    return known or add_buyer(connection, NewBuyer(email=BUYER, name="大阪 花", addresses=[ADDRESS]), "a password")
