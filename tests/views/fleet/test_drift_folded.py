"""The drift of a fleet: each different drift once, single shops by name."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.core.drift.drift import Drift
from reconciler.core.drift.drift_groups import group_drift
from reconciler.core.drift.label import DriftLabel
from reconciler.core.values import ShopKey
from reconciler.views.common.context import RenderContext
from reconciler.views.markdown.drift import drift_markdown
from reconciler.views.text.drift import render_drift
from tests.views import samples
from tests.views.fleet import large_fleet


@pytest.mark.parametrize("width", [80, 120])
def test_rendering(width: int, context: RenderContext, as_text) -> None:
    text = render_drift(large_fleet.large_drift(), replace(context, width=width))
    assert text == as_text
    assert len(text.splitlines()) < 60
    assert [shop for shop in large_fleet.UNIQUE if shop not in text] == []
    assert [key for key in large_fleet.SHARED if key not in text] == []


def test_markdown(context: RenderContext, as_markdown) -> None:
    text = drift_markdown(large_fleet.large_drift(), context)
    assert text == as_markdown
    assert len(text) < 60_000


@given(st.sets(st.integers(0, large_fleet.SCOPE - 1), max_size=40), st.integers(1, 20), st.integers())
def test_every_entry_is_in_one_group_whatever_the_order(numbers: set[int], room: int, seed: int) -> None:
    shops = [large_fleet.large_drift().shops[number] for number in sorted(numbers)]
    groups = group_drift(shops, room)
    entries = Counter((member.shop, str(member.entry.ref)) for group in groups for member in group.members)
    assert entries == Counter((shop.shop, str(entry.ref)) for shop in shops for entry in shop.entries)
    Random(seed).shuffle(shops)
    assert group_drift(shops, room) == groups


def test_where_payments_do_not_work_comes_first(context: RenderContext) -> None:
    shop = next(each for each in samples.drift().shops if each.problems)
    many = Drift(shops=tuple(replace(shop, shop=ShopKey(f"osaka-{number:02}")) for number in range(12)))
    text = render_drift(many, context)
    assert text.startswith("‼ ")
    assert "12" in text.splitlines()[0]
    assert "osaka-09" in text.splitlines()[0]
    assert text.index("R205") < text.index("`amazon.api.seller_id`")


def test_values_that_differ_by_shop_are_one_row_where_there_are_too_many(english: RenderContext) -> None:
    drifted = large_fleet.large_drift().shops[100]
    email = next(entry for entry in drifted.entries if entry.ref.manifest_path == "amazon.notification.email")
    shops = tuple(
        replace(drifted, shop=ShopKey(f"s-{number:02}"), entries=(replace(email, desired=f"pay@{number}.example"),))
        for number in range(60)
    )
    text = render_drift(Drift(shops=shops), english)
    assert (
        "21 shops: `amazon.notification.email` (Notification email) values differ by shop (in each shop's manifest)"
        in text
    )


def test_expanded_each_shop_is_shown(english: RenderContext) -> None:
    few = replace(large_fleet.large_drift(), shops=large_fleet.large_drift().shops[:50])
    assert render_drift(few, replace(english, expand=True)).count("\nshop-") == 49  # the first begins the text


def test_what_converged_has_no_desired_value_of_its_own(english: RenderContext) -> None:
    drifted = large_fleet.large_drift().shops[100]
    email = next(entry for entry in drifted.entries if entry.ref.manifest_path == "amazon.notification.email")
    same = replace(email, label=DriftLabel.CONVERGED, desired="pay@shop.example", observed="pay@shop.example")
    shops = tuple(replace(drifted, shop=ShopKey(f"s-{number:02}"), entries=(same,)) for number in range(12))
    text = render_drift(Drift(shops=shops), english)
    assert 'observed "pay@shop.example"' in text
    assert "desired" not in text
