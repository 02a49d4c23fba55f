"""The plan of a fleet fits on a screen and in a comment, and omits nothing that a reader has to decide on."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from reconciler.core.diagnostics.messages import msg
from reconciler.core.values import ShopKey
from reconciler.views.common.context import RenderContext
from reconciler.views.markdown.plan import plan_markdown
from reconciler.views.text.plan import render_plan
from tests.views.fleet import large_fleet
from tests.views.test_text import without_colour

KEYS = (*large_fleet.SHARED, "amazon.enabled")
"""The manifest keys that the 12 different changes are about: an endpoint is registered and unregistered."""


@pytest.mark.parametrize("width", [None, 80, 120])
def test_as_text_it_takes_less_than_60_lines(width: int | None, context: RenderContext) -> None:
    text = render_plan(large_fleet.large_plan(), replace(context, width=width))
    assert len(text.splitlines()) < 60
    holds_all(text)


def test_as_markdown_it_takes_less_than_60_000_characters(context: RenderContext) -> None:
    text = plan_markdown(large_fleet.large_plan(), (), context)
    assert len(text) < 60_000
    holds_all(text)


ABSENT = re.compile("absent|未登録")


def holds_all(text: str) -> None:
    plan = large_fleet.large_plan()
    assert len(plan.changed) == large_fleet.CHANGED
    assert [key for key in KEYS if key not in text] == []
    rows = [line for line in text.splitlines() if "seller_central.ipn_endpoint" in line and ABSENT.search(line)]
    assert ["185" in row for row in rows if "→" in row] == [True, False]
    assert [shop for shop in large_fleet.UNIQUE if shop not in text] == []
    assert sum(shop.bracket is not None for shop in plan.shops) == len(large_fleet.CLOSED)
    assert "40" in text
    guards = [finding for finding in plan.all_findings if finding.code.number.startswith("G")]
    assert len(guards) == 3
    assert [guard.hint for guard in guards if not contains_command(text, str(guard.hint))] == []


def contains_command(text: str, hint: str) -> bool:
    """A hint ends with its option, in every language and however it is wrapped."""
    return hint[hint.index("--allow") :].strip("`") in text


@pytest.mark.parametrize("width", [80, 120])
def test_rendering(width: int, context: RenderContext, as_text) -> None:
    assert render_plan(large_fleet.large_plan(), replace(context, width=width)) == as_text


def test_markdown(context: RenderContext, as_markdown) -> None:
    assert plan_markdown(large_fleet.large_plan(), (), context) == as_markdown


def test_the_fingerprint_is_in_the_first_lines_and_the_sum_in_the_last(english: RenderContext) -> None:
    lines = render_plan(large_fleet.large_plan(), replace(english, width=80)).splitlines()
    assert lines[0] == f"Plan {large_fleet.large_plan().fingerprint}"
    assert lines[-2].startswith("Plan: 1,648 to add")


def test_what_holds_the_plan_and_what_closes_come_before_the_changes(english: RenderContext) -> None:
    text = render_plan(large_fleet.large_plan(), english)
    places = [text.index(each) for each in ("unregistering", "fleet-share", "Closures: 40 shops", "Changes (", "R209")]
    assert places == sorted(places)


def test_values_that_differ_by_shop_are_one_row_where_there_are_too_many(context: RenderContext) -> None:
    shop = large_fleet.large_plan().shops[100]
    (email,) = shop.changes
    plans = [
        replace(shop, shop=ShopKey(f"s-{number:02}"), changes=(replace(email, after=f"pay@{number}.example"),))
        for number in range(60)
    ]
    plan = replace(large_fleet.large_plan(), shops=tuple(plans), findings=())
    text, page = render_plan(plan, context), plan_markdown(plan, (), context)
    for shown in (text, page):
        assert shown.count("amazon.notification.email") == 40
        assert context.plural("{count} shop", "{count} shops", 21) in shown
        assert context.translate(msg("values differ by shop")) in shown


def test_concisely_each_diagnostic_is_a_line(english: RenderContext) -> None:
    lines = render_plan(large_fleet.large_plan(), replace(english, concise=True)).splitlines()
    assert sum("warning R209" in line for line in lines) == 4_081


def test_expanded_each_shop_is_shown(english: RenderContext) -> None:
    text = render_plan(large_fleet.large_plan(), replace(english, expand=True))
    assert text.count("\nshop-") == large_fleet.CHANGED


def test_colour_only_adds_colour(english: RenderContext) -> None:
    coloured = render_plan(large_fleet.large_plan(), replace(english, colour=True, width=100))
    assert without_colour(coloured) == render_plan(large_fleet.large_plan(), replace(english, width=100))
