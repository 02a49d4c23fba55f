"""What goes wrong at the shop and at the practice Amazon, and their pages in a preview: what leads to each of these states."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import update

from reconciler.embedded.resources.screens.sign_in_attempts import ATTEMPTS
from reconciler.embedded.resources.shopping.carts import MAX_LINES
from reconciler.embedded.storage.tables import shops
from tests.embedded.harness import NARA, OSAKA
from tests.embedded.pages.browsing import PASSWORD
from tests.embedded.pages.buying.conftest import Shopper
from tests.embedded.pages.document import shop_acts as shop
from tests.embedded.pages.document.shop_acts import (
    BUYER,
    MEMBER_MAIL,
    Steps,
    at,
    come,
    coming_by_amazon,
    confirming,
    logging_in,
    paying,
    putting,
    sending,
    shopping,
    signing_in,
    then,
)
from tests.embedded.pages.document.stage import Act, Stage
from tests.embedded.pages.html_page import Page

JUN = {
    "shopKey": OSAKA,
    "loginId": "jun",
    "password": {"value": PASSWORD},
    "name": "林 純",
    "email": BUYER,
}
DESTINATION = {"name": "森 真理", "email": MEMBER_MAIL, "postal_code": "530-0001", "address": "大阪市北区1-2-3"}
LONG = "あ" * 501


def meanwhile(before: Steps, change: Callable[[Stage], Any], after: Steps) -> Act:
    """Something changes between two steps of a shopper."""

    def act(stage: Stage) -> Page:
        person = come(stage)
        before(person)
        change(stage)
        return after(person)

    return act


def with_jun(act: Act) -> Act:
    def seeded(stage: Stage) -> Page:
        stage.world.seed({"members": [JUN]})
        return act(stage)

    return seeded


def reloading(person: Shopper) -> Page:
    return person.opens(f"{person.page.address}?session={person.order_form.value('session')}")


def confirms(**entered: str) -> Steps:
    return lambda person: person.confirms(**entered)


def selling(**product: Any) -> Callable[[Stage], None]:
    return lambda stage: stage.world.merchant_sells(OSAKA, **product)


def keeping_the_form(person: Shopper) -> Page:
    """Someone adds 定期 in a second window while a form is open, and then sends the form."""
    form = person.page.form("/checkout")
    person.puts("monthly")
    kept = [(name, value) for name, value in form.fields if name not in DESTINATION]
    return person.posts(form.action, [*kept, *DESTINATION.items()])


def keeping_the_address(person: Shopper) -> Page:
    checkout = person.order_form.value("session")
    person.puts("monthly")
    return person.opens(f"/shop/{OSAKA}/order?session={checkout}")


def adding(product: str) -> Steps:
    def add(person: Shopper) -> Page:
        person.opens(f"/shop/{OSAKA}/")
        form = person.page.forms[-1]
        return person.posts(form.action, [("csrf", form.value("csrf") or ""), ("product", product), ("quantity", "1")])

    return add


shop.GOODS.states |= {
    "not for sale": shopping(adding("nothing")),
    "signed out of Amazon": shopping(then(coming_by_amazon(), sending("/amazon-sign-out"))),
}


@shop.GOODS.state("cart full")
def _(stage: Stage) -> Page:
    person = come(stage)
    for number in range(MAX_LINES + 1):
        stage.world.merchant_sells(OSAKA, f"p{number:02}", name="玉露 50g", price=1)
        person.puts(f"p{number:02}")
    return person.page


@shop.GOODS.state("no goods")
def _(stage: Stage) -> Page:
    stage.world.merchant_edits(NARA, {"storefront": "OPEN"})
    return stage.visitor().opens(f"/shop/{NARA}/")


shop.CART.states |= {
    "two cycles": shopping(putting("monthly", "box")),
    "above the ceiling": meanwhile(
        putting("monthly"),
        selling(product_id="monthly", name="便", price=100_001, saleType="SUBSCRIPTION"),
        at("cart"),
    ),
    "not a number": shopping(then(putting("tea"), sending("/cart", **{"quantity-tea": "x"}))),
    "mixed during a checkout": shopping(then(paying(), keeping_the_address)),
    "mixed during ご注文手続き": shopping(then(putting("tea"), at("checkout"), keeping_the_form)),
    "no such checkout": shopping(then(putting("tea"), at("order?session=nothing"))),
}


def members_only(stage: Stage) -> None:
    with stage.app.state.services.database.writing() as connection:
        connection.execute(update(shops).values(guest_purchase=False))


dearer = selling(product_id="tea", name="玉露 50g", price=2600)
shop.ORDER.states |= {
    "price changed": meanwhile(paying(), dearer, confirms()),
    "wrong choice": shopping(then(paying(), confirms(delivery_date="2020/01/01", delivery_time="x"))),
    "too long": shopping(then(paying(), confirms(request=LONG))),
    "members only": meanwhile(paying(), members_only, confirms()),
    "members only, known mail address": with_jun(meanwhile(paying(), members_only, reloading)),
}
shop.SUBSCRIPTION.states |= {
    "price changed": meanwhile(
        paying(product="monthly"),
        selling(product_id="monthly", name="毎月のおたのしみ便", price=3100, saleType="SUBSCRIPTION"),
        confirms(agree="on"),
    ),
}
checking_out = then(putting("tea"), at("checkout"))
shop.COMPLETE.states |= {"ordered with 代金引換": shopping(then(checking_out, sending("/checkout", **DESTINATION)))}
shop.CHECKOUT.states |= {
    "wrong form": shopping(then(checking_out, sending("/checkout", email="mari", postal_code="5300"))),
    "too long": shopping(then(checking_out, sending("/checkout", request=LONG))),
    "price changed": meanwhile(checking_out, dearer, sending("/checkout", **DESTINATION)),
}
shop.PURCHASE.states |= {
    "wrong": shopping(
        then(putting("tea"), at("purchase-login"), sending("/purchase-login", login_id="mari", password="wrong"))
    ),
}


def linked_before(login_id: str, email: str) -> Callable[[Stage], None]:
    """Another browser has linked a member with an account at Amazon."""

    def link(stage: Stage) -> None:
        person = Shopper(stage.visitor().client)
        coming_by_amazon(email)(person)
        person.sends("/after-login", login_id=login_id, password=PASSWORD)

    return link


def nothing(person: Shopper) -> Page:
    return person.page


NEW = {"name": "北 葵", "email": "aoi@mail.example", "login_id": "aoi", "password": PASSWORD, "terms": "on"}
mari_logs_in = sending("/after-login", login_id="mari", password=PASSWORD)
shop.AFTER.states |= {
    "registered": shopping(then(coming_by_amazon(), at("register"), sending("/register", **NEW))),
    "account taken": with_jun(meanwhile(coming_by_amazon(), linked_before("jun", BUYER), mari_logs_in)),
    "member taken": with_jun(meanwhile(coming_by_amazon(), linked_before("mari", MEMBER_MAIL), mari_logs_in)),
}


def cancelling(person: Shopper) -> Page:
    person.sends("/amazon-login")
    person.sends("/amazon/sign-in", email=BUYER, password=PASSWORD)
    return person.sends("/amazon/consent/cancel")


def repeating(person: Shopper) -> Page:
    """Amazon's answer is opened a second time."""
    coming_by_amazon()(person)
    person.opens(f"/shop/{OSAKA}/amazon-return?state=used&code=used")
    return person.page


def failing(action: str, **entered: str) -> Steps:
    def fail(person: Shopper) -> Page:
        for _attempt in range(ATTEMPTS + 1):
            person.sends(action, **entered)
        return person.page

    return fail


shop.MEMBER.states |= {
    "after 5 failures": shopping(then(at("member-login"), failing("/member-login", login_id="mari", password="wrong"))),
    "cancelled at Amazon": shopping(then(at("member-login"), cancelling)),
    "an answer of Amazon repeated": shopping(repeating),
}
registering = at("register")
shop.REGISTER.states |= {
    "wrong form": shopping(then(registering, sending("/register", **(NEW | {"email": "aoi", "password": "short"})))),
    "too long": shopping(then(registering, sending("/register", **(NEW | {"name": "あ" * 65})))),
    "login id taken": shopping(then(registering, sending("/register", **(NEW | {"login_id": "mari"})))),
}
shop.MYPAGE.states |= {
    "registered": shopping(then(registering, sending("/register", **NEW))),
    "with orders": shopping(then(logging_in, confirming(), at("mypage"))),
}
shop.LINK.states |= {
    "account taken": with_jun(
        meanwhile(
            nothing,
            linked_before("jun", BUYER),
            then(logging_in, at("login-link"), sending("/amazon-login"), signing_in),
        )
    ),
    "cancelled at Amazon": shopping(then(logging_in, at("login-link"), cancelling)),
}
at_amazon = then(at("member-login"), sending("/amazon-login"))
shop.SIGN_IN.states |= {
    "after 5 failures": shopping(then(at_amazon, failing("/amazon/sign-in", email=BUYER, password="wrong"))),
}
shop.PAYMENT.states |= {
    "no address": shopping(
        then(putting("tea"), Shopper.goes_to_amazon, lambda person: signing_in(person, MEMBER_MAIL))
    ),
}
shop.REFUSED.states |= {
    "no such checkout": shopping(then(coming_by_amazon(), lambda person: person.opens("/amazon/checkout/x")))
}
