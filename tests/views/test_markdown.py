"""Markdown for pull requests, and that no external text leaves its cell."""

from dataclasses import replace
from itertools import groupby

import pytest

from reconciler.core.diagnostics.source_line import SourceLine
from reconciler.core.planning.plan import Plan
from reconciler.core.values import ShopKey
from reconciler.views.common.context import RenderContext
from reconciler.views.markdown.drift import drift_markdown
from reconciler.views.markdown.observed import observed_markdown
from reconciler.views.markdown.plan import plan_markdown
from reconciler.views.markdown.report import report_markdown
from reconciler.views.markdown.validation import failure_markdown, validation_markdown
from tests.views import samples


def many_shops() -> Plan:
    plan = samples.plan()
    shop = next(shop for shop in plan.shops if shop.changes)
    return replace(plan, shops=tuple(replace(shop, shop=ShopKey(f"shop-{number}")) for number in range(6)))


def with_source(context: RenderContext) -> RenderContext:
    """With the line that the first diagnostic points at, which a careless page would be broken by."""
    origin = next(each.origin for each in samples.findings() if each.origin is not None)
    line = SourceLine(text="  enbled: true  # ``` | <b>", start=2, length=6)
    return replace(context, sources={origin: line})


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
    "validation-source": lambda context: validation_markdown(samples.validation(), with_source(context)),
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
        assert not table or len({line.replace(r"\|", "").count("|") for line in rows}) == 1
