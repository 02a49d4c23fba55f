"""What every route and every other actor works with: the configuration, the database, a clock.

`reading()` is one snapshot; `editing(actor)` is one audited write transaction. No rule of the domain is here.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from sqlalchemy import Connection

from reconciler.embedded.config import EmbeddedConfig
from reconciler.embedded.contract.times import stamp
from reconciler.embedded.storage.audited_write import Actor, AuditedTransaction
from reconciler.embedded.storage.database import Database
from reconciler.lib.frozen_class import frozen


@frozen
class Services:
    config: EmbeddedConfig
    database: Database

    def now(self) -> datetime:
        return self.config.clock()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        with self.database.reading() as connection:
            yield connection

    @contextmanager
    def editing(self, actor: Actor, *, write_key: str | None = None) -> Iterator[AuditedTransaction]:
        with self.database.writing() as connection:
            # The time is taken after the write lock, so that the trail's times never run backwards.
            edit = AuditedTransaction(connection=connection, actor=actor, at=stamp(self.now()), write_key=write_key)
            yield edit
            edit.write_audit()
        if self.config.changed is not None and edit.changed_shops:
            self.config.changed(edit.changed_shops)


def open_services(config: EmbeddedConfig) -> Services:
    """Connect and migrate."""
    database = Database(config.database, busy_timeout=config.busy_timeout)
    database.migrate()
    return Services(config=config, database=database)
