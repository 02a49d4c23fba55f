"""Markdown for pull requests, and that no external text leaves its cell."""

from dataclasses import replace
from itertools import groupby

import pytest

from reconciler.core.planning.plan import Plan
from reconciler.core.values import ShopKey
from reconciler.views.common.context import RenderContext
from reconciler.views.markdown.drift import drift_markdown
from reconciler.views.markdown.observed import observed_markdown
from reconciler.views.markdown.parts import code_span, escaped
from reconciler.views.markdown.plan import plan_markdown
from reconciler.views.markdown.report import report_markdown
from reconciler.views.markdown.validation import failure_markdown, validation_markdown
from tests.views import samples


def many_shops() -> Plan:
    plan = samples.plan()
    shop = next(shop for shop in plan.shops if shop.changes)
    return replace(plan, shops=tuple(replace(shop, shop=ShopKey(f"shop-{number}")) for number in range(6)))


RENDERINGS = {
    "plan": lambda context: plan_markdown(samples.plan(), samples.findings(), context),
    "plan-folded": lambda context: plan_markdown(many_shops(), [], context),
    "plan-nothing": lambda context: plan_markdown(samples.quiet_plan(), [], context),
    "report": lambda context: report_markdown(samples.report(), samples.findings(), context),
    "report-empty": lambda context: report_markdown(replace(samples.report(), shops=()), [], context),
    "drift": lambda context: drift_markdown(samples.drift(), context),
    "drift-sides": lambda context: drift_markdown(samples.sided_drift(), context),
    "drift-heard": lambda context: drift_markdown(samples.heard_drift(), context),
    "drift-heard-fleet": lambda context: drift_markdown(samples.heard_fleet(), context),
    "drift-none": lambda context: drift_markdown(replace(samples.drift(), shops=()), context),
    "show": lambda context: observed_markdown(samples.pairs()[1][1], context),
    "show-unknown": lambda context: observed_markdown(samples.pairs()[3][1], context),
    "validation": lambda context: validation_markdown(samples.validation(), context),
    "validation-fixed": lambda context: validation_markdown(samples.validation(fixed=True), context),
    "fix-preview": lambda context: validation_markdown(samples.validation(fixed=True, check=True), context),
    "failure": lambda context: failure_markdown(samples.findings(), context),
}


@pytest.mark.parametrize("name", RENDERINGS)
def test_rendering(name: str, context: RenderContext, as_markdown) -> None:
    assert RENDERINGS[name](context) == as_markdown


@pytest.mark.parametrize("name", RENDERINGS)
def test_every_row_of_a_table_has_its_cells(name: str, context: RenderContext) -> None:
    lines = RENDERINGS[name](context).splitlines()
    for table, rows in groupby(lines, key=lambda line: line.startswith("|")):
        assert not table or len({line.count("|") for line in rows}) == 1


@pytest.mark.parametrize(
    "hostile",
    [
        "a | b",
        "``` `code` ```",
        "<script>alert(1)</script>",
        "</code></details>",
        "[click](https://evil.example)",
        "![x](y)",
        "@everyone",
        "#1",
        "**bold** _it_ ~no~",
        "&lt;",
        "line\nline\r\nline",
        "\\|",
        "\x1b[31m",
    ],
)
def test_nothing_stays_live(hostile: str) -> None:
    text = escaped(hostile)
    assert not set(text.replace("<!-- -->", "")) & set("|`<>*_~[]\n\r\x1b\\")
    assert "://" not in text
    assert "@e" not in text
    assert "#1" not in text.replace("&#", "")
    assert code_span(hostile) == f"<code>{text}</code>"
