"""Reading a JSON object field by field: strict about what is wanted, indifferent to what is beside it.

A fault names the place and what was found there, never the value, except of an enum.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Any, TypeVar

from reconciler.adapters.backend.quoting import quote
from reconciler.core.texts import Text, say
from reconciler.core.values import ABSENT, Absent

E = TypeVar("E", bound=StrEnum)


class WireFault(Exception):
    """Something in an answer cannot be understood. `text` says what and where."""

    def __init__(self, text: Text) -> None:
        super().__init__(str(text))
        self.text = text


class Fields:
    """`place` is the dotted path to this object within the answer."""

    __slots__ = ("_json", "place")

    def __init__(self, json: object, place: str) -> None:
        if not isinstance(json, Mapping):
            raise WireFault(_other(place, say("an object"), json))
        self._json: Mapping[str, Any] = json
        self.place = place

    def flag(self, name: str) -> bool:
        value = self._value(name)
        if not isinstance(value, bool):
            raise WireFault(_other(self._at(name), say("true or false"), value))
        return value

    def text(self, name: str) -> str:
        value = self._value(name)
        if not isinstance(value, str):
            raise WireFault(_other(self._at(name), say("a text"), value))
        if not _is_encodable(value):
            raise WireFault(say("{place}: half of a surrogate pair stands in the text", place=self._at(name)))
        return value

    def text_or_absent(self, name: str) -> str | Absent:
        return ABSENT if self._value(name) is None else self.text(name)

    def choice(self, name: str, choices: type[E]) -> E:
        """Upper-snake on the wire, lower-case in the core."""
        word = self.text(name)
        for choice in choices:
            if word == choice.name:
                return choice
        raise WireFault(say("{place}: {value} is not a known value", place=self._at(name), value=quote(word)))

    def inner(self, name: str) -> Fields:
        return Fields(self._value(name), self._at(name))

    def items(self, name: str) -> Iterator[Fields]:
        value = self._value(name)
        if not isinstance(value, list):
            raise WireFault(_other(self._at(name), say("a list"), value))
        return (Fields(item, f"{self._at(name)}[{index}]") for index, item in enumerate(value))

    def _value(self, name: str) -> Any:
        if name not in self._json:
            raise WireFault(say("{place} is missing", place=self._at(name)))
        return self._json[name]

    def _at(self, name: str) -> str:
        return f"{self.place}.{name}" if self.place else name


def _is_encodable(text: str) -> bool:
    if text.isascii():
        return True
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _other(place: str, expected: Text, found: object) -> Text:
    return say(
        "{place}: {expected} was expected, {found} was found", place=place, expected=expected, found=_named(found)
    )


def _named(value: object) -> Text:
    match value:
        case None:
            return say("null")
        case bool():
            return say("true or false")
        case str():
            return say("a text")
        case int() | float():
            return say("a number")
        case list():
            return say("a list")
        case _:
            return say("an object")
