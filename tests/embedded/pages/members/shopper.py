"""A person who shops: signs in at the shop and at the practice Amazon, and goes where the pages lead."""

from __future__ import annotations

import httpx
from fastapi import FastAPI
from sqlalchemy import select

from reconciler.embedded.pages.browser import shop_cookie
from reconciler.embedded.storage.columns import metadata
from tests.embedded.pages.browsing import PASSWORD, Person
from tests.embedded.pages.html_page import Page

AMAZON_PASSWORD = "another correct horse"
MARI = "mari@mail.example"
AIKO = "aiko@mail.example"
KEN = "ken@mail.example"


class Shopper(Person):
    def __init__(self, client: httpx.Client, shop: str) -> None:
        super().__init__(client)
        self.shop = shop

    def at(self, screen: str) -> Page:
        return self.opens(f"/shop/{self.shop}/{screen}")

    def puts(self, product: str) -> Page:
        """Into the cart, of which an order needs something."""
        self.at("")
        form = next(form for form in self.page.forms if form.value("product") == product)
        return self.posts(form.action, form.fields)

    def logs_in(self, login_id: str, password: str = PASSWORD) -> Page:
        self.at("member-login")
        return self.sends("/member-login", login_id=login_id, password=password)

    def comes_to_amazon(self) -> Page:
        self.at("member-login")
        return self.goes_to_amazon()

    def goes_to_amazon(self) -> Page:
        """With the button of the page that is open."""
        return self.sends("/amazon-login")

    def signs_in_at_amazon(self, email: str, password: str = AMAZON_PASSWORD) -> Page:
        return self.sends("/amazon/sign-in", email=email, password=password)

    def agrees(self) -> Page:
        return self.sends("/amazon/consent")

    def comes_from_amazon(self, email: str) -> Page:
        """From the login page to Amazon and back, agreeing where Amazon asks."""
        self.comes_to_amazon()
        page = self.signs_in_at_amazon(email)
        return self.agrees() if page.address == "/amazon/consent" else page

    def links(self, login_id: str, password: str = PASSWORD) -> Page:
        return self.sends("/after-login", login_id=login_id, password=password)

    @property
    def token(self) -> str:
        return str(self.client.cookies[shop_cookie(self.shop).name])

    @token.setter
    def token(self, value: str) -> None:
        cookie = shop_cookie(self.shop)
        self.client.cookies.set(cookie.name, value, domain="127.0.0.1", path=cookie.path)


def contents(app: FastAPI) -> dict[str, list[object]]:
    """Every row of every table."""
    with app.state.services.reading() as connection:
        return {
            table.name: [tuple(row) for row in connection.execute(select(table))] for table in metadata.sorted_tables
        }
