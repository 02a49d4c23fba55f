"""The demo's processes, started once for the tests of a module, and people at its pages."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from tests.embedded.pages.browsing import Person
from tests.support.demo.started_demo import StartedDemo, started_demo


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StartedDemo]:
    folder: Path = tmp_path_factory.mktemp("demo")
    with started_demo(folder) as running:
        yield running


@pytest.fixture
def visitor(demo: StartedDemo) -> Iterator[Callable[[], Person]]:
    """People who are not signed in."""
    clients: list[httpx.Client] = []

    def come() -> Person:
        clients.append(httpx.Client(base_url=demo.backend, follow_redirects=True, timeout=60))
        return Person(clients[-1])

    yield come
    for client in clients:
        client.close()


@pytest.fixture
def sign_in(demo: StartedDemo, visitor: Callable[[], Person]) -> Callable[..., Person]:
    def arrive(shop: str = "", account: str = "hanako") -> Person:
        person = visitor()
        page = person.signs_in(shop, account if shop else "operator", demo.password)
        assert page.address.startswith("/admin/shops"), page.text
        return person

    return arrive
