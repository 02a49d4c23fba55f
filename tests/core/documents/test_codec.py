"""Codecs: what is written is read back and matches the schema, and nothing else is read."""

import json
from dataclasses import dataclass
from enum import Enum
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import Diagnostic, Severity
from reconciler.core.diagnostics.messages import Message
from reconciler.core.documents.codec import CodecFactory, DecodeError, FieldCodec, defined, optional, pair
from reconciler.core.documents.field_codecs import FLAG, MESSAGE, NUMBER, ORIGIN, REF, SHOP, TEXT, WHY
from reconciler.core.documents.json_schema import published
from reconciler.core.documents.value_codec import SCALAR
from reconciler.core.model.canonical import dumps
from reconciler.core.model.state import FieldRef
from reconciler.core.values import Origin, ShopKey


class Colour(Enum):
    INDIGO = "indigo"
    VERMILION = "vermilion"


@dataclass(frozen=True)
class Cup:
    """Every kind of annotation that determines a written form."""

    name: str
    colour: Colour
    was_open: bool
    note: str | None
    sizes: tuple[int, ...]
    fits: tuple[str, int]


@dataclass(frozen=True)
class Shelf:
    cups: tuple[Cup, ...]
    spare: Cup | None


PARTS = CodecFactory({str: TEXT, int: NUMBER, bool: FLAG})
PLACED = CodecFactory(PARTS.by_type, located=True)
CUPS = st.builds(
    Cup,
    name=st.text(),
    colour=st.sampled_from(Colour),
    was_open=st.booleans(),
    note=st.none() | st.text(),
    sizes=st.lists(st.integers(0)).map(tuple),
    fits=st.tuples(st.text(), st.integers(0)),
)
SHELVES = st.builds(Shelf, cups=st.lists(CUPS, max_size=3).map(tuple), spare=st.none() | CUPS)
MESSAGES = st.recursive(
    st.builds(Message, st.text()),
    lambda inner: st.builds(
        lambda template, arguments: Message(template, tuple(sorted(arguments.items()))),
        st.text(),
        st.dictionaries(st.text(), st.integers() | st.text() | inner, max_size=3),
    ),
    max_leaves=4,
)
SHOPS = st.from_regex(ShopKey.PATTERN.replace("$", r"\Z"), fullmatch=True).map(ShopKey)
ORIGINS = st.builds(Origin, st.text(), st.integers(0), st.integers(0))
DIAGNOSTICS = st.builds(
    Diagnostic,
    code=st.sampled_from(codes.all_codes()),
    summary=MESSAGES,
    severity=st.sampled_from(Severity),
    expected=st.none() | MESSAGES,
    hint=st.none() | MESSAGES,
    shop=st.none() | SHOPS,
    subject=st.none() | st.text(),
    origin=st.none() | ORIGINS,
)
EACH = {
    "text": (TEXT, st.text()),
    "number": (NUMBER, st.integers(0)),
    "flag": (FLAG, st.booleans()),
    "shop": (SHOP, SHOPS),
    "message": (MESSAGE, MESSAGES),
    "origin": (ORIGIN, ORIGINS),
    "field": (REF, st.builds(FieldRef, st.text(), st.text(), st.none() | st.text())),
    "diagnostic": (WHY, DIAGNOSTICS),
    "record": (PARTS.record(Shelf), SHELVES),
    "record with places": (PLACED.record(Shelf), SHELVES),
    "named pair": (PARTS.named_pair(left=TEXT, right=optional(NUMBER)), st.tuples(st.text(), st.none() | st.integers(0))),
    "pair": (pair(TEXT, FLAG), st.tuples(st.text(), st.booleans())),
}  # fmt: skip


def written(form: FieldCodec, value: Any) -> Any:
    """As it comes back from a file."""
    return json.loads(dumps(form.write(value, None)))


def validator(form: FieldCodec) -> jsonschema.Draft202012Validator:
    schema = published("for the tests", form.schema)
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


@pytest.mark.parametrize(("form", "values"), EACH.values(), ids=list(EACH))
@given(data=st.data())
def test_what_is_written_is_read_back_and_has_the_shape_of_the_schema(form, values, data):
    value = data.draw(values)
    document = written(form, value)
    assert form.read(document) == value
    validator(form).validate(document)


OBJECTS = ("message", "origin", "field", "diagnostic", "record", "record with places", "named pair")


@pytest.mark.parametrize("name", OBJECTS)
@given(data=st.data())
def test_a_key_too_many_and_a_key_too_few_are_refused_by_reader_and_schema_alike(name, data):
    form, values = EACH[name]
    document = written(form, data.draw(values))
    missing = data.draw(st.sampled_from(sorted(document)))
    for damaged in (document | {"anew": None}, {key: part for key, part in document.items() if key != missing}):
        with pytest.raises(ValueError, match="names"):
            form.read(damaged)
        assert not validator(form).is_valid(damaged)


def test_a_renamed_attribute_keeps_its_key():
    cup = Cup(name="", colour=Colour.INDIGO, was_open=True, note=None, sizes=(), fits=("", 0))
    assert PARTS.record(Cup).write(cup, None) == {
        "name": "",
        "colour": "indigo",
        "live": True,
        "note": None,
        "sizes": [],
        "fits": ["", 0],
    }


def test_a_field_may_be_omitted():
    form = PARTS.record(Cup, omit=["note", "sizes"])
    assert set(form.schema({})["properties"]) == {"name", "colour", "live", "fits"}


@pytest.mark.parametrize(
    ("damage", "place"),
    [
        ({"spare": 1}, ".spare"),
        ({"cups": {}}, ".cups"),
        ({"cups": [{}]}, ".cups[0]"),
    ],
)
def test_a_fault_has_a_place_where_places_are_wanted(damage, place):
    document = {"cups": [], "spare": None} | damage
    with pytest.raises(DecodeError) as refused:
        PLACED.record(Shelf).read(document)
    assert refused.value.place == place
    with pytest.raises((TypeError, ValueError)):
        PARTS.record(Shelf).read(document)


@pytest.mark.parametrize("hint", [float, dict[str, str], str | int, tuple[int, int, int]], ids=str)
def test_an_annotation_that_says_no_form_is_refused_when_the_codec_is_made(hint):
    with pytest.raises(TypeError, match="no written form"):
        PARTS.of(hint)


def test_a_definition_may_hold_itself():
    definitions: dict[str, Any] = {}
    assert defined("note", MESSAGE).schema(definitions) == {"$ref": "#/$defs/note"}
    assert set(definitions) == {"note", "message"}


@pytest.mark.parametrize("arguments", [None, [], "ab", {"a": True}, {"a": None}, {"a": {}}])
def test_what_cannot_be_the_arguments_of_a_message_is_refused(arguments):
    with pytest.raises((TypeError, ValueError)):
        MESSAGE.read({"template": "", "arguments": arguments})


def test_the_arguments_of_a_message_are_written_as_plain_texts_and_numbers():
    message = Message("", (("severity", Severity.ERROR), ("shop", ShopKey("kyoto-tea"))))
    document = MESSAGE.write(message, None)
    assert document == {"template": "", "arguments": {"severity": 3, "shop": "kyoto-tea"}}
    assert {type(argument) for argument in document["arguments"].values()} == {int, str}


def test_a_value_that_is_more_than_a_text_is_written_as_one():
    document = SCALAR.write(ShopKey("kyoto-tea"), None)
    assert document == {"is": "text", "value": "kyoto-tea"}
    assert type(document["value"]) is str
