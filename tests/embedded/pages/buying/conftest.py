"""Shoppers of the open shop, with a browser each; some of them are signed in at the practice Amazon."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from reconciler.embedded.resources.shopping import amazon_sign_in
from reconciler.embedded.resources.shopping.amazon_buyers import NewBuyer, add_buyer, find_buyer
from reconciler.embedded.resources.shopping.merchants import Merchant
from tests.embedded.harness import OSAKA, OTHER_SELLER
from tests.embedded.pages.browsing import Person
from tests.embedded.pages.html_page import Page

BUYER = "hana@buyers.example"
NAME = "大阪 花"
HOME, OFFICE = ("〒530-0001 大阪府大阪市北区1-2-3", NAME), ("〒541-0041 大阪府大阪市中央区4-5-6", NAME)


class Shopper(Person):
    """A person at the shop that is open."""

    shop = f"/shop/{OSAKA}"

    def puts(self, product: str, quantity: str = "1") -> Page:
        self.opens(f"{self.shop}/")
        form = next(form for form in self.page.forms if form.value("product") == product)
        fields = [(name, value) for name, value in form.fields if name != "quantity"]
        return self.posts(form.action, [*fields, ("quantity", quantity)])

    def goes_to_amazon(self) -> Page:
        self.opens(f"{self.shop}/cart")
        return self.sends("/amazon-pay")

    def chooses(self, card: str = "1111", address: str = "0") -> Page:
        form = next(form for form in self.page.forms if form.action.startswith("/amazon/checkout/"))
        kept = [(name, value) for name, value in form.fields if name == "csrf"]
        return self.posts(form.action, [*kept, ("address", address), ("card", card), ("step", "continue")])

    def arrives(self, card: str = "1111", product: str = "tea") -> Page:
        """At S2 or S3, with one product."""
        self.puts(product)
        self.goes_to_amazon()
        return self.chooses(card)

    @property
    def order_form(self):
        return next(form for form in self.page.forms if form.controls.get("seen"))

    def confirms(self, **entered: str | None) -> Page:
        return self.sends(self.order_form.action, **entered)


@pytest.fixture
def shopper(visitor: Callable[[], Person], app: Any) -> Shopper:
    """Signed in at Amazon, where the shop is known already."""
    person = Shopper(visitor().client)
    services = app.state.services
    with services.database.writing() as connection:
        add_buyer(connection, NewBuyer(email=BUYER, name=NAME, addresses=[HOME, OFFICE]), "a password")
        buyer, _hash = find_buyer(connection, BUYER)
        assert buyer is not None
        token = amazon_sign_in.start_amazon_session(connection, buyer, services.now())
        merchant = Merchant(shop_key=OSAKA, seller_id=OTHER_SELLER)
        amazon_sign_in.give_consent(connection, merchant, buyer, "2026-04-01T00:00:00")
    person.client.cookies.set("reconciler_amazon", token, path="/amazon")
    return person
