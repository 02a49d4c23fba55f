"""A1 Amazon設定 with its error page, and A3 Amazon Pay設定: what leads to each state of the document."""

from __future__ import annotations

from tests.embedded.harness import CLIENT, COMPLETE, KOBE, KYOTO, NARA, OSAKA, PRE_SET, SELLER, TOKEN
from tests.embedded.pages.document.admin_frame_acts import filled_in
from tests.embedded.pages.document.stage import Act, DocumentedScreen, Stage
from tests.embedded.pages.html_page import Page

SETTINGS = DocumentedScreen("A1 Amazon設定")
ERROR = DocumentedScreen("A1e エラー画面")
PAYMENT = DocumentedScreen("A3 Amazon Pay設定")
SCREENS = (SETTINGS, ERROR, PAYMENT)
FORM = "/amazon-settings"


def saving(shop: str = KYOTO, **entered: str) -> Act:
    """Someone fills in Amazon設定 and saves it."""
    return lambda stage: stage.opens(shop).sends(FORM, **entered)


def complete(**entered: str) -> Act:
    return saving(KYOTO, **dict(filled_in(**entered)))


@SETTINGS.first
def _(stage: Stage) -> Page:
    return stage.opens(KYOTO).page


SETTINGS.states |= {
    "token not set": lambda stage: stage.opens(KYOTO).page,
    "off, items missing": lambda stage: stage.opens(KYOTO).page,
    "with scripts": lambda stage: stage.opens(KYOTO).page,
    "shop open": lambda stage: stage.opens(OSAKA).page,
    "token set": lambda stage: stage.opens(OSAKA).page,
    "on, complete, open": lambda stage: stage.opens(OSAKA).page,
    "not entitled": lambda stage: stage.opens(NARA).page,
    "token pre-set": lambda stage: stage.opens(KOBE).page,
    "saved": saving(notification_email="a@shop.example"),
    "turned on": complete(use_amazon="1"),
    "on, complete, closed": complete(use_amazon="1"),
    "blank, 利用する checked": saving(use_amazon="1"),
    "value emptied": saving(OSAKA, notification_email=""),
    "ClientId as SellerId": complete(seller_id=CLIENT),
    "Public Key ID": complete(client_id="LIVE-ABCDEF"),
    "not a mail address": complete(notification_email="pay"),
    "literal of a pre-set token": complete(mws_auth_token=PRE_SET),
    "too long": complete(seller_id="A" * 201),
}


@SETTINGS.state("on, items missing")
def _(stage: Stage) -> Page:
    stage.world.merchant_edits(KYOTO, {"useAmazon": True, "sellerId": SELLER})
    return stage.opens(KYOTO).page


@SETTINGS.state("values refused by Amazon")
def _(stage: Stage) -> Page:
    stage.world.amazon_revokes(OSAKA)
    return stage.opens(OSAKA).page


@SETTINGS.state("pre-set, another seller")
def _(stage: Stage) -> Page:
    stage.world.merchant_edits(KOBE, {"sellerId": SELLER, "clientId": CLIENT})
    return stage.opens(KOBE).sends(FORM, seller_id="A7EXAMPLE765432")


@SETTINGS.state("no URL issued")
def _(stage: Stage) -> Page:
    stage.world.seed({"shops": [{"shopKey": "uji", "amazonSettings": {"merchantSiteUrl": None}}]})
    return stage.opens("uji", account="operator").page


@SETTINGS.state("turned off")
def _(stage: Stage) -> Page:
    stage.world.merchant_edits(KYOTO, {**COMPLETE, "useAmazon": True})
    return stage.opens(KYOTO).sends(FORM, use_amazon=None)


@SETTINGS.state("opened while edited")
def _(stage: Stage) -> Page:
    hanako = stage.opens(KYOTO)
    stage.world.merchant_edits(KYOTO, {"storefront": "OPEN"})
    return hanako.sends(FORM, **dict(filled_in(use_amazon="1")))


@SETTINGS.state("two editors")
def _(stage: Stage) -> Page:
    hanako = stage.opens(OSAKA)
    stage.world.merchant_edits(OSAKA, {"notificationEmail": "taro@osaka-books.example"}, by="太郎")
    return hanako.sends(FORM, mws_auth_token=TOKEN)


ERROR.states |= {
    "first": complete(seller_id="wrong"),
    "unknown ClientId": complete(client_id="wrong"),
    "wrong token": complete(mws_auth_token="wrong"),
}


@ERROR.state("ClientId of another seller")
def _(stage: Stage) -> Page:
    stage.world.seed({"amazonAccounts": [{"sellerId": SELLER, "clientId": CLIENT.replace("0", "f")}]})
    return stage.opens(KYOTO).sends(FORM, **dict(filled_in()))


@ERROR.state("access revoked")
def _(stage: Stage) -> Page:
    stage.world.seed({"amazonAccounts": [{"sellerId": SELLER, "revoked": True}]})
    return stage.opens(KYOTO).sends(FORM, **dict(filled_in()))


@PAYMENT.first
def _(stage: Stage) -> Page:
    return stage.opens(OSAKA, "amazon-pay").page


@PAYMENT.state("利用する off")
def _(stage: Stage) -> Page:
    return stage.opens(KYOTO, "amazon-pay").page


@PAYMENT.state("without コマースクリエイター")
def _(stage: Stage) -> Page:
    stage.world.platform_entitles(NARA, commerceCreator="DISABLED")
    return stage.opens(NARA, "amazon-pay").page


@PAYMENT.state("without 定期・頒布会販売")
def _(stage: Stage) -> Page:
    stage.world.platform_entitles(NARA, commerceCreator="RUNNING", subscriptionApplications=False)
    return stage.opens(NARA, "amazon-pay").page


@PAYMENT.state("no name")
def _(stage: Stage) -> Page:
    return stage.opens(OSAKA, "amazon-pay").sends("/amazon-pay", display_name=" ")


@PAYMENT.state("too long")
def _(stage: Stage) -> Page:
    return stage.opens(OSAKA, "amazon-pay").sends("/amazon-pay", comment_pc="あ" * 1001)


@PAYMENT.state("saved")
def _(stage: Stage) -> Page:
    return stage.opens(OSAKA, "amazon-pay").sends("/amazon-pay", display_name="Amazon Pay決済")
