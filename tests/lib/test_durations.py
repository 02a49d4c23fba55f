"""Lengths of time as people write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.lib.durations import duration_seconds, duration_word


@given(st.integers(1, 999_999))
def test_a_word_says_the_same_seconds(seconds: int):
    assert duration_seconds(duration_word(seconds)) == seconds


@pytest.mark.parametrize(("seconds", "word"), [(90, "90s"), (600, "10m"), (21_600, "6h"), (259_200, "3d")])
def test_the_longest_unit_is_used(seconds: int, word: str):
    assert duration_word(seconds) == word
