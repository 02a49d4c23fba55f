"""Plain lists: what `history` and `leases` print, in every format."""

from __future__ import annotations

import json
from dataclasses import replace

from reconciler.core.diagnostics.messages import msg
from reconciler.core.results.finding_row import FINDING_COLUMNS, whole_finding
from reconciler.core.results.table_result import TableResult
from reconciler.views.common.context import RenderContext
from reconciler.views.tables.results import table_for_machines, table_for_people
from reconciler.views.tables.table import Table, render_table, table_json, table_markdown
from tests.support.alerts.event_samples import sample_finding

COLUMNS = (("shop", msg("shop")), ("owner", msg("owner")))
EMPTY = msg("No shop is being written.")


def table(*rows: tuple[str | int | None, ...]) -> Table:
    return Table(name="leases", columns=COLUMNS, rows=rows, empty=EMPTY)


def test_text_has_its_columns_below_each_other(english: RenderContext) -> None:
    text = render_table(table(("kyoto-tea", "hanako@build-7"), ("uji", "花子@build-7")), english)
    assert text == "shop       owner\nkyoto-tea  hanako@build-7\nuji        花子@build-7\n"


def test_nothing_is_said_in_a_sentence(context: RenderContext) -> None:
    for reported in (render_table(table(), context), table_markdown(table(), context)):
        assert reported == f"{context.translate(EMPTY)}\n"


def test_for_machines_nothing_is_an_empty_list(english: RenderContext) -> None:
    assert json.loads(table_json(table())) == {"format": "reconciler/leases", "version": 2, "run": None, "rows": []}


def test_for_machines_a_row_is_an_object() -> None:
    (row,) = json.loads(table_json(table(("kyoto-tea", "花子\x1b[2J"))))["rows"]
    assert row == {"shop": "kyoto-tea", "owner": "花子\x1b[2J"}


def test_for_machines_a_number_is_a_number_and_nothing_is_null_and_people_see_a_dash(english: RenderContext) -> None:
    reported = table((7, None))
    assert json.loads(table_json(reported))["rows"] == [{"shop": 7, "owner": None}]
    both = table((7, None), (8, "hanako"))
    assert [line.split() for line in render_table(both, english).splitlines()[1:]] == [["7", "-"], ["8", "hanako"]]
    assert "| 7 | - |" in table_markdown(reported, english)


def test_markdown_is_a_table(english: RenderContext) -> None:
    lines = table_markdown(table(("kyoto-tea", "hanako")), english).splitlines()
    assert [cell.strip() for cell in lines[0].strip("|").split("|")] == ["shop", "owner"]
    assert set(lines[1]) <= set("|-: ")
    assert "kyoto-tea" in lines[2]


def test_what_others_named_cannot_draw_on_the_terminal_nor_break_the_table(english: RenderContext) -> None:
    reported = table(("kyoto-tea", "a|b\n<script>\x1b[2J"))
    text, markdown = render_table(reported, english), table_markdown(reported, english)
    assert "\x1b" not in text + markdown
    assert len(text.splitlines()) == 2
    assert len(markdown.splitlines()) == 3
    assert r"a\|b↵\<script>\\x1b[2J" in markdown


def test_columns_are_titled_in_the_readers_language(context: RenderContext) -> None:
    title = context.translate(COLUMNS[0][1])
    assert title in render_table(table(("a", "b")), context)
    assert title in table_markdown(table(("a", "b")), context)


def test_a_column_that_no_row_fills_is_not_shown_to_people(english: RenderContext) -> None:
    assert render_table(table((7, None), (8, None)), english) == "shop\n7\n8\n"


def test_what_a_narrow_terminal_has_no_room_for_is_below_the_row_with_its_title(english: RenderContext) -> None:
    narrow = replace(english, width=40)
    wide = Table(
        name="leases",
        columns=(*COLUMNS, ("run", msg("run")), ("host", msg("host"))),
        rows=(("kyoto-tea", "hanako@build-7", "8088d7e5-aaaa-bbbb", None), ("uji", "taro", None, "build-8")),
        empty=EMPTY,
    )
    assert render_table(wide, narrow) == (
        "shop       owner\n"
        "kyoto-tea  hanako@build-7\n      run: 8088d7e5-aaaa-bbbb\n"
        "uji        taro\n      host: build-8\n"
    )
    assert max(map(len, render_table(wide, replace(english, width=80)).splitlines())) <= 80


def test_a_value_that_is_not_shown_is_named_in_the_language_of_the_reader(context: RenderContext) -> None:
    secret = replace(sample_finding(), observed={"digest": "0" * 64})
    result = TableResult(name="findings", columns=FINDING_COLUMNS, rows=(whole_finding(secret),), empty=EMPTY)
    people, machines = table_for_people(result, context), table_for_machines(result)
    at = [key for key, _ in FINDING_COLUMNS].index("observed")
    assert people.rows[0][at] == context.translate(msg("(sensitive value)"))
    assert machines.rows[0][at] == "(sensitive value)"
