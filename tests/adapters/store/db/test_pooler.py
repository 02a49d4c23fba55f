"""A store behind PgBouncer, which gives each transaction any connection: nothing may be kept in a session."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest
from sqlalchemy import text

from reconciler.adapters.store.db.database import Store, open_store
from reconciler.adapters.store.db.read_only import open_store_for_reading
from tests.adapters.store.db.connection_pooler import pooled
from tests.support.postgres import running

_SHOWN = ("statement_timeout", "lock_timeout", "synchronous_commit", "transaction_read_only", "transaction_isolation")


@pytest.fixture(scope="module")
def place() -> Iterator[str]:
    with running() as server, pooled(server, size=2) as url:
        yield url


def settings(store: Store, *, writing: bool) -> dict[str, str]:
    with store.writing() if writing else store.reading() as connection:
        return {name: connection.execute(text(f"SHOW {name}")).scalar_one() for name in _SHOWN}


def test_each_transaction_has_the_settings_of_its_own_store(place: str) -> None:
    with (
        closing(open_store(place, deadline=7)) as quick,
        closing(open_store(place, deadline=40)) as slow,
        closing(open_store_for_reading(place, deadline=9)) as read,
    ):
        for _ in range(3):
            assert settings(quick, writing=True) == {
                "statement_timeout": "7s",
                "lock_timeout": "7s",
                "synchronous_commit": "on",
                "transaction_read_only": "off",
                "transaction_isolation": "read committed",
            }
            assert settings(read, writing=False)["transaction_read_only"] == "on"
            assert settings(slow, writing=False) == {
                "statement_timeout": "40s",
                "lock_timeout": "40s",
                "synchronous_commit": "on",
                "transaction_read_only": "off",
                "transaction_isolation": "repeatable read",
            }


def test_many_clients_share_two_connections(place: str) -> None:
    """Each repeats its statements often enough for the driver to prepare them, where it did."""
    with closing(open_store(place)) as made, made.writing() as connection:
        connection.execute(text("CREATE TABLE counted (client int, number int)"))

    def work(client: int) -> None:
        with closing(open_store(place)) as store:
            for number in range(12):
                with store.writing() as connection:
                    connection.execute(
                        text("INSERT INTO counted VALUES (:client, :number)"), {"client": client, "number": number}
                    )
                with store.reading() as connection:
                    query = text("SELECT count(*) FROM counted WHERE client = :client")
                    assert connection.execute(query, {"client": client}).scalar_one() == number + 1

    with ThreadPoolExecutor(8) as clients:
        assert len(list(clients.map(work, range(8)))) == 8


def test_a_failed_transaction_leaves_nothing_behind(place: str) -> None:
    with closing(open_store(place)) as store:
        with pytest.raises(RuntimeError, match="stopped"):
            write_half(store)
        with store.reading() as connection:
            assert connection.execute(text("SELECT to_regclass('half')")).scalar_one() is None


def write_half(store: Store) -> None:
    with store.writing() as connection:
        connection.execute(text("CREATE TABLE half (number int)"))
        raise RuntimeError("stopped")
