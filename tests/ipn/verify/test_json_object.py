"""JSON of an envelope and of the message in it: what is read, and what is refused."""

from __future__ import annotations

import pytest

from reconciler.ipn.verify.json_object import DEEPEST, read_object
from reconciler.ipn.verify.reasons import Refused, RejectReason


def nested(levels: int, opened: str = '{"a":', inner: str = "{}", closed: str = "}") -> str:
    return opened * (levels - 1) + inner + closed * (levels - 1)


def test_numbers_are_not_converted() -> None:
    assert read_object('{"a": ' + "9" * 5000 + ', "b": [1, 2.5]}') == {"a": 0, "b": [0, 0]}


@pytest.mark.parametrize("text", [nested(DEEPEST), '{"a":' + nested(DEEPEST - 1, "[", "[]", "]") + "}"])
def test_so_many_levels_are_read(text: str) -> None:
    assert read_object(text)


@pytest.mark.parametrize("text", [nested(DEEPEST + 1), '{"a":' + nested(DEEPEST, "[", "[]", "]") + "}"])
def test_one_level_more_is_refused(text: str) -> None:
    with pytest.raises(Refused) as refused:
        read_object(text)
    assert refused.value.ground is RejectReason.NOT_JSON


def test_many_objects_beside_each_other_are_read() -> None:
    assert len(read_object('{"a": [' + ", ".join(["{}"] * 1000) + "]}")["a"]) == 1000  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "ground"),
    [
        ('{"a": 1, "a": 1}', RejectReason.DUPLICATE_KEY),
        ('{"a": {"b": 1, "b": 2}}', RejectReason.DUPLICATE_KEY),
        ("[]", RejectReason.NOT_JSON),
        ("", RejectReason.NOT_JSON),
        ('{"a": NaN}', RejectReason.NOT_JSON),
        ('{"a": "\\ud800"}', RejectReason.NOT_JSON),
        ('{"\\udfff": 1}', RejectReason.NOT_JSON),
    ],
)
def test_what_is_refused(text: str, ground: RejectReason) -> None:
    with pytest.raises(Refused) as refused:
        read_object(text)
    assert refused.value.ground is ground


def test_a_pair_of_surrogates_is_one_character() -> None:
    assert read_object('{"a": "\\ud83c\\udf75"}') == {"a": "\U0001f375"}
