"""Texts: an English template with its values, rendered in any language."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.core.diagnostics.messages import Message, msg

JAPANESE = {"{count} shops: {why}": "{why}({count}店舗)", "closed": "閉店中"}


def test_a_text_prints_in_english():
    assert str(msg("{count} shops: {why}", count=3, why=msg("closed"))) == "3 shops: closed"


def test_a_text_is_translated_with_the_texts_inside_it_and_may_change_their_order():
    text = msg("{count} shops: {why}", count=3, why=msg("closed"))
    assert text.render(lambda template: JAPANESE.get(template, template)) == "閉店中(3店舗)"


def test_texts_are_equal_with_values_in_any_order():
    assert msg("{a}{b}", a=1, b=2) == msg("{a}{b}", b=2, a=1)


@given(st.text())
def test_a_value_is_taken_as_it_is_braces_included(value):
    assert str(msg("<{value}>", value=value)) == f"<{value}>"


def test_a_template_with_an_unknown_placeholder_is_an_error():
    with pytest.raises(KeyError):
        str(Message("{missing}"))
