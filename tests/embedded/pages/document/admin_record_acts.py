"""A5 メッセージ, A6 受注管理 and A7 変更履歴: what leads to each state of the document."""

from __future__ import annotations

from tests.embedded.harness import COMPLETE, KYOTO, OSAKA
from tests.embedded.pages.document.shop_acts import come, confirming
from tests.embedded.pages.document.stage import Act, DocumentedScreen, Stage
from tests.embedded.pages.html_page import Page

MESSAGES = DocumentedScreen("A5 メッセージ")
ORDERS = DocumentedScreen("A6a 受注一覧")
ORDER = DocumentedScreen("A6b 受注詳細")
CHANGES = DocumentedScreen("A7 変更履歴")
SCREENS = (MESSAGES, ORDERS, ORDER, CHANGES)
ONE, CANCELLED = "100000000001", "100000000003"
REFERENCE = "S03-0000001-0000001"


def at(place: str, shop: str = OSAKA) -> Act:
    return lambda stage: stage.opens(shop, place).page


def entering(part: str, **texts: str) -> Act:
    return lambda stage: stage.opens(OSAKA, f"messages/{part}").sends(f"/messages/{part}", **texts)


MESSAGES.states |= {
    "first": at("messages"),
    "利用する off": at("messages", KYOTO),
    "edit": at("messages/ORDER_AREA"),
    "edit Amazon Payボタン": at("messages/CART_BUTTON"),
    "another spelling": entering("ORDER_AREA", label="AmazonPay"),
    "too long": entering("ORDER_AREA", label="あ" * 26),
}
ORDERS.states |= {
    "first": at("orders"),
    "tab 未入金": at("orders?tab=unpaid"),
    "no result": at("orders?tab=unsent"),
}


def marking(*numbers: str) -> Act:
    def mark(stage: Stage) -> Page:
        hanako = stage.opens(OSAKA, "orders?tab=unpaid")
        form = hanako.page.form("/orders/paid")
        return hanako.posts(form.action, [*form.fields, *(("order", number) for number in numbers)])

    return mark


ORDERS.states |= {"marked paid": marking(ONE), "nothing checked": marking(), "one cannot be marked": marking(CANCELLED)}


@ORDERS.state("other orders")
def _(stage: Stage) -> Page:
    kinds = [{"type": kind} for kind in ("PREORDER", "SUBSCRIPTION", "HANPUKAI")]
    states = ("COMPLETED", "REFUNDED", "AWAITING_SHIPMENT", "ON_HOLD")
    paid = {"paymentStatus": "RECEIVED", "receiptDate": "2026-04-01T10:00:00"}
    all_of_them = [*kinds, *({"status": state} for state in states), paid]
    orders = [{"orderNo": f"2000000000{n:02}", "shopKey": OSAKA, **each} for n, each in enumerate(all_of_them)]
    stage.world.add_orders(orders)
    return stage.opens(OSAKA, "orders").page


@ORDERS.state("more than a page")
def _(stage: Stage) -> Page:
    stage.world.add_orders([{"orderNo": f"2{number:011}", "shopKey": OSAKA} for number in range(60)])
    return stage.opens(OSAKA, "orders").page


ORDER.states |= {"first": at(f"orders/{ONE}"), "without history": at(f"orders/{ONE}")}


def declined(reason: str) -> Act:
    def decline(stage: Stage) -> Page:
        stage.world.merchant_captures(OSAKA, ONE, state="Declined", reasonCode=reason)
        return stage.opens(OSAKA, f"orders/{ONE}").page

    return decline


ORDER.states |= {
    "authorization refused finally": declined("HardDeclined"),
    "authorization failed": declined("TransactionTimedOut"),
}


@ORDER.state("after refund")
def _(stage: Stage) -> Page:
    charge = stage.world.merchant_captures(OSAKA, ONE)
    stage.world.merchant_refunds(OSAKA, charge, amount="400")
    return stage.opens(OSAKA, f"orders/{ONE}").page


@ORDER.state("paid by notification")
def _(stage: Stage) -> Page:
    paid = {"paymentStatus": "RECEIVED", "receiptDate": "2026-04-02T10:00:00"}
    stage.api.ask("POST", f"/orders/{ONE}/payment", shop=OSAKA, headers={"If-Match": "*"}, json=paid)
    return stage.opens(OSAKA, f"orders/{ONE}").page


@ORDER.state("marked paid")
def _(stage: Stage) -> Page:
    return stage.opens(OSAKA, f"orders/{ONE}").sends(f"/{ONE}/paid")


@ORDER.state("paid already")
def _(stage: Stage) -> Page:
    hanako = stage.opens(OSAKA, f"orders/{ONE}")
    form = hanako.page.form(f"/{ONE}/paid")
    hanako.posts(form.action, form.fields)
    return hanako.posts(form.action, form.fields)


@ORDER.state("order cancelled")
def _(stage: Stage) -> Page:
    hanako = stage.opens(OSAKA, f"orders/{ONE}")
    form = hanako.page.form(f"/{ONE}/paid")
    return hanako.posts(form.action.replace(ONE, CANCELLED), form.fields)


@ORDER.state("authorized again")
def _(stage: Stage) -> Page:
    declined("TransactionTimedOut")(stage)
    return stage.opens(OSAKA, f"orders/{ONE}").sends("/authorisation")


@ORDER.state("authorized before")
def _(stage: Stage) -> Page:
    declined("TransactionTimedOut")(stage)
    hanako = stage.opens(OSAKA, f"orders/{ONE}")
    form = hanako.page.form("/authorisation")
    hanako.posts(form.action, form.fields)
    return hanako.posts(form.action, form.fields)


@ORDER.state("ordered at the shop")
def _(stage: Stage) -> Page:
    confirming()(come(stage))
    return stage.opens(OSAKA, "orders/100000000004").page


@ORDER.state("from day 20")
def _(stage: Stage) -> Page:
    stage.world.merchant_captures(OSAKA, ONE, state="Authorized")
    stage.clock.advance(22 * 86400)
    return stage.opens(OSAKA, f"orders/{ONE}").page


@ORDER.state("chargeback")
def _(stage: Stage) -> Page:
    stage.world.amazon_disputes(OSAKA, stage.world.merchant_captures(OSAKA, ONE))
    return stage.opens(OSAKA, f"orders/{ONE}").page


@ORDER.state("permission closed")
def _(stage: Stage) -> Page:
    stage.world.amazon_turns(OSAKA, REFERENCE, "Closed", "BuyerCanceled")
    return stage.opens(OSAKA, f"orders/{ONE}").page


def turned_on(stage: Stage) -> Page:
    stage.world.merchant_edits(KYOTO, {**COMPLETE, "useAmazon": True}, by="花子")
    return stage.opens(KYOTO, "changes").page


CHANGES.states |= {
    "first": turned_on,
    "turned on": turned_on,
    "filters": at("changes"),
    "no result": at("changes"),
}


@CHANGES.state("changed by the platform")
def _(stage: Stage) -> Page:
    stage.world.platform_entitles(KYOTO, commerceCreator="ENABLED")
    return stage.opens(KYOTO, "changes").page


@CHANGES.state("more than a page")
def _(stage: Stage) -> Page:
    for number in range(51):
        stage.world.merchant_edits(KYOTO, {"notificationEmail": f"pay{number}@shop.example"})
    return stage.opens(KYOTO, "changes").page
