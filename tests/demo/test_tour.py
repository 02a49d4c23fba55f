"""The tour of `make demo`, walked: its commands as they are printed, the steps at the pages between them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from tests.demo import shopping
from tests.demo.demo_process import DemoProcess, demo_process
from tests.embedded.pages.browsing import Person
from tests.embedded.pages.html_page import Page
from tests.support.waiting import wait_until

OTHER_TEXT = "本日限りの案内"


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DemoProcess]:
    folder: Path = tmp_path_factory.mktemp("tour")
    with demo_process(folder) as running:
        yield running


def test_each_address_answers(demo: DemoProcess) -> None:
    for address in demo.addresses:
        answer = httpx.get(address, follow_redirects=True)
        expected = 405 if "SHOP_KEY" in address else 200  # only Amazon posts there
        assert answer.status_code == expected, address


def test_the_tour_is_walked(demo: DemoProcess, sign_in: Callable[[str], Person], visitor: Callable[[], Person]) -> None:
    commands = iter(demo.commands)

    def next_command(expected: int) -> str:
        command = next(commands)
        done = demo.runs(command)
        assert done.returncode == expected, f"{command}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    assert "applied  kyoto-tea" in next_command(0)

    hanako = sign_in("nara-brushes")
    hanako.opens("/admin/shops/nara-brushes/amazon-settings")
    assert hanako.sends("/amazon-settings", notification_email="new@nara-brushes.example").statuses == [
        "保存しました。"
    ]
    assert "by 花子 (merchant)" in next_command(2)
    assert "applied  nara-brushes" in next_command(0)
    page = hanako.opens("/admin/shops/nara-brushes/amazon-settings")
    assert page.form("/amazon-settings").value("notification_email") == "pay@nara-brushes.example"

    the_watcher_restores_a_text(demo, hanako)
    assert "healing" in next_command(0)

    haru = visitor()
    shopping.put_in_the_cart(haru, "nara-brushes", "fude-01")
    haru.sends("/amazon-pay")
    shopping.sign_in_at_amazon(haru, demo.password)
    shopping.pay(haru, "1111")
    page = shopping.confirm(haru)
    assert "ご注文ありがとうございました。" in page.text
    order = shopping.order_number(page)

    seller = "/admin/seller-central/nara-brushes/transactions"
    hanako.opens(f"{seller}?environment=SANDBOX")
    assert order in hanako.page.lines
    hanako.opens(f"{seller}/{order}?environment=SANDBOX")
    assert hanako.sends("/capture").statuses == ["売上請求しました。"]
    wait_until(lambda: "入金済" in hanako.opens(f"/admin/shops/nara-brushes/orders/{order}").lines)
    assert "PaymentCapture" in next_command(0)

    hanako.opens(f"{seller}/100000000007?environment=SANDBOX")
    hanako.sends("/simulate", outcome="InvalidPaymentMethod")
    mails = "/admin/seller-central/nara-brushes/mails"
    wait_until(lambda: any("100000000007" in line for line in hanako.opens(mails).lines))
    assert "再与信" in hanako.opens("/admin/shops/nara-brushes/orders/100000000007").text
    assert "sent" in next_command(0)

    noodles = sign_in("hakata-noodles")
    settings, front = (f"/admin/shops/hakata-noodles/{place}" for place in ("amazon-settings", "storefront"))
    noodles.opens(settings)
    assert "プレビュー表示中です。注文は登録されません。" in noodles.sends("/preview").text
    without = shopping.put_in_the_cart(visitor(), "hakata-noodles", "men-01")
    assert not offers_amazon_pay(without)
    switch_amazon_on(noodles, settings, front)
    assert offers_amazon_pay(shopping.put_in_the_cart(visitor(), "hakata-noodles", "men-01"))
    assert "amazon.enabled" in next_command(2)
    assert next(commands, None) is None


def the_watcher_restores_a_text(demo: DemoProcess, hanako: Person) -> None:
    """She changes it; the watcher alerts and heals; the console names her and the rule."""
    messages, mails = "/admin/shops/nara-brushes/messages/LOGIN_LINK_AREA", "/admin/seller-central/nara-brushes/mails"
    hanako.opens(messages)
    assert hanako.sends("/LOGIN_LINK_AREA", message=OTHER_TEXT).statuses == ["保存しました。"]
    wait_until(lambda: OTHER_TEXT not in hanako.opens(messages).html)
    wait_until(lambda: "メッセージ login_link_area.message: Git との不一致" in hanako.opens(mails).text)
    assert OTHER_TEXT in hanako.page.text
    with console_visitor(demo) as operator:
        wait_until(lambda: "shop-texts" in operator.opens("/shops/nara-brushes?lang=en").text)
        assert "花子" in operator.page.text


@contextmanager
def console_visitor(demo: DemoProcess) -> Iterator[Person]:
    """At the console, signed in with the printed token."""
    with httpx.Client(base_url=demo.console, follow_redirects=True, timeout=60) as browser:
        operator = Person(browser)
        operator.opens("/sign-in")
        operator.sends("/sign-in", token=demo.console_token)
        yield operator


def offers_amazon_pay(page: Page) -> bool:
    return any(form.action.endswith("/amazon-pay") for form in page.forms)


def switch_amazon_on(noodles: Person, settings: str, front: str) -> None:
    """A shop has to be closed for it."""
    noodles.opens(front)
    noodles.sends("/storefront", status="CLOSED")
    noodles.sends("/storefront")
    noodles.opens(settings)
    noodles.sends("/amazon-settings", use_amazon="on")
    noodles.opens(front)
    noodles.sends("/storefront", status="OPEN")
