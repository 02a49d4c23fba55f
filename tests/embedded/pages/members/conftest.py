"""An open shop with members, and accounts at the practice Amazon."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from reconciler.embedded import World
from tests.embedded.harness import CLIENT, EMAIL, KYOTO, OSAKA, OTHER_TOKEN, SELLER
from tests.embedded.pages.browsing import PASSWORD
from tests.embedded.pages.members.shopper import AIKO, AMAZON_PASSWORD, KEN, MARI, Shopper

PEOPLE = {
    "members": [
        {"shopKey": OSAKA, "loginId": "mari", "password": {"value": PASSWORD}, "name": "森 真理", "email": MARI},
        {
            "shopKey": OSAKA,
            "loginId": "jun",
            "password": {"value": PASSWORD},
            "name": "原 純",
            "email": "jun@mail.example",
        },
        {"shopKey": KYOTO, "loginId": "mari", "password": {"value": PASSWORD}, "name": "森 真理", "email": MARI},
    ],
    "amazonBuyers": [
        {"email": MARI, "password": {"value": AMAZON_PASSWORD}, "name": "森 真理"},
        {"email": AIKO, "password": {"value": AMAZON_PASSWORD}, "name": "秋田 愛子"},
        {"email": KEN, "password": {"value": AMAZON_PASSWORD}, "name": "金子 健"},
    ],
}


@pytest.fixture(scope="session")
def seeded(seeded: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Both shops are open and live with Amazon, each with a SellerId of its own."""
    file = tmp_path_factory.mktemp("members") / "backend.sqlite"
    shutil.copy(seeded, file)
    world = World.open(file)
    world.seed(PEOPLE)
    world.platform_entitles(OSAKA, commerceCreator="RUNNING")
    world.merchant_edits(
        KYOTO,
        {
            "useAmazon": True,
            "sellerId": SELLER,
            "clientId": CLIENT,
            "mwsAuthToken": OTHER_TOKEN,
            "notificationEmail": EMAIL,
        },
    )
    world.merchant_edits(KYOTO, {"storefront": "OPEN"})
    world.close()
    return file


@pytest.fixture
def shopper(visitor: Callable[[], Shopper]) -> Callable[..., Shopper]:
    """Someone at the shop osaka-books, or another one, with a browser of their own."""

    def come(shop: str = OSAKA) -> Shopper:
        return Shopper(visitor().client, shop)

    return come
