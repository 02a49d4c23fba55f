"""What pages say: figures, filters, sorting and paging; and what they say where there is nothing."""

from __future__ import annotations

import re

import pytest

from reconciler.console.charts import trend_shape
from reconciler.console.elements import Series, TrendChart
from reconciler.console.routes import console_route
from tests.console.sample_overviews import RUN, SampleSources
from tests.views.html.page_reader import Node, read_page


def opened(visit, path: str) -> Node:
    answer = visit().get(path)
    assert answer.status_code == 200
    return read_page(answer.text)


def table(page: Node, caption: str) -> list[list[str]]:
    (found,) = [each for each in page.all("table") if each.all("caption")[0].text == caption]
    return [[cell.text for cell in row.all("th", "td")] for row in found.all("tbody")[0].all("tr")]


def test_the_first_page_counts_shops_by_state_and_leads_to_them(visit) -> None:
    page = opened(visit, "/")
    tiles = next(each for each in page.all("ul") if each.attributes.get("class") == "tiles").all("a")
    assert [(tile.all("b")[0].text, tile.attributes["href"]) for tile in tiles] == [
        ("240", "/shops"),
        ("40", "/shops?state=drifted"),
        ("40", "/shops?state=unread"),
        ("40", "/shops?state=new"),
        ("40", "/shops?state=accepted"),
        ("80", "/shops?state=in-sync"),
    ]


def test_every_chart_over_time_is_also_a_table_and_a_sentence(visit) -> None:
    page = opened(visit, "/")
    assert len(table(page, "Open findings over time")) == 28
    assert len(table(page, "Seconds closed on each day (UTC)")) == 14
    for svg in (each for each in page.all("svg") if each.all("desc")):
        assert svg.attributes["role"] == "img"
        for name in str(svg.attributes["aria-labelledby"]).split():
            assert page.by_id(name).text


@pytest.mark.parametrize("counts", [(0, 0), (1, 3), (7, 0), (999, 12_345)])
def test_a_chart_stays_in_its_box(counts: tuple[int, int]) -> None:
    chart = TrendChart(
        name="n", caption="c", text="t", axis="a", points=("1", "2"),
        series=(Series(title="s", tone="bad", values=counts), Series(title="u", tone="warn", values=(None, 1))),
    )  # fmt: skip
    shape = trend_shape(chart)
    assert len(shape.bars) == sum(count > 0 for count in (*counts, 1))
    for bar in shape.bars:
        assert 0 <= float(bar.y) <= 100
        assert float(bar.y) + float(bar.height) <= 100.01
        assert float(bar.x) + float(bar.width) <= float(shape.width)


def test_columns_sort_and_turn_around(visit) -> None:
    page = opened(visit, "/shops?state=drifted&order=shop")
    heads = {each.text.rstrip("▲▼ "): each for each in page.all("thead")[0].all("th")}
    assert heads["Shop"].attributes["aria-sort"] == "ascending"
    assert heads["Shop"].all("a")[0].attributes["href"] == "/shops?state=drifted&order=shop&reverse=yes"
    assert heads["Severity"].all("a")[0].attributes["href"] == "/shops?state=drifted"
    assert "aria-sort" not in heads["Severity"].attributes
    assert not heads["Accepted"].all("a")
    turned = opened(visit, "/shops?order=findings&reverse=yes")
    (sorted_by,) = [each for each in turned.all("thead")[0].all("th") if "aria-sort" in each.attributes]
    assert (sorted_by.text, sorted_by.attributes["aria-sort"]) == ("Findings ▲", "ascending")


def test_pages_of_shops_lead_to_each_other(visit) -> None:
    first, second, last = (opened(visit, f"/shops{query}") for query in ("", "?page=2", "?page=3"))
    links = [
        [each.attributes["href"] for each in page.all("a") if "rel" in each.attributes]
        for page in (first, second, last)
    ]
    assert links == [["/shops?page=2"] * 2, ["/shops", "/shops?page=3"] * 2, ["/shops?page=2"] * 2]
    assert "201 to 240 of 240" in last.text
    assert len(table(last, "Shops")) == 40


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("/", "Nothing was recorded yet. Run reconciler drift"),
        ("/shops", "No shop was compared yet."),
        ("/runs", "No runs recorded."),
        ("/plans", "No plan of a pull request is recorded."),
        ("/deferred", "Nothing is deferred."),
        ("/onboarding", "No status was made yet. Run reconciler onboard --status."),
        ("/onboarding", "No shop is known yet."),
        ("/healing", "No plan waits for a person."),
        ("/inbox", "No sidecar of this fleet stored anything."),
        ("/alerts", "No alert was queued."),
    ],
)
def test_where_there_is_nothing_the_page_says_so(visit, sources: SampleSources, path: str, says: str) -> None:
    sources.empty = True
    assert says in opened(visit, path).text


def test_a_filter_stays_in_its_form(visit) -> None:
    page = opened(visit, "/runs?shop=kyoto-tea&status=killed&words=hana")
    assert page.by_id("filter-shop").attributes["value"] == "kyoto-tea"
    (chosen,) = [each for each in page.by_id("filter-status").all("option") if "selected" in each.attributes]
    assert chosen.attributes["value"] == "killed"
    assert "Only the newest 5,000 runs were searched." in page.text
    assert [row[4] for row in table(page, "Runs")] == ["killed, unfinished: 1"]
    assert visit().get("/runs?shop=Kyoto%20Tea").status_code == 400


def test_a_shop_shows_a_field_from_all_sides_and_no_secret(visit) -> None:
    page = opened(visit, "/shops/kyoto-tea")
    rows = {row[0].partition(" amazon.")[0]: row for row in table(page, "Fields")}
    assert next(iter(rows)) == "Notification email"
    assert rows["Notification email"][2:5] == [
        '"pay@kyoto-tea.example"',
        '"hanako@kyoto-tea.example"',
        '"pay@kyoto-tea.example"',
    ]
    assert rows["MWSAuthToken"][2:4] == ["(sensitive value)", "(sensitive value)"]


def test_runs_lead_to_their_page_and_back(visit) -> None:
    page = opened(visit, "/runs")
    assert f"/runs/{RUN}" in {each.attributes["href"] for each in page.all("a")}
    run = opened(visit, f"/runs/{RUN}")
    assert "/shops/kyoto-tea" in {each.attributes["href"] for each in run.all("a")}
    assert re.search(r"halted\s+failure-limit", run.text)
    assert "Notification email" in run.text
    assert "amazon_settings" not in run.text


def test_a_run_of_a_healing_rule_is_named_in_the_language_of_the_page(visit) -> None:
    assert "修復ルール mail" in opened(visit, "/runs?lang=ja").text


@pytest.mark.parametrize(
    ("path", "route"),
    [
        ("/", "/"),
        ("//", "/"),
        ("/shops", "/shops"),
        ("/shops/kyoto-tea", "/shops/{name}"),
        ("/shops/kyoto-tea/x", "other"),
        ("/sign-in", "sign-in"),
        ("/static/console-1.css", "static"),
        ("/etc/passwd", "other"),
    ],
)
def test_metrics_name_a_page_and_never_a_shop(path: str, route: str) -> None:
    assert console_route({"path": path}) == route


def test_onboarding_is_filtered_by_state_and_by_who_acts(visit) -> None:
    rows = table(opened(visit, "/onboarding?state=incomplete&party=merchant"), "Onboarding")
    assert len(rows) == 80
    assert {(row[1], row[2]) for row in rows} == {("incomplete", "merchant")}
    first = table(opened(visit, "/onboarding"), "Onboarding")[0]
    assert (first[0], first[1], first[4]) == ("shop-00000", "REVOKED", "Amazon: Contract with Amazon (withdrawn)")
    assert visit().get("/onboarding?state=lost").status_code == 400


def test_pages_of_onboarding_lead_to_each_other(visit) -> None:
    first, last = opened(visit, "/onboarding"), opened(visit, "/onboarding?page=3")
    following = next(each for each in first.all("a") if each.attributes.get("rel") == "next")
    assert following.attributes["href"] == "/onboarding?page=2"
    assert len(table(last, "Onboarding")) == 40
