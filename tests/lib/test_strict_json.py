"""JSON is read in its strict sense."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.lib.strict_json import DuplicateKey, lacks_its_end, loads

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(VALUES)
def test_what_json_writes_is_read_back(value):
    assert loads(json.dumps(value)) == value


@pytest.mark.parametrize("text", ['{"a": 1, "a": 2}', '[{"b": {"a": 1, "c": 0, "a": 1}}]'])
def test_a_duplicate_key_is_named(text):
    with pytest.raises(DuplicateKey) as raised:
        loads(text)
    assert raised.value.key == "a"


@pytest.mark.parametrize("text", ["NaN", "[Infinity]", "-Infinity", "{", b"\xff"])
def test_what_is_no_json_is_refused(text):
    with pytest.raises(ValueError):
        loads(text)


def test_numbers_are_left_to_the_caller_on_request():
    assert loads("[1, 2.5]", number=str) == ["1", "2.5"]


WHOLE = '{"a": [true, false, null, 12], "京都": {"b": "お茶"}}'.encode()


@pytest.mark.parametrize("length", range(1, len(WHOLE)))
def test_every_start_of_an_object_lacks_its_end(length: int) -> None:
    with pytest.raises((json.JSONDecodeError, UnicodeDecodeError, DuplicateKey)) as caught:
        loads(WHOLE[:length])
    assert lacks_its_end(caught.value)


@pytest.mark.parametrize(
    "text", ["", "t", "a: b", "{a}", '{"a": tree}', '{"a": 1}}', '{"a": 1, "a": 2}', "[", b"\xe3\x81"]
)
def test_other_text_does_not_lack_its_end(text: str | bytes) -> None:
    with pytest.raises((json.JSONDecodeError, UnicodeDecodeError, DuplicateKey)) as caught:
        loads(text)
    assert not lacks_its_end(caught.value)
