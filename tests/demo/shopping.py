"""A shopper at the shop of the demo: from the goods over the practice Amazon to the order."""

from __future__ import annotations

import re

from tests.embedded.pages.browsing import Person
from tests.embedded.pages.html_page import Page

BUYER = "haru@mail.example"


def put_in_the_cart(person: Person, shop: str, product: str) -> Page:
    page = person.opens(f"/shop/{shop}/")
    form = next(form for form in page.forms if form.value("product") == product)
    person.posts(form.action, form.fields)
    return person.opens(f"/shop/{shop}/cart")


def sign_in_at_amazon(person: Person, password: str) -> Page:
    """And let the shop have name and address."""
    person.sends("/amazon/sign-in", email=BUYER, password=password)
    return person.sends("/amazon/consent")


def pay(person: Person, card: str) -> Page:
    """To the shop's own page, with a card by its last digits."""
    form = next(form for form in person.page.forms if "card" in form.controls)
    kept = [(name, value) for name, value in form.fields if name == "csrf"]
    return person.posts(form.action, [*kept, ("address", "0"), ("card", card), ("step", "continue")])


def confirm(person: Person) -> Page:
    form = next(form for form in person.page.forms if "seen" in form.controls)
    return person.posts(form.action, form.fields)


def order_number(page: Page) -> str:
    found = re.search(r"\b1\d{11}\b", page.text)
    assert found is not None, page.text
    return found[0]
