"""Pages of the shop in a preview, the pages that a form refers to, and refusals: what leads to each of these states."""

from __future__ import annotations

from reconciler.embedded.resources.screens.admin_sessions import PREVIEW_SECONDS
from tests.embedded.harness import KYOTO, OSAKA
from tests.embedded.pages.document import shop_acts as shop
from tests.embedded.pages.document.shop_acts import at, come, shopping
from tests.embedded.pages.document.stage import Act, DocumentedScreen, Stage
from tests.embedded.pages.html_page import Page

PASSWORD_HELP = DocumentedScreen("パスワードをお忘れですか?")
TERMS = DocumentedScreen("会員規約")
ERRORS = DocumentedScreen("Errors of the shop")
PRIVACY = DocumentedScreen("プライバシー規約")
SHOP_SCREENS = (PASSWORD_HELP, TERMS, ERRORS)
AMAZON_SCREENS = (PRIVACY,)


def previewing(address: str) -> Act:
    """A page of a preview, or of the practice Amazon to which it leads."""

    def preview(stage: Stage) -> Page:
        hanako = stage.opens(KYOTO)
        hanako.sends("/preview")
        return hanako.opens(address)

    return preview


def of_shop(screen: str) -> Act:
    return previewing(f"/shop/{KYOTO}/{screen}")


def of_amazon(page: str) -> Act:
    return previewing(f"/amazon/preview/{page}?shop={KYOTO}&to=order")


@shop.CART.state("preview over")
def _(stage: Stage) -> Page:
    hanako = stage.opens(OSAKA)
    hanako.sends("/preview")
    stage.clock.advance(PREVIEW_SECONDS)
    return hanako.opens(f"/shop/{OSAKA}/cart")


shop.CART.state("preview")(of_shop("cart"))
shop.ORDER.state("preview")(of_shop("order"))
shop.SUBSCRIPTION.state("preview")(of_shop("subscription"))
shop.PURCHASE.state("preview")(of_shop("purchase-login"))
shop.AFTER.state("preview")(of_shop("after-login"))
shop.MEMBER.state("preview")(of_shop("member-login"))
shop.REGISTER.state("preview")(of_shop("register"))
shop.LINK.state("preview")(of_shop("login-link"))
shop.SIGN_IN.state("preview")(of_amazon("sign-in"))
shop.CONSENT.state("preview")(of_amazon("consent"))
shop.PAYMENT.state("preview")(of_amazon("checkout"))
PASSWORD_HELP.states |= {"first": shopping(at("password-help"))}
TERMS.states |= {"first": shopping(at("terms"))}
ERRORS.states |= {
    "unknown address": shopping(at("nothing")),
    "unknown shop": lambda stage: stage.visitor().opens("/shop/nobody/"),
    "foreign form": lambda stage: stage.visitor().posts(f"/shop/{OSAKA}/cart/add", [("product", "tea")]),
}


@ERRORS.state("sent in a preview")
def _(stage: Stage) -> Page:
    hanako = stage.opens(KYOTO)
    hanako.sends("/preview")
    return hanako.posts(f"/shop/{KYOTO}/amazon-pay", hanako.page.form("/end-preview").fields)


@ERRORS.state("maintenance")
def _(stage: Stage) -> Page:
    person = come(stage)
    stage.world.maintenance(True)
    return at("")(person)


PRIVACY.states |= {"first": lambda stage: stage.visitor().opens(f"/amazon/privacy?shop={OSAKA}")}
