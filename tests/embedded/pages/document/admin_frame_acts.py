"""Every admin page, errors, サインイン, 店舗一覧, A2, A4, A8 and A9: what leads to each state of the document."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.embedded.resources.screens.admin_sessions import SESSION_SECONDS
from reconciler.embedded.resources.screens.sign_in_attempts import ATTEMPTS
from tests.embedded.harness import COMPLETE, KYOTO, NARA, OSAKA
from tests.embedded.pages.browsing import PASSWORD
from tests.embedded.pages.document.stage import DocumentedScreen, Stage
from tests.embedded.pages.html_page import Page

FRAME = DocumentedScreen("Every admin page", also="A1 Amazon設定")
ERRORS = DocumentedScreen("Errors", also="サインイン")
SIGN_IN = DocumentedScreen("サインイン")
SHOPS = DocumentedScreen("店舗一覧")
METHODS = DocumentedScreen("A2 決済一覧")
STOREFRONT = DocumentedScreen("A4 開店・閉店")
APPLICATIONS = DocumentedScreen("A8 オプション追加お申し込み")
COMPARISON = DocumentedScreen("A9 項目対照表")
HELP = DocumentedScreen("IDの確認方法")
SCREENS = (FRAME, ERRORS, SIGN_IN, SHOPS, METHODS, STOREFRONT, APPLICATIONS, COMPARISON, HELP)


@FRAME.first
def _(stage: Stage) -> Page:
    return stage.opens(KYOTO).page


@FRAME.state("shop open")
def _(stage: Stage) -> Page:
    return stage.opens(OSAKA).page


@FRAME.state("operator")
def _(stage: Stage) -> Page:
    return stage.opens(OSAKA, account="operator").page


@FRAME.state("full-width input")
def _(stage: Stage) -> Page:
    return stage.opens(KYOTO).sends("/amazon-settings", notification_email="pay＠shop.example")


@FRAME.state("full-width space")
def _(stage: Stage) -> Page:
    return stage.opens(KYOTO).sends("/amazon-settings", seller_id="A1EXAMPLE\u3000")


@FRAME.state("character without a half-width form")
def _(stage: Stage) -> Page:
    return stage.opens(KYOTO).sends("/amazon-settings", seller_id="店舗")


@FRAME.state("other character")
def _(stage: Stage) -> Page:
    return stage.opens(KYOTO).sends("/amazon-settings", seller_id="A1é")


@FRAME.state("spaces around")
def _(stage: Stage) -> Page:
    return stage.opens(KYOTO).sends("/amazon-settings", seller_id=" A1EXAMPLE")


@FRAME.state("control character")
def _(stage: Stage) -> Page:
    return stage.opens(KYOTO).sends("/amazon-settings", seller_id="A1\x00EXAMPLE")


@FRAME.state("two editors")
def _(stage: Stage) -> Page:
    hanako = stage.opens(KYOTO)
    stage.world.merchant_edits(KYOTO, {"notificationEmail": "taro@kyoto-tea.example"}, by="太郎")
    return hanako.sends("/amazon-settings", notification_email="hanako@kyoto-tea.example")


@FRAME.state("after signing in again")
def _(stage: Stage) -> Page:
    hanako = stage.opens(KYOTO)
    stage.clock.advance(SESSION_SECONDS + 1)
    hanako.sends("/amazon-settings", seller_id="A1EXAMPLE")
    return hanako.sends("/sign-in", shop=KYOTO, account="hanako", password=PASSWORD)


@ERRORS.state("maintenance")
def _(stage: Stage) -> Page:
    hanako = stage.opens(KYOTO)
    stage.world.maintenance(True)
    return hanako.opens("/admin/")


@ERRORS.state("session ended")
def _(stage: Stage) -> Page:
    hanako = stage.opens(KYOTO)
    stage.clock.advance(SESSION_SECONDS + 1)
    return hanako.sends("/amazon-settings")


@ERRORS.state("foreign form")
def _(stage: Stage) -> Page:
    address = f"/admin/shops/{KYOTO}/amazon-settings"
    return stage.opens(KYOTO).posts(address, [("csrf", "0")], Origin="https://thief.example")


@ERRORS.state("unknown address")
def _(stage: Stage) -> Page:
    return stage.opens(KYOTO, "nothing").page


@ERRORS.state("another shop")
def _(stage: Stage) -> Page:
    return stage.sign_in(KYOTO).opens(f"/admin/shops/{OSAKA}/amazon-settings")


@ERRORS.state("form too large")
def _(stage: Stage) -> Page:
    return stage.opens(KYOTO).sends("/amazon-settings", seller_id="A" * 200_000)


@ERRORS.state("not a form")
def _(stage: Stage) -> Page:
    hanako = stage.opens(KYOTO)
    return hanako.posts(hanako.page.address, [], **{"Content-Type": "text/plain"})


@SIGN_IN.first
def _(stage: Stage) -> Page:
    return stage.visitor().opens("/admin/sign-in")


@SIGN_IN.state("wrong sign-in")
def _(stage: Stage) -> Page:
    return stage.visitor().signs_in(KYOTO, "hanako", "wrong")


@SIGN_IN.state("after 5 failures")
def _(stage: Stage) -> Page:
    person = stage.visitor()
    for _attempt in range(ATTEMPTS):
        person.signs_in(KYOTO, "hanako", "wrong")
    return person.signs_in(KYOTO, "hanako")


@SHOPS.first
def _(stage: Stage) -> Page:
    return stage.sign_in(account="operator").page


@SHOPS.state("own URL registered")
def _(stage: Stage) -> Page:
    hanako = stage.sign_in(OSAKA)
    hanako.opens(f"/admin/seller-central/{OSAKA}/endpoints")
    hanako.sends("/endpoints", url="https://ipn.platform.example/amazon-pay/osaka-books")
    return stage.sign_in(account="operator").page


@SHOPS.state("values refused by Amazon")
def _(stage: Stage) -> Page:
    stage.world.amazon_revokes(OSAKA)
    return stage.sign_in(account="operator").page


@SHOPS.state("no result")
def _(stage: Stage) -> Page:
    return stage.sign_in(account="operator").opens("/admin/shops?key=nothing")


@METHODS.first
def _(stage: Stage) -> Page:
    return stage.opens(OSAKA, "payment-methods").page


@METHODS.state("利用する off")
def _(stage: Stage) -> Page:
    return stage.opens(KYOTO, "payment-methods").page


@METHODS.state("row does not follow")
def _(stage: Stage) -> Page:
    settings = {"amazonSettings": {"useAmazon": True}, "payment": {"use": False}}
    stage.world.seed({"shops": [{"shopKey": "uji", **settings}]})
    return stage.opens("uji", "payment-methods", "operator").page


@STOREFRONT.first
def _(stage: Stage) -> Page:
    return stage.opens(OSAKA, "storefront").page


@STOREFRONT.state("closing")
def _(stage: Stage) -> Page:
    return stage.opens(OSAKA, "storefront").sends("/storefront", status="CLOSED")


@STOREFRONT.state("shop closed", "saved")
def _(stage: Stage) -> Page:
    hanako = stage.opens(OSAKA, "storefront")
    hanako.sends("/storefront", status="CLOSED")
    return hanako.sends("/storefront")


@STOREFRONT.state("no such state")
def _(stage: Stage) -> Page:
    return stage.opens(OSAKA, "storefront").sends("/storefront", status="HALF")


@STOREFRONT.state("no message")
def _(stage: Stage) -> Page:
    return stage.opens(OSAKA, "storefront").sends("/storefront", message=" ")


@APPLICATIONS.first
def _(stage: Stage) -> Page:
    stage.world.platform_entitles(NARA, commerceCreator="DISABLED")
    return stage.opens(NARA, "applications").page


@APPLICATIONS.state("applied")
def _(stage: Stage) -> Page:
    return stage.opens(KYOTO, "applications").page


@APPLICATIONS.state("under review")
def _(stage: Stage) -> Page:
    stage.opens(NARA, "applications", "operator").sends("/applications", pay_option="review")
    return stage.opens(NARA, "applications").page


@APPLICATIONS.state("operator")
def _(stage: Stage) -> Page:
    return stage.opens(NARA, "applications", "operator").page


@APPLICATIONS.state("no such choice")
def _(stage: Stage) -> Page:
    return stage.opens(NARA, "applications", "operator").sends("/applications", pay_option="<b>")


@APPLICATIONS.state("saved")
def _(stage: Stage) -> Page:
    return stage.opens(NARA, "applications", "operator").sends("/applications", pay_option="yes")


@COMPARISON.first
def _(stage: Stage) -> Page:
    return stage.opens(KYOTO, "comparison").page


@HELP.first
def _(stage: Stage) -> Page:
    return stage.sign_in(KYOTO).opens("/admin/help/ids")


def filled_in(**words: str) -> Iterator[tuple[str, str]]:
    """The values of a complete form of Amazon設定, with some of them changed."""
    names = {"seller_id": "sellerId", "client_id": "clientId", "mws_auth_token": "mwsAuthToken"}
    names |= {"notification_email": "notificationEmail"}
    yield from ({name: COMPLETE[key] for name, key in names.items()} | words).items()
