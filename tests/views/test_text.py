"""The text views, as people read them. The snapshots are the specification: read a change of theirs as a stranger would."""

from dataclasses import replace

import pytest

from reconciler.core.diagnostics.codes import all_codes
from reconciler.views.common.context import RenderContext
from reconciler.views.common.display_width import display_width
from reconciler.views.i18n import language
from reconciler.views.text.codes import render_codes
from reconciler.views.text.diagnostics import render_findings
from reconciler.views.text.drift import render_drift
from reconciler.views.text.observed import render_observed
from reconciler.views.text.plan import render_plan
from reconciler.views.text.report import render_report
from reconciler.views.text.validation import render_validation
from tests.views import samples

RENDERINGS = {
    "plan": lambda look: render_plan(samples.plan(), look),
    "plan-nothing": lambda look: render_plan(samples.quiet_plan(), look),
    "plan-paces": lambda look: render_plan(samples.uneven_plan(), look),
    "plan-open": lambda look: render_plan(samples.open_plan(), look),
    "report": lambda look: render_report(samples.report(), look),
    "report-interrupted": lambda look: render_report(samples.report(interrupted=True), look),
    "report-held": lambda look: render_report(samples.held_report(), look),
    "report-empty": lambda look: render_report(replace(samples.report(), shops=()), look),
    "drift": lambda look: render_drift(samples.drift(), look),
    "drift-sides": lambda look: render_drift(samples.sided_drift(), look),
    "drift-heard": lambda look: render_drift(samples.heard_drift(), look),
    "drift-heard-fleet": lambda look: render_drift(samples.heard_fleet(), look),
    "drift-none": lambda look: render_drift(replace(samples.drift(), shops=samples.drift().shops[1:2]), look),
    "show": lambda look: render_observed(samples.pairs()[1][1], look),
    "show-unknown": lambda look: render_observed(samples.pairs()[3][1], look),
    "validation": lambda look: render_validation(3, ["shops/uji-cups.yaml"], samples.findings(), look),
    "validation-clean": lambda look: render_validation(1, [], [], look),
    "findings": lambda look: render_findings(samples.findings(), look),
}


@pytest.mark.parametrize("name", RENDERINGS)
def test_rendering(name: str, look: RenderContext, as_text) -> None:
    assert RENDERINGS[name](look) == as_text


def test_codes(english: RenderContext) -> None:
    assert len(render_codes(all_codes(), english).splitlines()) == len(all_codes())


def test_plan_in_colour(as_text) -> None:
    look = RenderContext(language=language("en"), colour=True)
    assert render_plan(samples.plan(), look) == as_text


def test_report_in_colour(as_text) -> None:
    look = RenderContext(language=language("en"), colour=True)
    assert render_report(samples.report(), look) == as_text


@pytest.mark.parametrize("name", RENDERINGS)
def test_colour_only_adds_colour(name: str, look: RenderContext) -> None:
    plain, coloured = RENDERINGS[name](look), RENDERINGS[name](replace(look, colour=True))
    assert without_colour(coloured) == plain


@pytest.mark.parametrize("name", RENDERINGS)
def test_no_line_ends_in_a_space(name: str, look: RenderContext) -> None:
    text = RENDERINGS[name](look)
    assert text.endswith("\n")
    assert [line for line in text.splitlines() if line != line.rstrip()] == []


def test_columns_are_aligned_by_display_width(english: RenderContext) -> None:
    block = render_plan(samples.plan(), english).split("\n\n")[0].splitlines()
    places = {display_width(line[: line.index("shops/")]) for line in block[1:] if " shops/" in line}
    assert len(places) == 1


def test_the_loudest_shop_stands_first(english: RenderContext) -> None:
    assert render_report(samples.report(), english).startswith("LEFT CLOSED")


def without_colour(text: str) -> str:
    parts = text.split("\x1b[")
    return parts[0] + "".join(part.partition("m")[2] for part in parts[1:])
