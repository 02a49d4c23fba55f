"""Stores on PostgreSQL with a queue, and what the tests ask of the queue's tables."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg
import pytest

from reconciler.adapters.store.db.database import Store, open_store
from reconciler.adapters.store.queue.queue_place import QueuePlace, find_queue
from tests.support.postgres import Cluster, running

FLEET = "acme-japan"


@dataclass(frozen=True)
class Queue:
    """A queue, and a connection of the tests that looks into its schema."""

    url: str
    place: QueuePlace
    connection: psycopg.Connection[Any]

    def sql(self, statement: str, *arguments: Any) -> list[Any]:
        cursor = self.connection.execute(statement, arguments or None)
        return cursor.fetchall() if cursor.description else []

    def jobs(self) -> list[tuple[str, str, int, dict[str, Any]]]:
        """Status, task, priority and arguments, in the order of their arrival."""
        return self.sql("SELECT status::text, task_name, priority, args FROM procrastinate_jobs ORDER BY id")

    def chunk_jobs(self) -> list[tuple[str, str, int, dict[str, Any]]]:
        return [job for job in self.jobs() if job[1] != "care"]

    def workers(self) -> list[int]:
        return [row[0] for row in self.sql("SELECT id FROM procrastinate_workers ORDER BY id")]


@contextmanager
def opened_queue(url: str) -> Iterator[Queue]:
    store = open_store(url)
    place = find_queue(store, url)
    store.close()
    options = f"-csearch_path={place.schema}"
    with closing(psycopg.connect(**place.parameters, options=options, autocommit=True)) as connection:
        yield Queue(url, place, connection)


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    with running() as server:
        yield server


@pytest.fixture
def url(cluster: Cluster) -> str:
    return cluster.fresh()


@pytest.fixture
def queue(url: str) -> Iterator[Queue]:
    with opened_queue(url) as opened:
        yield opened


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    opened = open_store(url)
    yield opened
    opened.close()
