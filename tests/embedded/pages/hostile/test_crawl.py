"""Every page that can be reached, every form on them, and what strangers and mistakes can send to each."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy import select

from reconciler.embedded import EmbeddedConfig, World, create_app
from reconciler.embedded.storage.columns import metadata
from tests.embedded.harness import CLIENT, KOBE, KYOTO, NARA, OSAKA, OTHER_TOKEN, SEED, TOKEN, Clock
from tests.embedded.pages.browsing import PASSWORD, Person, browser, serving
from tests.embedded.pages.hostile.attacks import (
    forged_posts,
    garbage_in,
    hostile_paths,
    hostile_posts,
    hostile_queries,
    odd_posts,
)
from tests.embedded.pages.hostile.crawling import LAST, Crawler, Route, SeenForm, Values, routes_of

pytestmark = pytest.mark.system

ORDER, AUTHORISED = "100000000001", "100000000002"
WRONG_TOKEN = "amzn.mws.wrong-0000-4000-8000"
SECRETS = (PASSWORD, TOKEN, OTHER_TOKEN, WRONG_TOKEN, "operator-secret", "kyoto-secret")
EXAMPLES: Mapping[str, tuple[Values, ...]] = {
    f"{NARA}/applications": ({"pay_option": "yes"},),
    f"{KYOTO}/amazon-settings": (
        {"notification_email": "a@shop.example"},
        {"seller_id": "A1NOBODY", "client_id": CLIENT, "mws_auth_token": WRONG_TOKEN, "use_amazon": "1"},
    ),
    "/storefront": ({"status": "CLOSED"},),
    "/messages/CART_BUTTON": ({"message": "Amazon Payでどうぞ"},),
    "/orders/paid": ({"order": ORDER}, {}),
    "/simulate": ({"outcome": "ProcessingFailure"}, {"outcome": "Expired"}),
    "/origins": ({"origin": "https://shop.example"},),
    "/endpoints": ({"url": "https://ipn.platform.example/new"},),
    "/refund": ({"amount": "1"}, {"amount": "x"}),
    "/amazon/sign-in": ({"email": "haru@mail.example", "password": PASSWORD},),
    "login": ({"login_id": "sakura", "password": PASSWORD},),
    "/register": (
        {"login_id": "new", "password": "a long password", "name": "新", "email": "n@mail.example", "terms": "1"},
    ),
}
NOT_REACHED: Mapping[Route, str] = {
    ("GET", "/shop/{shop_key}/amazon-pay"): "for who reloads a form that was refused",
    ("GET", "/shop/{shop_key}/{screen}"): "answers that there is no such page",
}
"""With the reason for each."""


def everybody() -> dict[str, Any]:
    products = [
        ("hon-1", "絵本", 1200, "REGULAR"),
        ("hon-2", "予約の本", 900, "PREORDER"),
        ("hon-3", "定期便", 500, "SUBSCRIPTION"),
    ]
    applied = {"commerceCreator": "RUNNING", "subscriptionApplications": True}
    shops = [each | ({"entitlements": applied} if each["shopKey"] == OSAKA else {}) for each in SEED["shops"]]
    return {
        **SEED,
        "shops": shops,
        "products": [
            {"shopKey": OSAKA, "productId": key, "name": name, "price": price, "saleType": sale}
            for key, name, price, sale in products
        ],
        "members": [
            {
                "shopKey": OSAKA,
                "loginId": "sakura",
                "password": {"value": PASSWORD},
                "name": "さくら",
                "email": "sakura@mail.example",
            }
        ],
        "amazonBuyers": [
            {
                "email": "haru@mail.example",
                "password": {"value": PASSWORD},
                "name": "はる",
                "addresses": [["630-8213", "奈良県奈良市1-2-3", "はる"]],
            }
        ],
    }


@dataclass
class Walk:
    app: FastAPI
    crawler: Crawler
    beside: sqlite3.Connection
    """To see whether another connection wrote."""
    read: dict[int, dict[str, list[str]]] = field(default_factory=dict)

    def dump(self) -> dict[str, list[str]]:
        """What is in the tables; read again only if something was written."""
        version = self.beside.execute("PRAGMA data_version").fetchone()[0]
        if version not in self.read:
            self.read = {version: self._tables()}
        return self.read[version]

    def _tables(self) -> dict[str, list[str]]:
        with self.app.state.services.reading() as connection:
            return {
                table.name: sorted(repr(tuple(row)) for row in connection.execute(select(table)))
                for table in metadata.sorted_tables
            }


STARTS: Mapping[str, tuple[str, str, tuple[str, ...]]] = {
    "operator": (
        "",
        "operator",
        ("/admin/", f"/admin/shops/{NARA}/applications", f"/admin/shops/{OSAKA}/orders/{ORDER}"),
    ),
    "merchant": (KYOTO, "hanako", ("/admin/",)),
    "open shop": (OSAKA, "hanako", ("/admin/", f"/shop/{OSAKA}/")),
    "pre-set": (KOBE, "hanako", ("/admin/",)),
    "shopper": ("", "", (f"/shop/{OSAKA}/", f"/shop/{OSAKA}/register", "/amazon/sign-in", "/admin/sign-in")),
    "member": ("", "", (f"/shop/{OSAKA}/member-login?next=login-link",)),
}


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("filled") / "backend.sqlite"
    world = World.open(file, clock=Clock())
    world.seed(everybody())
    for shop in (KYOTO, OSAKA, KOBE):
        world.ensure_user("hanako", PASSWORD, shop_key=shop, name="花子")
    world.ensure_user("operator", PASSWORD, name="運用担当")
    world.merchant_captures(OSAKA, ORDER, state="Declined", reasonCode="TransactionTimedOut")
    world.merchant_captures(OSAKA, AUTHORISED, state="Authorized")
    world.close()
    return file


@pytest.fixture(scope="module")
def walk(filled: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Walk]]:
    """The walk of an actor through a world of its own, made once. To attack as this actor needs a session that is not over."""
    made: dict[str, Walk] = {}
    ends: list[Callable[[], object]] = []

    def begin(actor: str, *, again: bool = True) -> Walk:
        if actor not in made:
            made[actor] = _start(shutil.copy(filled, tmp_path_factory.mktemp("walk") / "backend.sqlite"), ends)
            sign_in(made[actor], actor)
            made[actor].crawler.walk(*STARTS[actor][2])
        if again:
            sign_in(made[actor], actor)
        return made[actor]

    yield begin
    for end in reversed(ends):
        end()


def sign_in(walk: Walk, actor: str) -> None:
    shop, account, _ = STARTS[actor]
    if account:
        assert Person(walk.crawler.client).signs_in(shop, account).status == 200


def _start(database: Any, ends: list[Callable[[], object]]) -> Walk:
    app = create_app(EmbeddedConfig(database=database, clock=Clock(), pages=True))
    served = ExitStack()
    client = browser(served.enter_context(serving(app, timeout_keep_alive=600)))
    beside = sqlite3.connect(database, check_same_thread=False)

    def end() -> None:
        client.close()
        beside.close()
        served.close()
        app.state.services.database.close()

    ends.append(end)
    return Walk(app, Crawler(client, routes_of(app), EXAMPLES, SECRETS), beside)


def attacked(walk: Callable[..., Walk], actor: str) -> list[SeenForm]:
    """One form of each route, for the first actor who has it; those that end the session come last."""
    first: dict[Route, tuple[str, SeenForm]] = {}
    for each in STARTS:
        for seen in walk(each, again=False).crawler.forms.values():
            first.setdefault(seen.route, (each, seen))
    mine = [seen for who, seen in first.values() if who == actor]
    return sorted(mine, key=lambda seen: LAST.index(end) if (end := _end(seen)) else -1)


def _end(seen: SeenForm) -> str:
    return next((end for end in LAST if seen.form.action.endswith(end)), "")


actors = pytest.mark.parametrize("actor", STARTS)


@actors
def test_a_form_without_the_token_of_its_session_writes_nothing(walk, actor: str) -> None:
    it = walk(actor)
    for seen in attacked(walk, actor):
        for answer in forged_posts(it.crawler, it.crawler.fresh(seen), it.dump):
            assert answer.faults == [], (seen.form.action, answer)


@actors
def test_an_odd_post_is_answered_with_a_page(walk, actor: str) -> None:
    it = walk(actor)
    for seen in attacked(walk, actor):
        for answer in odd_posts(it.crawler, it.crawler.fresh(seen)):
            assert answer.faults == [], (seen.form.action, answer)


@actors
def test_no_value_is_shown_as_anything_but_text(walk, actor: str) -> None:
    it = walk(actor)
    for seen in attacked(walk, actor):
        for answer in hostile_posts(it.crawler, seen):
            assert answer.faults == [], (seen.form.action, answer)
    for answer in hostile_queries(it.crawler):
        assert answer.faults == [], answer
    sign_in(it, actor)
    again = Crawler(it.crawler.client, it.crawler.routes, {}, SECRETS)
    again.walk(*STARTS[actor][2])
    assert "\n".join(again.wrong) == ""
    assert garbage_in(it.dump()) == []


@pytest.mark.parametrize(("actor", "mount"), [("operator", "/admin"), ("shopper", "/shop"), ("shopper", "/amazon")])
def test_no_part_of_a_path_is_more_than_a_name(walk, actor: str, mount: str) -> None:
    crawler = walk(actor).crawler
    for answer in hostile_paths(crawler, mount):
        assert answer.faults == [], answer
    for place in ("/..%2f..%2fetc/passwd", "/static/..%2fapp.py", "/static/%2e%2e%2fapp.py", "/%00", "//"):
        assert crawler.client.get(mount + place).status_code == 404


@actors
def test_no_answer_on_the_way_is_wrong(walk, actor: str) -> None:
    assert "\n".join(walk(actor, again=False).crawler.wrong) == ""


def test_every_route_is_reached_by_somebody(walk) -> None:
    walks = [walk(actor, again=False) for actor in STARTS]
    reached = set().union(*(each.crawler.reached for each in walks))
    missing = sorted(set(walks[0].crawler.routes) - reached - set(NOT_REACHED))
    assert "\n".join(f"{method} {path}" for method, path in missing) == ""
