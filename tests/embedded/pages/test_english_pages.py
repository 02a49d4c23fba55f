"""Every page in English: no Japanese but data, for an operator, merchants and shoppers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import asdict

import pytest
from fastapi import FastAPI

from reconciler.embedded import World
from reconciler.embedded.pages.shop.samples import SAMPLE_BUYER
from reconciler.embedded.resources.screens import page_parts
from reconciler.embedded.resources.storefront import DEFAULT_CLOSED_MESSAGE
from tests.embedded.harness import KOBE, KYOTO, NARA, OSAKA, SEED
from tests.embedded.pages.browsing import PASSWORD, Person
from tests.embedded.pages.buying.conftest import Shopper
from tests.embedded.pages.english_crawl import WIDE, Crawl, japanese_in, strings_in
from tools import catalogue

pytestmark = pytest.mark.system

USERS = {"hanako": "花子", "operator": "運用担当"}
WORLD = {
    **SEED,
    "members": [
        {
            "shopKey": OSAKA,
            "loginId": "member",
            "password": {"value": PASSWORD},
            "name": "本田 読子",
            "email": "member@mail.example",
        }
    ],
    "amazonBuyers": [
        {
            "email": "buyer@mail.example",
            "password": {"value": PASSWORD},
            "name": "茶山 緑",
            "addresses": [["530-0001", "大阪府大阪市北区梅田1-1", "茶山 緑"]],
        }
    ],
}
MEMBER = {"login_id": "member", "password": PASSWORD}
BUYER = {"email": "buyer@mail.example", "password": PASSWORD}
MAIL = ("Amazonペイメント処理失敗通知", "FutureShop2 Amazonセラーセントラル通知")
"""How the platform's mails are named, in any language."""
OTHER_LANGUAGE = "日本語"
DATA = frozenset(
    [
        *strings_in(WORLD),
        *strings_in([[part.label, part.message] for part in page_parts.PARTS]),
        *(product["name"][0] for product in SEED["products"]),
        *strings_in(asdict(SAMPLE_BUYER)),
        *USERS.values(),
        *MAIL,
        DEFAULT_CLOSED_MESSAGE,
        OTHER_LANGUAGE,
        WIDE,
    ]
)


@pytest.fixture
def app(start: Callable[..., FastAPI]) -> FastAPI:
    app = start(pages=True, seed=WORLD)
    world = World.of(app)
    for shop in (KYOTO, OSAKA, NARA, KOBE):
        world.ensure_user("hanako", PASSWORD, shop_key=shop, name=USERS["hanako"])
    world.ensure_user("operator", PASSWORD, name=USERS["operator"])
    return app


@pytest.fixture
def crawl(visitor: Callable[[], Person]) -> Iterator[Crawl]:
    found = Crawl(visitor(), DATA)
    found.look("/admin/sign-in?lang=en")
    yield found
    assert found.not_english == set()
    assert found.found == set()


def test_no_text_of_the_pages_is_data_as_well() -> None:
    texts = {message.id for message in catalogue._texts(catalogue._read(catalogue.PAGES))}
    assert texts & {*strings_in(WORLD), *USERS.values(), *MAIL} == set()


@pytest.mark.parametrize(
    ("html", "left"),
    [
        ("<p>Saved</p>", []),
        ("<p>保存しました。</p>", ["保存しました。"]),
        ('<button title="コピー">x</button><title>設定 | x</title>', ["コピー", "設定 | x"]),
        ("<p>玉露 50g</p><textarea>本文</textarea>", []),
        ("<p>玉露 50g を追加</p><p>「x」</p>", ["玉露 50g を追加", "「x」"]),
    ],
)
def test_japanese_that_is_no_data_is_found(html: str, left: list[str]) -> None:
    assert japanese_in(html, DATA) == left


def test_a_page_that_is_not_translated_is_found(visitor: Callable[[], Person]) -> None:
    reader = Crawl(visitor(), DATA)
    reader.look("/admin/sign-in")
    assert ("/admin/sign-in", "パスワード") in reader.found
    assert reader.not_english == {"/admin/sign-in"}


def test_what_an_operator_sees(crawl: Crawl) -> None:
    crawl.outside = (KYOTO, OSAKA, KOBE)
    crawl.person.signs_in("", "operator")
    crawl.walk("/admin/shops")
    assert {f"/admin/shops/{NARA}/changes", f"/admin/shops/{NARA}/applications"} <= crawl.visited


@pytest.mark.parametrize("shop", [KYOTO, OSAKA, KOBE])
def test_what_a_merchant_sees(crawl: Crawl, shop: str) -> None:
    crawl.person.signs_in(shop, "hanako")
    crawl.walk("/admin/", f"/admin/seller-central/{shop}/transactions", f"/admin/shops/{shop}/orders?tab=unpaid")
    assert f"/admin/shops/{shop}/messages/CART_BUTTON" in crawl.visited
    assert f"/admin/seller-central/{shop}/integration" in crawl.visited


@pytest.mark.parametrize("known", [MEMBER, BUYER], ids=["a member", "a buyer at Amazon"])
def test_what_a_shopper_sees(crawl: Crawl, app: FastAPI, known: dict[str, str]) -> None:
    World.of(app).platform_entitles(OSAKA, commerceCreator="RUNNING", subscriptionApplications=True)
    crawl.known = known
    crawl.walk(f"/shop/{OSAKA}/", f"/shop/{OSAKA}/mypage", f"/shop/{OSAKA}/purchase-login", f"/shop/{KYOTO}/")
    pages = {"mypage", "login-link"} if known is MEMBER else {"after-login", "register"}
    assert {f"/shop/{OSAKA}/{page}" for page in pages} <= crawl.visited
    assert known is MEMBER or {"/amazon/sign-in", "/amazon/consent", "/amazon/privacy"} <= crawl.visited


def test_what_a_shopper_buys_with_amazon_pay(crawl: Crawl, app: FastAPI) -> None:
    """Pages that show only with something in the cart, also after a choice or a card that fails."""
    World.of(app).platform_entitles(OSAKA, commerceCreator="RUNNING", subscriptionApplications=True)
    World.of(app).merchant_edits(OSAKA, {"subscription": True})
    shopper = Shopper(crawl.person.client)
    shopper.puts("monthly")
    shopper.goes_to_amazon()
    crawl.note(shopper.sends("/amazon/sign-in", **BUYER))
    assert crawl.note(shopper.sends("/amazon/consent")).address.startswith("/amazon/checkout/")
    crawl.note(shopper.chooses("", "x"))
    assert crawl.note(shopper.chooses()).address == f"/shop/{OSAKA}/subscription"
    assert crawl.note(shopper.confirms()).address == f"/shop/{OSAKA}/subscription"
    assert crawl.note(shopper.confirms(agree="on")).address == f"/shop/{OSAKA}/complete"
    for card, reached in {"3434": "cart", "3064": "cart", "1111": "complete"}.items():
        assert crawl.note(shopper.arrives(card)).address == f"/shop/{OSAKA}/order"
        assert crawl.note(shopper.confirms()).address == f"/shop/{OSAKA}/{reached}"


@pytest.mark.parametrize("page", ["/admin/nothing", "/shop/nobody/", f"/shop/{OSAKA}/nothing", "/amazon/nothing"])
def test_a_page_that_there_is_not(crawl: Crawl, page: str) -> None:
    assert crawl.look(page).status in (403, 404)


def test_maintenance(crawl: Crawl, app: FastAPI) -> None:
    World.of(app).maintenance(on=True)
    for address in ("/admin/sign-in", f"/shop/{OSAKA}/"):
        assert crawl.look(address).status == 503
