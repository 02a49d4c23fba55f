"""The pages of a fleet: equal ends of shops are one row, times are in ranges, a chart has no more bars than one can read."""

from __future__ import annotations

from dataclasses import replace

from reconciler.core.diagnostics.messages import msg
from reconciler.core.drift.drift import Drift
from reconciler.core.drift.label import DriftLabel
from reconciler.core.results.apply_result import ApplyResult
from reconciler.core.results.drift_result import DriftResult
from reconciler.core.results.history_result import HistoryResult
from reconciler.core.values import ShopKey
from reconciler.views.common.context import RenderContext
from reconciler.views.html.charts import bar_chart, charts, closed_times
from reconciler.views.html.elements import BarChart
from reconciler.views.render import render_result
from tests.views import samples
from tests.views.fleet.large_fleet import large_drift
from tests.views.fleet.test_report_folded import report
from tests.views.html.page_reader import Node, read_page

COLUMNS = (msg("Field"), msg("Changes"))


def rows(page: Node, caption: str) -> list[list[str]]:
    """The texts of the cells of the one table with this caption."""
    (table,) = [each for each in page.all("table") if each.all("caption")[0].text == caption]
    return [[cell.text for cell in row.all("th", "td")] for row in table.all("tbody")[0].all("tr")]


def page_of_the_run(context: RenderContext) -> Node:
    return read_page(render_result(ApplyResult(report=report()), "html", context))


def test_equal_ends_of_a_run_are_one_row_the_loudest_first(english: RenderContext) -> None:
    ends = rows(page_of_the_run(english), "What became of the shops")
    assert [(shops.split(":")[0], end) for shops, end, _ in ends] == [
        ("uji-cups", "LEFT CLOSED"),
        ("nara-ink", "outcome unknown"),
        ("70 shops", "failed"),
        ("8 shops", "interrupted"),
        ("kyoto-tea", "failed"),
        ("19 shops", "not started"),
        ("4,900 shops", "applied"),
    ]
    assert "silent-09 and 60 more" in ends[2][0], "shops that failed are named"
    assert ends[-1][2] == "2 of 2 writes, verified, closed for at most 2.1 s each"


def test_expanded_each_shop_of_a_run_is_a_row(english: RenderContext) -> None:
    few = replace(report(), shops=report().shops[-40:])
    page = read_page(render_result(ApplyResult(report=few), "html", replace(english, expand=True)))
    assert len(rows(page, "What became of the shops")) == 40


def test_the_charts_of_a_run_count_every_shop(english: RenderContext) -> None:
    outcomes = {name: int(count.replace(",", "")) for name, count in rows(page_of_the_run(english), "Shops by outcome")}
    assert sum(outcomes.values()) == len(report().shops)
    assert outcomes["applied"] == 4_900
    assert rows(page_of_the_run(english), "Shops by time closed") == [["2 s", "1"], ["3 s", "59"]]


def test_where_values_were_not_as_predicted_both_are_in_a_table(english: RenderContext) -> None:
    page = read_page(render_result(ApplyResult(report=samples.report()), "html", english))
    (missed,) = rows(page, "Fields of bizen-pots without the predicted value")
    assert missed[1:] == ["true", "false"]


def bars(chart: BarChart | None) -> list[tuple[str, str, int]]:
    return [] if chart is None else [(bar.label, bar.value, bar.share) for bar in chart.bars]


def test_what_has_no_bar_of_its_own_is_counted_together(english: RenderContext) -> None:
    counts = [(f"field-{number:02}", 1_000 - number, "plain") for number in range(15)]
    shown = bars(bar_chart(msg("Changes by field"), COLUMNS, counts, english))
    assert [label for label, _, _ in shown[:12]] == [name for name, _, _ in counts[:12]]
    assert shown[12:] == [("3 more", "2,961", 100)]


def test_bars_are_shares_of_the_largest_number_and_the_smallest_is_still_seen(english: RenderContext) -> None:
    chart = bar_chart(msg("Changes by field"), COLUMNS, [("a", 1_000, "plain"), ("b", 1, "plain")], english)
    assert bars(chart) == [("a", "1,000", 100), ("b", "1", 1)]


def test_where_all_is_zero_there_is_no_chart(english: RenderContext) -> None:
    none = bar_chart(msg("Changes by field"), COLUMNS, [("a", 0, "plain")], english)
    assert none is None
    assert closed_times([], msg("Shops by time closed"), english) is None
    assert charts([none]) == ()


def test_times_that_differ_much_are_in_ranges(english: RenderContext) -> None:
    chart = closed_times([40, 1, 2, 38, 4, 120], msg("Shops by time closed"), english)
    assert [(label, value) for label, value, _ in bars(chart)] == [
        ("1 to 10 s", "3"),
        ("31 to 40 s", "2"),
        ("111 to 120 s", "1"),
    ]


def test_drift_of_a_fleet_names_what_converged_without_a_desired_value(english: RenderContext) -> None:
    drifted = large_drift().shops[100]
    entry = next(each for each in drifted.entries if each.ref.manifest_path == "amazon.notification.email")
    settled = replace(entry, label=DriftLabel.CONVERGED, desired="pay@shop.example", observed="pay@shop.example")
    shops = tuple(replace(drifted, shop=ShopKey(f"s-{number:02}"), entries=(settled,)) for number in range(12))
    page = read_page(render_result(DriftResult(drift=Drift(shops=shops)), "html", english))
    (row,) = rows(page, "Equal differences of several shops are one row")
    assert (row[0], row[1], row[3]) == ("12 shops", "amazon.notification.email", 'observed "pay@shop.example"')


def test_shops_beyond_those_listed_with_their_last_notification_are_counted(english: RenderContext) -> None:
    page = read_page(render_result(DriftResult(drift=samples.heard_fleet()), "html", english))
    listed = rows(page, "Last notification")
    assert [row[0] for row in listed] == [f"shop-{number:02}" for number in range(52, 2, -1)], "the longest first"
    assert "further shops: 3 (-o json lists all)" in [node.text for node in page.all("p")]


def test_a_result_that_has_no_page_is_empty(english: RenderContext) -> None:
    assert render_result(HistoryResult(), "html", english) == ""
