"""A new file starts with statements that were made from the migrations: it is what the migrations make."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, create_engine, text

from reconciler.adapters.store.db import migrations as store_migrations
from reconciler.adapters.store.db import schema as store
from reconciler.embedded.storage import migrations as platform_migrations
from reconciler.embedded.storage import schema as platform

MIGRATIONS = {store: store_migrations, platform: platform_migrations}
MAKE = {store: store.create_or_migrate, platform: platform.make_or_upgrade}
MIGRATE = {store: store.run_migrations, platform: platform.upgrade_database}
both = pytest.mark.parametrize("schema", [store, platform], ids=["store", "platform"])


@contextmanager
def empty_file() -> Iterator[Connection]:
    engine = create_engine("sqlite://")
    with engine.begin() as connection:
        yield connection
    engine.dispose()


def content(connection: Connection) -> tuple[list[Any], dict[str, list[Any]]]:
    """Tables and indexes, whose text may differ in blanks, and the rows."""
    made = connection.execute(text("SELECT type, name, tbl_name, sql FROM sqlite_master ORDER BY type, name")).all()
    names = [name for kind, name, *_ in made if kind == "table"]
    rows = {name: [tuple(row) for row in connection.execute(text(f'SELECT * FROM "{name}"'))] for name in names}
    return [(*key, re.sub(r"\s+", " ", sql or "")) for *key, sql in made], rows


@both
def test_a_new_file_has_what_the_migrations_make(schema: ModuleType) -> None:
    with empty_file() as new, empty_file() as migrated:
        MAKE[schema](new)
        MIGRATE[schema](migrated)
        (tables, rows), (expected, expected_rows) = content(new), content(migrated)
        assert tables == expected
        [world], [other] = rows.pop("identity", [("0" * 12,)]), expected_rows.pop("identity", [("1" * 12,)])
        assert rows == expected_rows
        assert rows["alembic_version"] == [(MIGRATIONS[schema].HEAD,)]
        assert world != other
        assert re.fullmatch("[0-9a-f]{12}", world[0])


@both
def test_a_migration_that_the_statements_do_not_have_yet_is_run_after_them(
    schema: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with empty_file() as before:
        config = Config(attributes={"connection": before})
        config.set_main_option("script_location", f"{schema.__package__}:migrations")
        config.set_main_option("path_separator", "os")
        command.upgrade(config, MIGRATIONS[schema].REVISIONS[-2])
        dump = list(before.connection.driver_connection.iterdump())[1:-1]  # type: ignore[union-attr]
    (tmp_path / schema.NEW_FILE).write_text("\n".join(dump), encoding="utf-8")
    monkeypatch.setattr(schema, "files", lambda _package: tmp_path)
    with empty_file() as new, empty_file() as migrated:
        MAKE[schema](new)
        MIGRATE[schema](migrated)
        assert content(new)[0] == content(migrated)[0]
        assert content(new)[1]["alembic_version"] == [(MIGRATIONS[schema].HEAD,)]
