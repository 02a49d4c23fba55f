"""Every page that there is: accessible, not wider than its window, in both colour schemes, and silent in the console."""

from __future__ import annotations

from typing import Any

import pytest

from tests.browser.buying_states import BUYING_STATES
from tests.browser.looking import NARROWEST, faults_of_layout, faults_of_page, faults_of_translation
from tests.browser.people import SETTINGS, press
from tests.browser.places import PLACES, Who
from tests.browser.states import STATES, State
from tests.embedded.harness import OSAKA, TOKEN

pytestmark = pytest.mark.browser

IN_ENGLISH = {
    "sign-in", "shops", "applications-operator", "amazon-settings", "amazon-pay", "payment-methods", "messages", "orders-unpaid",
    "order", "seller-transactions", "seller-transaction", "seller-endpoints", "shop-goods", "purchase-login", "register",
    "amazon-sign-in",
}  # fmt: skip
"""Texts of the same kind are on the others: wide tables, long labels, menus, forms of the shop."""


@pytest.fixture
def arrive(open_browser, sign_in):
    """A page as each kind of person sees it."""

    def come(who: Who) -> Any:
        if who == "stranger":
            return open_browser()
        page = sign_in("" if who == "operator" else OSAKA)
        if who == "preview":
            page.goto(SETTINGS.format(OSAKA))
            page.locator("#preview").evaluate("form => { form.target = '_self'; }")
            press(page, "プレビュー")
        return page

    return come


@pytest.mark.parametrize("who", ["stranger", "operator", "merchant", "preview"])
def test_every_page_is_accessible_and_fits_its_window(arrive, world, who: Who) -> None:
    world.merchant_edits(OSAKA, {"storefront": "CLOSED"})
    world.merchant_edits(OSAKA, {"mwsAuthToken": TOKEN, "ORDER_AREA.label": "Amazon Payで注文"}, by="花子")
    world.merchant_edits(OSAKA, {"storefront": "OPEN"})
    page = arrive(who)
    found = {}
    for place in PLACES:
        if place.who == who:
            page.goto(place.address(OSAKA))
            found[place.name] = faults_of_page(page, place.name)
    assert len(found) > 1
    assert {name: faults for name, faults in found.items() if faults} == {}


@pytest.mark.parametrize("who", ["stranger", "operator", "merchant"])
def test_pages_in_english_are_accessible_and_fit_their_window(arrive, who: Who) -> None:
    page = arrive(who)
    page.goto("/admin/sign-in?lang=en")
    found = {}
    for place in PLACES:
        if place.who == who and place.name in IN_ENGLISH:
            page.goto(place.address(OSAKA))
            assert page.evaluate("document.documentElement.lang") == "en", place.name
            found[place.name] = faults_of_translation(page, f"{place.name}-en")
    assert len(found) > 1
    assert {name: faults for name, faults in found.items() if faults} == {}


@pytest.mark.parametrize("state", [*STATES, *BUYING_STATES], ids=lambda state: state.name)
def test_every_state_of_a_page_is_accessible_and_fits_its_window(sign_in, world, state: State) -> None:
    page = sign_in(state.shop)
    state.reach(page, world, state.shop)
    assert faults_of_page(page, state.name) == []


def test_what_is_wrong_with_a_page_is_found(sign_in) -> None:
    page = sign_in()
    page.set_viewport_size({"width": NARROWEST, "height": 900})
    assert faults_of_layout(page, NARROWEST) == []
    page.evaluate("document.querySelector('label').remove()")
    page.evaluate("document.querySelector('h1').style.color = '#dddddd'")
    page.evaluate("document.querySelector('h1').style.width = '400px'")
    page.evaluate("document.querySelector('main button').style = 'width: 20px; white-space: nowrap; overflow: hidden'")
    found = faults_of_page(page, "broken")
    assert any("light: color-contrast:" in fault for fault in found)
    assert any("light: label:" in fault for fault in found)
    assert any("the page is" in fault for fault in found)
    assert any("cut: <button" in fault for fault in found)


def test_a_complaint_of_the_browser_is_heard(open_browser, faults) -> None:
    page = open_browser()
    page.goto("/admin/sign-in")
    with page.expect_console_message(lambda message: "Content Security Policy" in message.text):
        page.evaluate(
            "document.body.append(Object.assign(document.createElement('img'), {src: 'https://elsewhere.example/'}))"
        )
    with (
        page.expect_console_message(lambda message: "404" in message.text),
        page.expect_console_message(lambda message: "MIME type" in message.text),
    ):
        page.evaluate(
            "document.head.append(Object.assign(document.createElement('script'), {src: '/admin/static/none.js'}))"
        )
    complaints = list(faults)
    faults.clear()
    assert any("Content Security Policy" in text for text in complaints)
    assert any("404" in text for text in complaints)


def test_a_page_that_loads_something_late_is_closed_before_its_server(open_browser) -> None:
    """Chromium loads the icon of a page some time after the page: refused, it would be a complaint."""
    page = open_browser()
    page.goto("/admin/sign-in")
    page.evaluate("setInterval(() => { new Image().src = '/favicon.ico?' + Math.random() }, 20)")
