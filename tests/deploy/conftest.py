from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.deploy.services import Site, started_site
from tests.deploy.stand_in import StandIn, built
from tests.support.postgres import demand_postgresql


@pytest.fixture(scope="session")
def image(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StandIn]:
    """The tree of the image, built once for all tests."""
    folder: Path = tmp_path_factory.mktemp("image")
    with built(folder) as made:
        yield made


@pytest.fixture(scope="session")
def site(image: StandIn, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """All services of the compose file, started once."""
    demand_postgresql()
    with started_site(image, tmp_path_factory.mktemp("site")) as running:
        yield running
