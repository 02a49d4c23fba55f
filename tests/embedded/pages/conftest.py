"""The screens served over a real socket, and people with browsers that run no scripts."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import httpx
import pytest
from fastapi import FastAPI

from reconciler.embedded import World
from tests.embedded.harness import KOBE, KYOTO, NARA, OSAKA
from tests.embedded.pages.browsing import PASSWORD, Person, browser, serving


@pytest.fixture(scope="session")
def seeded(seeded, tmp_path_factory):
    """Everybody's accounts are in the database that is copied: hashing a password takes time."""
    world = World.open(seeded)
    for shop in (KYOTO, OSAKA, NARA, KOBE):
        world.ensure_user("hanako", PASSWORD, shop_key=shop, name="花子")
        world.ensure_user("taro", PASSWORD, shop_key=shop, name="太郎")
    world.ensure_user("operator", PASSWORD, name="運用担当")
    world.close()
    return seeded


@pytest.fixture
def app(start: Callable[..., FastAPI]) -> FastAPI:
    return start(pages=True)


@pytest.fixture
def address(app: FastAPI) -> Iterator[str]:
    with serving(app) as address:
        yield address


@pytest.fixture
def visitor(address: str) -> Iterator[Callable[[], Person]]:
    """People who are not signed in."""
    clients: list[httpx.Client] = []

    def come() -> Person:
        clients.append(browser(address))
        return Person(clients[-1])

    yield come
    for client in clients:
        client.close()


@pytest.fixture
def sign_in(visitor: Callable[[], Person]) -> Callable[..., Person]:
    def arrive(shop: str = "", account: str = "hanako") -> Person:
        person = visitor()
        person.signs_in(shop, account)
        return person

    return arrive
