"""The shop, its members and the practice Amazon: what leads to each state of the documents."""

from __future__ import annotations

from collections.abc import Callable

from tests.embedded.harness import KYOTO, OSAKA, SEED
from tests.embedded.pages.browsing import PASSWORD
from tests.embedded.pages.buying.conftest import Shopper
from tests.embedded.pages.document.stage import Act, DocumentedScreen, Stage
from tests.embedded.pages.html_page import Page

SHOP = DocumentedScreen("Every page of the shop", also="S1 ショッピングカート")
GOODS = DocumentedScreen("商品一覧", entered=frozenset(each["name"] for each in SEED["products"]))
CART = DocumentedScreen("S1 ショッピングカート")
ORDER = DocumentedScreen("S2 Amazon Pay専用「ご注文手続き」")
SUBSCRIPTION = DocumentedScreen("S3 Amazon Pay専用「お申込み手続き」")
COMPLETE = DocumentedScreen("完了")
CHECKOUT = DocumentedScreen("ご注文手続き")
PURCHASE = DocumentedScreen("S4 ご購入手続き")
AFTER = DocumentedScreen("S5 Amazonログイン後の会員ログイン")
MEMBER = DocumentedScreen("S6 会員ログイン")
REGISTER = DocumentedScreen("会員登録")
MYPAGE = DocumentedScreen("マイページ")
LINK = DocumentedScreen("ログイン連携")
CLOSED = DocumentedScreen("閉店")
SHOP_SCREENS = (
    SHOP, GOODS, CART, ORDER, SUBSCRIPTION, COMPLETE, CHECKOUT, PURCHASE, AFTER, MEMBER, REGISTER, MYPAGE, LINK, CLOSED,
)  # fmt: skip
AMAZON = DocumentedScreen("Every page of the practice Amazon", also="P1 サインイン")
SIGN_IN = DocumentedScreen("P1 サインイン")
CONSENT = DocumentedScreen("P2 連携の確認")
PAYMENT = DocumentedScreen("P3 お届け先・お支払い方法")
REFUSED = DocumentedScreen("Errors of the practice Amazon")
AMAZON_SCREENS = (AMAZON, SIGN_IN, CONSENT, PAYMENT, REFUSED)

BUYER, MEMBER_MAIL = "hana@buyers.example", "mari@mail.example"
PEOPLE = {
    "members": [
        {"shopKey": OSAKA, "loginId": "mari", "password": {"value": PASSWORD}, "name": "森 真理", "email": MEMBER_MAIL}
    ],
    "amazonBuyers": [
        {
            "email": BUYER,
            "password": {"value": PASSWORD},
            "name": "大阪 花",
            "addresses": [["〒530-0001 大阪市", "大阪 花"]],
        },
        {"email": MEMBER_MAIL, "password": {"value": PASSWORD}, "name": "森 真理"},
    ],
}
Steps = Callable[[Shopper], Page]


def come(stage: Stage) -> Shopper:
    stage.world.seed(PEOPLE)
    stage.world.platform_entitles(OSAKA, commerceCreator="RUNNING", subscriptionApplications=True)
    stage.world.merchant_edits(OSAKA, {"subscription": True})
    return Shopper(stage.visitor().client)


def shopping(steps: Steps) -> Act:
    """Someone at the open shop, who is known nowhere yet."""
    return lambda stage: steps(come(stage))


def at(screen: str) -> Steps:
    return lambda person: person.opens(f"/shop/{OSAKA}/{screen}")


def putting(*products: str) -> Steps:
    def put(person: Shopper) -> Page:
        for product in products:
            person.puts(product)
        return person.page

    return put


def signing_in(person: Shopper, email: str = BUYER) -> Page:
    page = person.sends("/amazon/sign-in", email=email, password=PASSWORD)
    return person.sends("/amazon/consent") if page.address == "/amazon/consent" else page


def paying(card: str = "1111", product: str = "tea") -> Steps:
    """At S2 or S3."""

    def pay(person: Shopper) -> Page:
        person.puts(product)
        person.goes_to_amazon()
        signing_in(person)
        return person.chooses(card)

    return pay


def confirming(card: str = "1111", product: str = "tea", **entered: str) -> Steps:
    def confirm(person: Shopper) -> Page:
        paying(card, product)(person)
        return person.confirms(**entered)

    return confirm


def coming_by_amazon(email: str = BUYER) -> Steps:
    def arrive(person: Shopper) -> Page:
        at("member-login")(person)
        person.sends("/amazon-login")
        return signing_in(person, email)

    return arrive


def logging_in(person: Shopper) -> Page:
    at("member-login")(person)
    return person.sends("/member-login", login_id="mari", password=PASSWORD)


def linking(person: Shopper) -> Page:
    coming_by_amazon(MEMBER_MAIL)(person)
    return person.sends("/after-login", login_id="mari", password=PASSWORD)


def then(*steps: Steps) -> Steps:
    def act(person: Shopper) -> Page:
        return [step(person) for step in steps][-1]

    return act


def sending(action: str, **entered: str) -> Steps:
    return lambda person: person.sends(action, **entered)


def removing(person: Shopper) -> Page:
    form = person.page.form("/cart/remove")
    return person.posts(form.action, [*form.fields, ("product", "tea")])


def previewing(screen: str) -> Act:
    def preview(stage: Stage) -> Page:
        hanako = stage.opens(KYOTO)
        form = hanako.page.form("/preview")
        return hanako.posts(form.action, [*form.fields, ("screen", screen)])

    return preview


def closed(stage: Stage) -> Page:
    return stage.visitor().opens(f"/shop/{KYOTO}/")


SHOP.states |= {
    "first": shopping(at("cart")),
    "signed in": shopping(then(logging_in, at("cart"))),
    "preview": previewing("cart"),
}
GOODS.states |= {"first": shopping(at("")), "not a number": shopping(lambda person: person.puts("tea", "x"))}
CART.states |= {
    "first": shopping(putting("tea")),
    "empty": shopping(at("cart")),
    "mixed": shopping(putting("tea", "monthly")),
    "declined": shopping(confirming("3434")),
    "cancelled": shopping(confirming("3064")),
    "quantity changed": shopping(then(putting("tea"), sending("/cart"))),
    "removed": shopping(then(putting("tea"), removing)),
}
ORDER.states |= {
    "first": shopping(paying()),
    "member": shopping(then(logging_in, paying())),
}
SUBSCRIPTION.states |= {
    "first": shopping(paying(product="monthly")),
    "not agreed": shopping(confirming(product="monthly")),
}
COMPLETE.states |= {"first": shopping(confirming()), "preview": previewing("complete")}
CHECKOUT.states |= {
    "first": shopping(then(putting("tea"), at("checkout"))),
    "empty": shopping(then(putting("tea"), at("checkout"), sending("/checkout"))),
}
PURCHASE.states |= {"first": shopping(then(putting("tea"), at("purchase-login")))}
AFTER.states |= {
    "first": shopping(coming_by_amazon()),
    "known mail address": shopping(coming_by_amazon(MEMBER_MAIL)),
    "wrong": shopping(then(coming_by_amazon(), sending("/after-login", login_id="mari", password="wrong"))),
    "in a purchase": shopping(then(putting("tea"), at("purchase-login"), sending("/amazon-login"), signing_in)),
}
MEMBER.states |= {
    "first": shopping(at("member-login")),
    "wrong": shopping(then(at("member-login"), sending("/member-login", login_id="mari", password="wrong"))),
}
REGISTER.states |= {
    "first": shopping(at("register")),
    "empty": shopping(then(at("register"), sending("/register"))),
}
MYPAGE.states |= {"first": shopping(then(logging_in, at("mypage"))), "linked": shopping(linking)}
LINK.states |= {
    "first": shopping(then(logging_in, at("login-link"))),
    "linked": shopping(then(linking, at("login-link"))),
    "unlinked": shopping(then(linking, at("login-link"), sending("/login-link/remove"))),
}
CLOSED.states |= {"first": closed}
AMAZON.states |= {"first": shopping(then(at("member-login"), sending("/amazon-login")))}
SIGN_IN.states |= {
    "first": shopping(then(at("member-login"), sending("/amazon-login"))),
    "wrong": shopping(
        then(at("member-login"), sending("/amazon-login"), sending("/amazon/sign-in", email=BUYER, password="wrong"))
    ),
}
CONSENT.states |= {
    "first": shopping(
        then(at("member-login"), sending("/amazon-login"), sending("/amazon/sign-in", email=BUYER, password=PASSWORD))
    ),
}
PAYMENT.states |= {
    "first": shopping(then(putting("tea"), Shopper.goes_to_amazon, signing_in)),
    "nothing chosen": shopping(
        then(putting("tea"), Shopper.goes_to_amazon, signing_in, lambda person: person.chooses("", "x"))
    ),
}


@REFUSED.state("values refused by Amazon")
def _(stage: Stage) -> Page:
    person = come(stage)
    stage.world.amazon_revokes(OSAKA)
    at("member-login")(person)
    return person.sends("/amazon-login")
