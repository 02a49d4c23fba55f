"""Reading a JSON object field by field: strict about what is wanted, indifferent to what is beside it.

A fault names the place and what was found there, never the value, except of an enum.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from typing import Any, NoReturn, TypeVar

from reconciler.adapters.backend.http.redact import safe_quote
from reconciler.core.diagnostics.messages import Message, msg
from reconciler.core.values import ABSENT, UNSET, Absent, Unset

E = TypeVar("E", bound=StrEnum)


class WireDecodeError(Exception):
    """Something in an answer cannot be understood. `text` says what and where."""

    def __init__(self, text: Message) -> None:
        super().__init__(str(text))
        self.text = text


class JsonObjectReader:
    """`place` is the dotted path to this object within the answer; it is put together when a fault has to name it."""

    __slots__ = ("_above", "_json", "_name")

    def __init__(self, json: object, name: str, above: JsonObjectReader | None = None) -> None:
        self._name = name
        self._above = above
        if not isinstance(json, dict):
            raise WireDecodeError(_other(self.place, msg("an object"), json))
        self._json: dict[str, Any] = json

    @property
    def place(self) -> str:
        above = self._above.place if self._above is not None else ""
        return f"{above}.{self._name}" if above else self._name

    def flag(self, name: str) -> bool:
        value = self._json.get(name)
        return value if value is True or value is False else self._refuse(name, msg("true or false"))

    def flag_or_unset(self, name: str) -> bool | Unset:
        """UNSET for a key that a backend may omit."""
        return self.flag(name) if name in self._json else UNSET

    def text(self, name: str) -> str:
        value = self._json.get(name)
        if not isinstance(value, str):
            self._refuse(name, msg("a string"))
        if value.isascii():
            return value
        if not _is_encodable(value):
            raise WireDecodeError(msg("{place}: the text contains half of a surrogate pair", place=self._at(name)))
        return value

    def text_or_absent(self, name: str) -> str | Absent:
        value = self._json.get(name, UNSET)
        return ABSENT if value is None else self.text(name)

    def choice(self, name: str, choices: type[E]) -> E:
        """Upper-snake on the wire, lower-case in the core."""
        word = self.text(name)
        choice = choices.__members__.get(word)
        if choice is None:
            raise WireDecodeError(msg("{place}: unknown value {value}", place=self._at(name), value=safe_quote(word)))
        return choice

    def inner(self, name: str) -> JsonObjectReader:
        if name not in self._json:
            raise self._missing(name)
        return JsonObjectReader(self._json[name], name, self)

    def inner_or_absent(self, name: str) -> JsonObjectReader | Absent:
        return ABSENT if self._is_null(name) else self.inner(name)

    def given(self, name: str) -> bool:
        """Whether there is a value: the key may be omitted, or null."""
        return self._json.get(name) is not None

    def items(self, name: str) -> Iterator[JsonObjectReader]:
        value = self._json.get(name)
        if not isinstance(value, list):
            self._refuse(name, msg("a list"))
        return (JsonObjectReader(item, f"{name}[{index}]", self) for index, item in enumerate(value))

    def _is_null(self, name: str) -> bool:
        if name not in self._json:
            raise self._missing(name)
        return self._json[name] is None

    def _refuse(self, name: str, expected: Message) -> NoReturn:
        if name not in self._json:
            raise self._missing(name)
        raise WireDecodeError(_other(self._at(name), expected, self._json[name]))

    def _missing(self, name: str) -> WireDecodeError:
        return WireDecodeError(msg("{place} is missing", place=self._at(name)))

    def _at(self, name: str) -> str:
        place = self.place
        return f"{place}.{name}" if place else name


def _is_encodable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _other(place: str, expected: Message, found: object) -> Message:
    return msg("{place}: expected {expected}, found {found}", place=place, expected=expected, found=_named(found))


def _named(value: object) -> Message:
    match value:
        case None:
            return msg("null")
        case bool():
            return msg("true or false")
        case str():
            return msg("a string")
        case int() | float():
            return msg("a number")
        case list():
            return msg("a list")
        case _:
            return msg("an object")
