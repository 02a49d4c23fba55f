"""The small values: what is not mentioned, what is not there, names and places."""

import pytest
from hypothesis import given

from reconciler.core.values import ABSENT, PRE_SET, UNSET, Origin, ShopKey, full_match
from tests.support.strategies import keys


def test_unset_is_neither_true_nor_false():
    with pytest.raises(TypeError, match="is UNSET"):
        bool(UNSET)


def test_the_three_words_are_themselves_and_no_other():
    assert [repr(word) for word in (UNSET, ABSENT, PRE_SET)] == ["UNSET", "ABSENT", "PRE_SET"]
    assert UNSET != ABSENT
    assert PRE_SET != "pre-set"


@pytest.mark.parametrize("text", ["a", "kyoto-tea", "0", "a" * 40, "a--b"])
def test_a_shop_key_is_safe_in_a_path_and_a_file_name(text):
    assert ShopKey(text) == text


@pytest.mark.parametrize("text", ["", "-a", "a-", "A", "a" * 41, "a/b", "a.b", "a\n", "店", "a b", ".."])
def test_what_is_no_shop_key_is_refused_by_name(text):
    with pytest.raises(ValueError, match="is not a shop key"):
        ShopKey(text)


@given(keys)
def test_a_shop_key_sorts_and_prints_as_its_text(key):
    assert f"{key}" == str(key) == key


def test_an_origin_prints_as_editors_read_it():
    assert str(Origin("shops/a.yaml", 3, 5)) == "shops/a.yaml:3:5"
    assert Origin("a.yaml", 9) < Origin("a.yaml", 10) < Origin("b.yaml", 1)


def test_a_form_is_the_whole_text_and_a_newline_at_the_end_is_part_of_it():
    assert full_match("^a$", "a")
    assert not full_match("^a$", "a\n")
