"""The status for spreadsheets: every cell comes back as it was, and none is taken for a formula."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.core.onboarding.items import ItemState, ItemStatus, OnboardingItem, OnboardingState, ShopOnboarding
from reconciler.core.results.onboarding.status_result import OnboardingStatusResult
from reconciler.views.common.context import RenderContext
from reconciler.views.i18n import language
from reconciler.views.render import render_result


def rows(place: str | None, code: str = "en") -> list[list[str]]:
    shop = ShopOnboarding(
        shop="kyoto-tea",
        state=OnboardingState.INCOMPLETE,
        items=(ItemStatus(item=OnboardingItem.MANIFEST, state=ItemState.DONE),),
        place=place,
    )
    status = OnboardingStatusResult(shops=(shop,), checked="2026-11-28T00:00:00Z")
    text = render_result(status, "csv", RenderContext(language=language(code)))
    return list(csv.reader(io.StringIO(text, newline=""), strict=True))


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=20))
def test_every_cell_comes_back_and_none_starts_as_a_formula(place):
    header, (*_, last) = rows(place)
    assert len(header) == len(rows(place)[1])
    assert last.removeprefix("'") == place.removeprefix("'")
    assert not last.startswith(("=", "+", "-", "@", "＝", "＋", "－", "＠"))


@pytest.mark.parametrize(("code", "state"), [("en", "incomplete"), ("ja", "不足あり")])
def test_titles_and_states_are_in_the_readers_language(code, state):
    header, row = rows("shops/kyoto-tea.yaml", code)
    assert (row[0], row[1]) == ("kyoto-tea", state)
    assert ("Shop" in header) is (code == "en")
