import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy import func, select

from reconciler.embedded import EmbeddedConfig, World, create_app
from reconciler.embedded.storage.tables import charge_permissions, charges, orders
from tests.embedded.harness import KYOTO, SEED, Api, Clock


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "backend.sqlite"


@pytest.fixture(scope="session")
def seeded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with the seed in it, made once and copied for each test."""
    file = tmp_path_factory.mktemp("seeded") / "backend.sqlite"
    world = World.open(file, clock=Clock())
    world.seed(SEED)
    world.close()
    return file


@pytest.fixture
def start(database: Path, seeded: Path, clock: Clock) -> Iterator[Callable[..., FastAPI]]:
    """Start the backend, again and again over the same database."""
    started: list[FastAPI] = []

    def begin(**words: Any) -> FastAPI:
        if "seed" not in words and not database.exists():
            shutil.copy(seeded, database)
        config = {"database": database, "seed": SEED, "clock": clock, **words}
        started.append(create_app(EmbeddedConfig(**config)))
        return started[-1]

    yield begin
    for app in started:
        app.state.services.database.close()


@pytest.fixture
def app(start: Callable[..., FastAPI]) -> FastAPI:
    return start(fault_control=True)


@pytest.fixture
def world(app: FastAPI) -> World:
    return World.of(app)


@pytest.fixture
def connect() -> Iterator[Callable[..., Api]]:
    """Clients, closed at the end."""
    made: list[Api] = []

    def make(app: FastAPI, *words: Any) -> Api:
        made.append(Api(app, *words))
        return made[-1]

    yield make
    for each in made:
        each.close()


@pytest.fixture
def api(app: FastAPI, connect: Callable[..., Api]) -> Api:
    """An operator's client."""
    return connect(app)


@pytest.fixture
def kyoto(app: FastAPI, connect: Callable[..., Api]) -> Api:
    """The client of the shop kyoto-tea."""
    return connect(app, "kyoto", KYOTO)


@pytest.fixture
def made(app: Any) -> Callable[[], tuple[int, ...]]:
    """How many orders, charge permissions and charges there are more than at the start."""

    def count() -> tuple[int, ...]:
        with app.state.services.reading() as connection:
            tables = (orders, charge_permissions, charges)
            return tuple(connection.execute(select(func.count()).select_from(each)).scalar_one() for each in tables)

    before = count()
    return lambda: tuple(now - then for now, then in zip(count(), before, strict=True))
