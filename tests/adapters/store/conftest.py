"""Stores to test on: SQLite files always, PostgreSQL where there is one."""

import shutil

import pytest
from sqlalchemy import event

from reconciler.adapters.store.db.database import open_store
from tests.adapters.store.fakes import ManualClock, wipe
from tests.support.postgres import running


@pytest.fixture(scope="session")
def cluster():
    with running() as server:
        yield server


@pytest.fixture(params=["sqlite", "postgresql"])
def location(request, tmp_path):
    """Where a store can be made that is not there yet."""
    if request.param == "sqlite":
        return str(tmp_path / "journal.db")
    return request.getfixturevalue("cluster").fresh()


@pytest.fixture(scope="session")
def template(tmp_path_factory):
    """A file that is migrated once and copied: most tests are not about that."""
    path = tmp_path_factory.mktemp("template") / "journal.db"
    open_store(path).close()
    return path


@pytest.fixture(scope="session")
def used(cluster):
    """The database that most tests share, one after the other."""
    url = cluster.fresh()
    open_store(url).close()
    return url


@pytest.fixture
def file_store(template, tmp_path):
    shutil.copy(template, tmp_path / "journal.db")
    opened = open_store(tmp_path / "journal.db")
    yield opened
    opened.close()


@pytest.fixture
def server_store(used):
    opened = open_store(used)
    wipe(opened)
    yield opened
    opened.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request):
    """An empty store."""
    return request.getfixturevalue("file_store" if request.param == "sqlite" else "server_store")


@pytest.fixture(scope="module")
def quick_store(template, tmp_path_factory):
    """Not synced: laws are about what is written, not about when. A law wipes it for each example."""
    path = tmp_path_factory.mktemp("laws") / "journal.db"
    shutil.copy(template, path)
    opened = open_store(path)
    opened.close()
    event.listen(opened._engine, "connect", lambda raw, _: raw.execute("PRAGMA synchronous=OFF").close())
    yield opened
    opened.close()


@pytest.fixture
def clock():
    return ManualClock()
