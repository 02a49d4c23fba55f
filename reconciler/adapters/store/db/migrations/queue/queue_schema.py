"""The schema of the queue: its name, whether it is there, and how it is made.

In: a connection to PostgreSQL. The schema's name depends on that of the store, so that two stores of one database have a queue
each. What a user of the database may not create is skipped; `reconciler worker` then says what to grant.
"""

from __future__ import annotations

from contextlib import closing
from importlib import resources
from typing import Final

from sqlalchemy import Connection, text

SCHEMA: Final = "procrastinate"
_FILE: Final = "procrastinate_3_10.sql"
_LONGEST: Final = 63
"""Characters of an identifier."""

_TUNING: Final = """
CREATE INDEX procrastinate_jobs_lock_waiting ON procrastinate_jobs (lock)
    WHERE lock IS NOT NULL AND status IN ('todo', 'doing');
CREATE INDEX procrastinate_jobs_chunk_waiting ON procrastinate_jobs ((args ->> 'run'), (args ->> 'number'))
    WHERE status = 'todo';
CREATE INDEX procrastinate_jobs_doing ON procrastinate_jobs (id) WHERE status = 'doing';
CREATE INDEX procrastinate_jobs_worker ON procrastinate_jobs (worker_id) WHERE worker_id IS NOT NULL;
ALTER TABLE procrastinate_jobs SET (
    autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000,
    autovacuum_analyze_scale_factor = 0, autovacuum_analyze_threshold = 10000,
    autovacuum_vacuum_cost_delay = 0, fillfactor = 80
);
ALTER TABLE procrastinate_events SET (
    autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 4000, autovacuum_vacuum_cost_delay = 0
);
ALTER TABLE procrastinate_workers SET (
    autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 200, fillfactor = 50
);
"""
"""The library has no index for the jobs of one lock, without which each fetch reads all that wait. The second index finds the job
of a chunk; without the others, each worker that ends and each look for lost jobs reads the whole table. Rows live for seconds:
vacuum by the number of dead ones, not by a share of the table.
"""


def queue_schema(connection: Connection) -> str:
    """The name; quoted where it is used in SQL."""
    store = connection.execute(text("SELECT current_schema()")).scalar_one()
    return SCHEMA if store == "public" else f"{SCHEMA}_{store}"[:_LONGEST]


def has_queue(connection: Connection, schema: str) -> bool:
    """Also whether this user may use it."""
    query = text(
        "SELECT count(*) FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace"
        " WHERE nspname = :schema AND relname = 'procrastinate_jobs' AND has_schema_privilege(nspname, 'USAGE')"
    )
    return bool(connection.execute(query, {"schema": schema}).scalar_one())


def make_queue(connection: Connection) -> bool:
    """Whether it is there afterwards: False where the user may create no schema in the database."""
    schema = queue_schema(connection)
    if has_queue(connection, schema):
        return True
    allowed = text("SELECT has_database_privilege(current_database(), 'CREATE')")
    if not connection.execute(allowed).scalar_one():
        return False
    path = connection.execute(text("SELECT current_setting('search_path')")).scalar_one()
    _run(connection, f"CREATE SCHEMA {_quoted(connection, schema)}")
    _search(connection, _quoted(connection, schema))
    _run(connection, (resources.files(__package__) / _FILE).read_text(encoding="utf-8"))
    _run(connection, _TUNING)
    _search(connection, path)
    return True


def drop_queue(connection: Connection) -> None:
    _run(connection, f"DROP SCHEMA IF EXISTS {_quoted(connection, queue_schema(connection))} CASCADE")


def _search(connection: Connection, path: str) -> None:
    """Until the end of the transaction."""
    connection.execute(text("SELECT set_config('search_path', :path, true)"), {"path": path})


def _quoted(connection: Connection, schema: str) -> str:
    return connection.dialect.identifier_preparer.quote_identifier(schema)


def _run(connection: Connection, script: str) -> None:
    """By the driver alone: a `%` in the script is no place for a parameter."""
    with closing(connection.connection.cursor()) as cursor:
        cursor.execute(script)
