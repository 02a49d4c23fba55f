"""The text views for people. The snapshots are the specification: read their changes as a new reader would."""

import re
from dataclasses import replace

import pytest

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.codes import all_codes
from reconciler.core.diagnostics.diagnostic import diagnostic
from reconciler.core.diagnostics.messages import msg
from reconciler.core.results.validation_result import ValidationResult
from reconciler.core.values import ShopKey
from reconciler.views.common.context import RenderContext
from reconciler.views.common.display_width import display_width
from reconciler.views.i18n import language
from reconciler.views.text.codes import render_codes
from reconciler.views.text.diagnostics import render_diagnostics
from reconciler.views.text.drift import render_drift
from reconciler.views.text.observed import render_observed
from reconciler.views.text.plan import render_plan
from reconciler.views.text.report import render_report
from reconciler.views.text.validation import render_validation
from tests.views import samples

RENDERINGS = {
    "plan": lambda context: render_plan(samples.plan(), context),
    "plan-nothing": lambda context: render_plan(samples.quiet_plan(), context),
    "plan-paces": lambda context: render_plan(samples.uneven_plan(), context),
    "plan-open": lambda context: render_plan(samples.open_plan(), context),
    "report": lambda context: render_report(samples.report(), context),
    "report-interrupted": lambda context: render_report(samples.report(interrupted=True), context),
    "report-held": lambda context: render_report(samples.held_report(), context),
    "report-empty": lambda context: render_report(replace(samples.report(), shops=()), context),
    "drift": lambda context: render_drift(samples.drift(), context),
    "drift-sides": lambda context: render_drift(samples.sided_drift(), context),
    "drift-heard": lambda context: render_drift(samples.heard_drift(), context),
    "drift-heard-fleet": lambda context: render_drift(samples.heard_fleet(), context),
    "drift-none": lambda context: render_drift(replace(samples.drift(), shops=samples.drift().shops[1:2]), context),
    "show": lambda context: render_observed(samples.pairs()[1][1], context),
    "show-unknown": lambda context: render_observed(samples.pairs()[3][1], context),
    "validation": lambda context: render_validation(samples.validation(), context),
    "validation-clean": lambda context: render_validation(ValidationResult(valid=(ShopKey("kyoto-tea"),)), context),
    "validation-warned": lambda context: render_validation(
        ValidationResult(valid=(ShopKey("kyoto-tea"),), diagnostics=samples.findings()[3:4]), context
    ),
    "validation-fixed": lambda context: render_validation(samples.validation(fixed=True), context),
    "validation-unfixed": lambda context: render_validation(
        ValidationResult(valid=(ShopKey("kyoto-tea"),), fixed=()), context
    ),
    "fix-preview": lambda context: render_validation(samples.validation(fixed=True, check=True), context),
    "findings": lambda context: render_diagnostics(samples.findings(), context),
}


@pytest.mark.parametrize("name", RENDERINGS)
def test_rendering(name: str, context: RenderContext, as_text) -> None:
    assert RENDERINGS[name](context) == as_text


def test_codes(english: RenderContext) -> None:
    assert len(render_codes(all_codes(), english).splitlines()) == len(all_codes())


def test_plan_in_colour(as_text) -> None:
    context = RenderContext(language=language("en"), colour=True)
    assert render_plan(samples.plan(), context) == as_text


def test_report_in_colour(as_text) -> None:
    context = RenderContext(language=language("en"), colour=True)
    assert render_report(samples.report(), context) == as_text


@pytest.mark.parametrize("name", RENDERINGS)
def test_colour_only_adds_colour(name: str, context: RenderContext) -> None:
    plain, coloured = RENDERINGS[name](context), RENDERINGS[name](replace(context, colour=True))
    assert without_colour(coloured) == plain


@pytest.mark.parametrize("name", RENDERINGS)
def test_no_line_ends_in_a_space(name: str, context: RenderContext) -> None:
    text = RENDERINGS[name](context)
    assert text.endswith("\n")
    assert [line for line in text.splitlines() if line != line.rstrip()] == []


def test_columns_are_aligned_by_display_width(english: RenderContext) -> None:
    block = render_plan(samples.plan(), english).split("\n\n")[1].splitlines()
    places = {display_width(line[: line.index("shops/")]) for line in block[1:] if "  shops/" in line.lstrip()}
    assert len(places) == 1


def test_what_matters_most_comes_last(english: RenderContext) -> None:
    """The loudest shop, the summary, the command that continues."""
    text = render_report(samples.report(), english, "reconciler resume")
    words = ("applied ", "refused ", "failed ", "LEFT CLOSED ", "Report: 1 LEFT CLOSED", "To continue:")
    places = [text.index(word) for word in words]
    assert places == sorted(places)
    assert text.endswith("\nTo continue: reconciler resume\n")


def test_a_shop_that_was_left_closed_is_to_be_reopened_first(english: RenderContext) -> None:
    found = samples.sided_drift()
    shop = found.shops[0].shop
    left = diagnostic(codes.LEFT_CLOSED, msg("An interrupted run may have left the shop CLOSED"), shop=shop)
    [line] = re.findall(r"help: Reopen.*", render_drift(replace(found, findings=(left,)), english))
    assert line == (
        f"help: Reopen the shop with `reconciler resume`; then run `reconciler drift {shop}` again for what still differs"
    )
    assert "reconciler adopt" not in render_drift(replace(found, findings=(left,)), english)
    assert "reconciler adopt" in render_drift(found, english)


def without_colour(text: str) -> str:
    parts = text.split("\x1b[")
    return parts[0] + "".join(part.partition("m")[2] for part in parts[1:])
