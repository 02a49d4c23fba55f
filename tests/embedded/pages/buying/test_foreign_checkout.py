"""A checkout of someone else: its link, its answer from Amazon, its order, and what a thief has of them."""

from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.embedded.harness import KYOTO, OSAKA
from tests.embedded.pages.buying.conftest import BUYER, HOME, OFFICE, Shopper
from tests.embedded.test_concurrency import together

ORDER = f"/shop/{OSAKA}/order"


@pytest.fixture
def thief(visitor: Callable) -> Shopper:
    """Someone at the shop who is not signed in at Amazon."""
    person = Shopper(visitor().client)
    person.puts("tea")
    return person


def started(person: Shopper) -> str:
    """The address at Amazon of a checkout of this person."""
    person.opens(f"{person.shop}/cart")
    form = person.page.form("/amazon-pay")
    answer = person.client.post(form.action, data=dict(form.fields), follow_redirects=False)
    return str(answer.headers["location"])


def answer_of_amazon(person: Shopper, address: str = "0", card: str = "1111") -> str:
    """Where Amazon leads back to, not yet opened."""
    form = next(form for form in person.page.forms if form.action.startswith("/amazon/checkout/"))
    fields = {"csrf": form.value("csrf"), "address": address, "card": card, "step": "continue"}
    return str(person.client.post(form.action, data=fields, follow_redirects=False).headers["location"])


def test_who_sends_a_link_to_their_checkout_gets_nothing_of_what_is_chosen_there(shopper, thief, made) -> None:
    """Neither the address, nor an order on the other's card, nor their account at the shop."""
    link = started(thief)
    shopper.opens(link)
    shopper.chooses()
    checkout = link.rpartition("/")[2]
    assert HOME[0] not in thief.opens(f"{ORDER}?session={checkout}").html
    page = thief.opens(f"/shop/{OSAKA}/cart")
    fields = [("csrf", str(page.form("/amazon-pay").value("csrf"))), ("session", checkout), ("seen", "x")]
    assert HOME[0] not in thief.posts(ORDER, fields).html
    assert thief.opens(f"/shop/{OSAKA}/mypage").address == f"/shop/{OSAKA}/member-login"
    assert made() == (0, 0, 0)


def test_the_answer_of_amazon_is_good_for_its_checkout_and_its_browser_once(shopper, thief, made) -> None:
    shopper.puts("tea")
    shopper.opens(started(shopper))
    answer = answer_of_amazon(shopper)
    code = parse_qs(urlsplit(answer).query)["code"][0]
    assert HOME[0] not in thief.opens(answer).html
    other = started(thief).rpartition("/")[2]
    assert HOME[0] not in thief.opens(f"{ORDER}?session={other}&code={code}").html
    assert HOME[0] in shopper.opens(answer).text
    assert HOME[0] in shopper.opens(answer).text  # a reload is no second arrival
    assert made() == (0, 0, 0)


def test_an_address_that_somebody_else_chose_is_not_shown_at_amazon(shopper, thief, app, clock) -> None:
    link = started(thief)
    shopper.opens(link)
    form = shopper.page.forms[0]
    shopper.posts(form.action, [("csrf", form.value("csrf")), ("address", "1"), ("step", "address")])
    assert OFFICE[0] in shopper.page.text
    assert thief.opens(link).address == "/amazon/sign-in"
    assert OFFICE[0] not in thief.page.html


def test_an_order_is_shown_to_its_session_only(shopper, thief) -> None:
    shopper.arrives()
    checkout = shopper.order_form.value("session")
    assert "ご注文ありがとうございました。" in shopper.confirms().text
    done = f"/shop/{OSAKA}/complete?session={checkout}"
    assert "ご注文ありがとうございました。" not in thief.opens(done).text
    assert BUYER not in thief.page.html
    assert thief.opens(done.replace(OSAKA, KYOTO)).status == 503


@pytest.mark.parametrize(
    ("field", "value"), [("seen", "0" * 64), ("seen", ""), ("session", "0"), ("amount", "1"), ("quantity-tea", "0")]
)
def test_a_form_that_was_tampered_with_changes_no_price(shopper, made, world, field: str, value: str) -> None:
    shopper.arrives()
    form = shopper.order_form
    fields = [each for each in form.fields if each[0] != field]
    shopper.posts(form.action, [*fields, (field, value)])
    orders, _permissions, charged = made()
    assert (orders, charged) in ((0, 0), (1, 1))
    if orders:
        assert world.order(OSAKA, "100000000004")["totalAmount"] == "2500"


@pytest.mark.parametrize("quantity", ["-1", "0", "1e9", "１", "1.5", "99999999999999999999", "", "x", "1\n2"])
def test_no_quantity_makes_a_cart_cheaper(shopper, quantity: str) -> None:
    page = shopper.puts("tea", quantity)
    assert any(alert.startswith("数量: ") for alert in page.alerts)
    assert "カート（0）" in page.text


def test_one_checkout_confirmed_by_many_is_one_order(shopper, made) -> None:
    shopper.arrives()
    form = shopper.order_form
    together([lambda: Shopper(shopper.client).posts(form.action, form.fields) for _ in range(4)])
    assert made() == (1, 1, 1)


@pytest.mark.parametrize("step", ["cart", "at Amazon", "back from Amazon", "confirming"])
def test_a_shop_that_closes_in_mid_checkout_charges_nothing(shopper, world, made, step: str) -> None:
    def closes(now: str) -> None:
        if now == step:
            world.merchant_edits(OSAKA, {"storefront": "CLOSED"})

    shopper.puts("tea")
    shopper.opens(f"{shopper.shop}/cart")
    closes("cart")
    page = shopper.sends("/amazon-pay")
    if step != "cart":
        closes("at Amazon")
        answer = answer_of_amazon(shopper)
        closes("back from Amazon")
        page = shopper.opens(answer)
    if step == "confirming":
        closes(step)
        page = shopper.confirms()
    assert (page.status, page.headers["retry-after"]) == (503, "3600")
    assert "現在、閉店しております。" in page.text
    assert made() == (0, 0, 0)
