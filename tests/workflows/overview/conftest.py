"""A fleet on SQLite and on PostgreSQL, whose store is filled by looks and journals at times that the test chooses."""

import pytest

from reconciler.adapters.store.db.database import open_store
from tests.adapters.store.fakes import wipe
from tests.support.postgres import running
from tests.workflows.overview.recorded_fleet import RecordedFleet


@pytest.fixture(scope="session")
def cluster():
    with running() as server:
        yield server


@pytest.fixture(scope="session")
def shared_database(cluster):
    url = cluster.fresh()
    open_store(url).close()
    return url


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request, tmp_path):
    """Where an empty store is."""
    if request.param == "sqlite":
        return str(tmp_path / "journal.db")
    url = request.getfixturevalue("shared_database")
    store = open_store(url)
    wipe(store)
    store.close()
    return url


@pytest.fixture
def fleet(place, tmp_path):
    made = RecordedFleet(tmp_path / "fleet", place)
    yield made
    made.close()
