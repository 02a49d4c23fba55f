"""Statements for many rows, written as the driver takes them: what is read back is what the columns' types would have written."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import select

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


@pytest.mark.parametrize("count", [1, 7, 8, 63, 64, 65, 200])
def test_each_row_is_written_once_for_any_number_of_rows(store, count):
    names = [f"field.{n:03}" for n in range(count)]
    with store.writing() as connection:
        ADD.execute(connection, [("shop-a", name, json_text(name), utc_text(IN_TOKYO), "run-1") for name in names])
    assert [(row[1], row[2]) for row in rows(store)] == [(name, name) for name in names]


@pytest.mark.parametrize("named", [COLUMNS[::-1], (*COLUMNS[:-1], "runs")], ids=["order", "name"])
def test_parameters_that_are_not_the_statements_are_refused(store, named):
    """Before anything is sent: a row would be written into the wrong columns."""
    with store.writing() as connection, pytest.raises(ValueError, match="the statement has the parameters"):
        RowStatement(_insert, named).execute(connection, [("shop-a", "a", "true", utc_text(IN_TOKYO), "run-1")])
    assert rows(store) == []
