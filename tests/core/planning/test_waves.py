"""Waves: every shop in one, in a stable order, and shares that count earlier waves."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.core.planning.fingerprint import build_plan
from reconciler.core.planning.plan import Plan, ShopPlan
from reconciler.core.planning.waves import InvalidWaveSpec, LabelWave, ShareWave, assign_waves, parse_waves
from reconciler.core.values import Origin, ShopKey

keys = st.from_regex(r"[a-z][a-z0-9-]{0,12}[a-z0-9]", fullmatch=True)
labels = st.dictionaries(st.sampled_from(("wave", "region")), st.sampled_from(("canary", "late", "kansai")))
fleets = st.dictionaries(keys, labels, max_size=60)
shares = st.lists(st.integers(1, 99), unique=True, max_size=4).map(sorted)
names = st.lists(st.sampled_from(("canary", "late", "region=kan*")), unique=True, max_size=3)


def plan(fleet: dict[str, dict[str, str]]) -> Plan:
    return build_plan(
        ShopPlan(shop=ShopKey(key), origin=Origin(key), labels=tuple(sorted(of.items()))) for key, of in fleet.items()
    )


@st.composite
def orders(draw: st.DrawFn) -> str:
    mixed = draw(st.permutations([*draw(names), *["%"] * len(percents := draw(shares))]))
    growing = iter(percents)
    return ",".join([*(f"{next(growing)}%" if word == "%" else word for word in mixed), "100%"])


@given(fleets, orders())
def test_every_shop_is_in_exactly_one_wave(fleet, words):
    waves = assign_waves(plan(fleet), parse_waves(words))
    assert sorted(shop for wave in waves for shop in wave.shops) == sorted(fleet)
    assert [wave.name for wave in waves] == words.split(",")
    assert [wave.number for wave in waves] == list(range(1, len(waves) + 1))


@given(fleets, orders())
def test_a_share_counts_the_waves_before_it_and_is_never_short(fleet, words):
    before = 0
    cut = parse_waves(words)
    for one, wave in zip(cut, assign_waves(plan(fleet), cut), strict=True):
        after = before + len(wave.shops)
        if isinstance(one, ShareWave):
            wanted = -(-len(fleet) * one.percent // 100)
            assert after == max(before, wanted)
        before = after


@given(fleets, names)
def test_a_label_takes_all_its_shops_that_no_wave_before_has_taken(fleet, words):
    left = set(fleet)
    for word, wave in zip(words, assign_waves(plan(fleet), parse_waves(",".join([*words, "100%"]))), strict=False):
        key, wanted = {"region=kan*": ("region", "kansai")}.get(word, ("wave", word))
        assert set(wave.shops) == {shop for shop in left if fleet[shop].get(key) == wanted}
        left -= set(wave.shops)


@given(fleets, orders(), st.randoms())
def test_the_cut_hangs_on_nothing_but_keys_and_labels(fleet, words, random):
    shuffled = list(fleet.items())
    random.shuffle(shuffled)
    assert assign_waves(plan(dict(shuffled)), parse_waves(words)) == assign_waves(plan(fleet), parse_waves(words))


@given(fleets, st.integers(1, 99))
def test_shops_keep_their_order_when_others_join(fleet, percent):
    """The order of the shops stays the same: no new sample is drawn."""
    fewer = dict(list(fleet.items())[: len(fleet) // 2])

    def order(of: dict) -> list[str]:
        cut = parse_waves(",".join(f"{number}%" for number in range(1, 101)))
        return [shop for wave in assign_waves(plan(of), cut) for shop in wave.shops if shop in fewer]

    places = {shop: place for place, shop in enumerate(order(fleet))}
    ranks = [wave.shops for wave in assign_waves(plan(fewer), parse_waves(f"{percent}%,100%"))]
    assert (
        not ranks[0] or not ranks[1] or max(map(places.__getitem__, ranks[0])) <= max(map(places.__getitem__, ranks[1]))
    )


def test_a_share_is_no_beginning_of_the_alphabet():
    (first, _) = assign_waves(plan({f"shop-{number:03d}": {} for number in range(100)}), parse_waves("10%,100%"))
    assert len(first.shops) == 10
    assert first.shops != tuple(f"shop-{number:03d}" for number in range(10))


def test_words_are_labels_and_shares():
    assert parse_waves("canary, region=kansai,10%,100%") == (
        LabelWave(name="canary", key="wave", value="canary"),
        LabelWave(name="region=kansai", key="region", value="kansai"),
        ShareWave(percent=10),
        ShareWave(percent=100),
    )


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ("canary,10%", "the last wave must be 100%.*use canary,10%,100%"),
        ("100%,canary", "100% must be the last wave: no shop remains for a wave after it"),
        ("50%,10%,100%", "percentages must increase, since each"),
        ("canary,canary,100%", "named twice"),
        ("canary,,100%", "no name"),
        ("", "no name"),
        ("=x,100%", "is not KEY=VALUE"),
        ("wave=,100%", "is not KEY=VALUE"),
        ("0%,100%", "use a whole number from 1% to 100%"),
        ("101%", "use a whole number from 1% to 100%"),
        ("1.5%,100%", "use a whole number from 1% to 100%"),
        ("%,100%", "use a whole number from 1% to 100%"),
        ("٣%,100%", "use a whole number from 1% to 100%"),
    ],
)
def test_words_that_are_no_waves_are_refused_with_the_reason(words, why):
    with pytest.raises(InvalidWaveSpec, match=why):
        parse_waves(words)
