"""The practice Seller Central: what leads to each state of the document."""

from __future__ import annotations

from reconciler.embedded.resources.received_mails import ReceivedMail, store_mail
from tests.embedded.harness import KYOTO, OSAKA
from tests.embedded.pages.browsing import Person
from tests.embedded.pages.document.stage import Act, DocumentedScreen, Served, Stage
from tests.embedded.pages.html_page import Page
from tests.support.sns_signer import TOPIC_PATTERN

FRAME = DocumentedScreen("SC0 Every page", also="SC2 インスタント通知設定")
TRANSACTIONS = DocumentedScreen("SC1 取引管理")
ENDPOINTS = DocumentedScreen("SC2 インスタント通知設定")
INTEGRATION = DocumentedScreen("SC3 インテグレーションセントラル")
MAILS = DocumentedScreen("SC4 送信メール")
SCREENS = (FRAME, TRANSACTIONS, ENDPOINTS, INTEGRATION, MAILS)
ONE = "transactions/100000000001?environment=SANDBOX"


def arriving(stage: Stage, place: str, shop: str = OSAKA) -> Person:
    person = stage.sign_in(shop)
    person.opens(f"/admin/seller-central/{shop}/{place}")
    return person


def at(place: str) -> Act:
    return lambda stage: arriving(stage, place).page


FRAME.states |= {
    "first": at("endpoints"),
    "no 出品者ID": lambda stage: arriving(stage, "endpoints", KYOTO).page,
}
TRANSACTIONS.states |= {
    "first": at("transactions?environment=SANDBOX"),
    "no result": at("transactions"),
    "one order": at(ONE),
}


Sent = tuple[str, dict[str, str]]


def after(*acts: Sent) -> Act:
    """The page of an order after forms of it were sent, one by one."""

    def act(stage: Stage) -> Page:
        person = arriving(stage, ONE)
        for action, entered in acts:
            person.sends(action, **entered)
        return person.page

    return act


AUTHORIZE: Sent = ("/simulate", {"outcome": "Authorized"})
CAPTURE: Sent = ("/capture", {})
TRANSACTIONS.states |= {
    "authorized": after(AUTHORIZE),
    "captured": after(AUTHORIZE, CAPTURE),
    "capture too large": after(("/capture", {"capture_amount": "1001"})),
    "authorization failed": after(("/simulate", {"outcome": "AmazonRejected"})),
    "refunded": after(AUTHORIZE, CAPTURE, ("/refund", {"amount": "400"})),
    "refund too large": after(AUTHORIZE, CAPTURE, ("/refund", {"amount": "1001"})),
    "not an amount": after(AUTHORIZE, CAPTURE, ("/refund", {"amount": "x"})),
    "cancelled": after(AUTHORIZE, ("/cancel", {})),
    "act not possible": after(AUTHORIZE, CAPTURE, ("/simulate", {"outcome": "Expired"})),
}


def registered(stage: Stage, url: str) -> Person:
    person = arriving(stage, "endpoints?environment=SANDBOX")
    person.sends("/endpoints", url=url)
    return person


@TRANSACTIONS.state("captured, endpoint registered", "captured, endpoint answered")
def _(stage: Stage) -> Page:
    person = registered(stage, stage.receiver)
    person.opens(f"/admin/seller-central/{OSAKA}/{ONE}")
    return person.sends("/capture")


@TRANSACTIONS.state("more than a page")
def _(stage: Stage) -> Page:
    paid = [{"orderNo": f"2{number:011}", "amazonOrderReferenceId": f"S03-0000002-{number:07}"} for number in range(51)]
    stage.world.add_orders([{**order, "shopKey": OSAKA} for order in paid])
    return arriving(stage, "transactions?environment=SANDBOX").page


ENDPOINTS.states |= {
    "first": at("endpoints"),
    "no endpoint": at("endpoints?environment=SANDBOX"),
    "not https": lambda stage: arriving(stage, "endpoints").sends("/endpoints", url="http://shop.example"),
    "added": lambda stage: arriving(stage, "endpoints").sends("/endpoints", url="https://shop.example/ipn"),
    "removed": lambda stage: arriving(stage, "endpoints").sends("/endpoints/remove"),
}


@ENDPOINTS.state("two editors")
def _(stage: Stage) -> Page:
    person = arriving(stage, "endpoints")
    form = person.page.form("/endpoints/remove")
    person.sends("/endpoints", url="https://shop.example/ipn")
    return person.posts(form.action, form.fields)


def testing(url: str | None) -> Act:
    """The answer to a test notification. None: of the endpoint on this machine that answers."""
    return lambda stage: registered(stage, url or stage.receiver).sends("/test")


IPN = {"topics": [TOPIC_PATTERN], "certificates": "pinned"}
REASONS = {
    "test answered": Served(IPN),
    "test without an answer": Served(IPN),
    "test to another machine": Served(IPN),
    "no topic": Served({"certificates": "pinned"}),
    "no folder": Served({"topics": [TOPIC_PATTERN]}),
    "folder not writable": Served(IPN | {"certificates": "reconciler.yaml"}),
    "another backend": Served(IPN, {"backend": {"kind": "http", "url": "https://admin.platform.example/"}}),
    "package missing": Served(IPN, missing="defusedxml"),
}
TRANSACTIONS.served |= {"captured, endpoint answered": Served(IPN)}
ENDPOINTS.served |= REASONS
ENDPOINTS.states |= dict.fromkeys((*REASONS, "served otherwise"), testing(None))
ENDPOINTS.states |= {
    "test without an answer": testing("http://127.0.0.1:1/ipn"),
    "test to another machine": testing("https://ipn.platform.example/osaka"),
}


def removing_origin(times: int) -> Act:
    def remove(stage: Stage) -> Page:
        person = arriving(stage, "integration")
        person.sends("/origins", origin="https://osaka-books.example")
        form = person.page.form("/origins/remove")
        return [person.posts(form.action, form.fields) for _time in range(times)][-1]

    return remove


INTEGRATION.states |= {
    "origin removed": removing_origin(1),
    "origin removed twice": removing_origin(2),
    "first": at("integration"),
    "revoked": lambda stage: arriving(stage, "integration").sends("/revoke"),
    "origin added": lambda stage: arriving(stage, "integration").sends(
        "/origins", origin="https://osaka-books.example"
    ),
    "not an origin": lambda stage: arriving(stage, "integration").sends("/origins", origin="osaka-books"),
}


@INTEGRATION.state("granted")
def _(stage: Stage) -> Page:
    person = arriving(stage, "integration")
    person.sends("/revoke")
    return person.sends("/grant")


MAILS.states |= {"first": at("mails")}


@MAILS.state("a mail")
def _(stage: Stage) -> Page:
    mail = ReceivedMail(
        sender_name="FutureShop2 Amazonセラーセントラル通知",
        sender="noreply@system.future-shop.net",
        recipient="pay@osaka-books.example",
        subject="Amazonペイメント処理失敗通知",
        body="店舗キー: osaka-books",
    )
    with stage.app.state.services.database.writing() as connection:
        store_mail(connection, mail, "2026-04-01T09:00:00")
    return arriving(stage, "mails").page
