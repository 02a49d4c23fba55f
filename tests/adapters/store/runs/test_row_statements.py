"""Statements for many rows, written as the driver takes them: what is read back is what the columns' types would have written."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import bindparam, select, update

from reconciler.adapters.store.db.run_tables import applied, insert, json_text, utc_text
from reconciler.adapters.store.runs.row_statements import RowStatement

COLUMNS = ("shop", "field", "value", "at", "run")
IN_TOKYO = datetime(2026, 12, 1, 9, 30, tzinfo=timezone(timedelta(hours=9)))
VALUES = [None, True, False, "決済", "100%", 'a "quoted" one', {"sensitive": True, "digest": "0" * 8}, "\udc80"]


def _insert(dialect: str):
    return insert(dialect, applied)


ADD = RowStatement(_insert, COLUMNS)


def rows(store) -> list[tuple]:
    with store.reading() as connection:
        query = select(*(applied.c[name] for name in COLUMNS)).order_by(applied.c.field)
        return [tuple(row) for row in connection.execute(query)]


def test_rows_are_read_back_as_the_types_of_the_columns_write_them(store):
    with store.writing() as connection:
        ADD.execute(
            connection,
            [("shop-a", f"field.{n}", json_text(value), utc_text(IN_TOKYO), "run-1") for n, value in enumerate(VALUES)],
        )
    written = rows(store)
    with store.writing() as connection:
        connection.execute(applied.delete())
        connection.execute(
            applied.insert(),
            [
                {"shop": "shop-a", "field": f"field.{n}", "value": value, "at": IN_TOKYO, "run": "run-1"}
                for n, value in enumerate(VALUES)
            ],
        )
    assert written == rows(store)
    assert [row[2] for row in written] == VALUES
    assert {row[3] for row in written} == {IN_TOKYO.astimezone(UTC)}


def test_an_update_takes_its_parameters_in_the_order_that_was_named(store):
    moved = RowStatement(
        lambda _dialect: update(applied).where(applied.c.field == bindparam("of_field")).values(run=bindparam("run")),
        ("run", "of_field"),
    )
    with store.writing() as connection:
        ADD.execute(connection, [("shop-a", name, "true", utc_text(IN_TOKYO), "run-1") for name in ("a", "b", "c")])
        moved.execute(connection, [("run-2", "b"), ("run-3", "c")])
    assert [(row[1], row[4]) for row in rows(store)] == [("a", "run-1"), ("b", "run-2"), ("c", "run-3")]


@pytest.mark.parametrize("named", [COLUMNS[::-1], (*COLUMNS[:-1], "runs")], ids=["order", "name"])
def test_parameters_that_are_not_the_statements_are_refused(store, named):
    """Before anything is sent: a row would be written into the wrong columns."""
    with store.writing() as connection, pytest.raises(ValueError, match="the statement has the parameters"):
        RowStatement(_insert, named).execute(connection, [("shop-a", "a", "true", utc_text(IN_TOKYO), "run-1")])
    assert rows(store) == []
