"""The queue's tables: made by a migration, as the library expects them, where the user of the store may make them."""

import subprocess
import sys
from importlib import resources

import psycopg
import pytest
from procrastinate.schema import SchemaManager
from sqlalchemy import make_url

from reconciler.adapters.store.db.database import open_store
from reconciler.adapters.store.db.errors import StoreError
from reconciler.adapters.store.db.migrations import queue as queue_migration
from reconciler.adapters.store.queue.queue_place import find_queue
from tests.scale.conftest import Queue
from tests.support.postgres import Cluster


def test_the_file_of_the_migration_is_what_the_installed_library_expects() -> None:
    """Where this fails, a new version of the library has changed its tables: they need a migration of ours."""
    kept = resources.files(queue_migration) / "procrastinate_3_10.sql"

    assert kept.read_text(encoding="utf-8") == SchemaManager.get_schema()


def test_a_new_store_has_the_queue_in_a_schema_of_its_own(queue: Queue) -> None:
    tables = queue.sql("SELECT schemaname, tablename FROM pg_tables WHERE tablename LIKE 'procrastinate%%' ORDER BY 2")

    assert queue.place.schema == "procrastinate"
    assert {schema for schema, _ in tables} == {"procrastinate"}
    assert [table for _, table in tables] == [
        f"procrastinate_{name}" for name in ("events", "jobs", "periodic_defers", "workers")
    ]


def test_two_stores_of_one_database_have_a_queue_each(url: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute('CREATE SCHEMA "North"')
    north = str(make_url(url).update_query_dict({"options": '-csearch_path="North"'}))
    names = []
    for each in (url, north):
        store = open_store(each)
        names.append(find_queue(store, each).schema)
        store.close()

    assert names == ["procrastinate", "procrastinate_North"]


@pytest.fixture
def poor(cluster: Cluster, url: str) -> str:
    """A user who may make tables in the schema of the store, and no schema."""
    name = make_url(url).database
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"CREATE ROLE {name}_user LOGIN")
        connection.execute(f"GRANT ALL ON SCHEMA public TO {name}_user")
    return url.replace("tests@", f"{name}_user@")


def test_a_user_without_the_right_has_a_store_without_a_queue_until_it_is_granted(poor: str, url: str) -> None:
    store = open_store(poor)
    with pytest.raises(StoreError, match="has no queue, and its user may not create one") as refused:
        find_queue(store, poor)
    assert "GRANT CREATE ON DATABASE" in str(refused.value.hint)

    name = make_url(url).database
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"GRANT CREATE ON DATABASE {name} TO {name}_user")
    assert find_queue(store, poor).schema == "procrastinate"
    store.close()


def test_a_store_in_a_file_has_none(tmp_path) -> None:
    store = open_store(tmp_path / "journal.db")
    with pytest.raises(StoreError, match="is not a PostgreSQL database"):
        find_queue(store, str(tmp_path / "journal.db"))
    store.close()


def test_the_password_is_not_in_what_is_printed(url: str) -> None:
    secret = str(make_url(url).set(password="hunter2"))
    store = open_store(url)
    place = find_queue(store, make_url(secret).set(password="hunter2").render_as_string(hide_password=False))
    store.close()

    assert place.parameters["password"] == "hunter2"
    assert "hunter2" not in repr(place)


def test_a_store_opens_without_the_library_of_the_queue(url: str) -> None:
    script = (
        "import sys; from reconciler.adapters.store.db.database import open_store;"
        "open_store(sys.argv[1]).close(); sys.exit('procrastinate' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", script, url], check=True)
