"""JSON in its strict sense: each key once within an object, no NaN and no Infinity.

In: text or bytes in UTF-8. Out: the value, or a ValueError. A `DuplicateKey` is one, and names the key: with two values for one
key it is unknown which was meant. `lacks_its_end`: whether a refused text is only the start of an object.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from typing import Any, Final, NoReturn


class DuplicateKey(ValueError):
    """`key` occurs twice in one object. It may contain anything that was sent."""

    def __init__(self, key: str) -> None:
        super().__init__("a key occurs twice in one object")
        self.key = key


def loads(text: str | bytes, *, number: Callable[[str], Any] | None = None) -> Any:
    """Raises ValueError (UnicodeDecodeError and DuplicateKey among them), RecursionError where it is nested too deep.

    `number` makes something of the digits of each number; without it they are read as Python reads them.
    """
    return _decoder(number).decode(text if isinstance(text, str) else text.decode())


def lacks_its_end(error: ValueError) -> bool:
    """Whether `loads` refused the start of an object, of which more was to come: what a copy that was not finished leaves."""
    if isinstance(error, UnicodeDecodeError):
        return error.reason == "unexpected end of data" and error.object.lstrip().startswith(b"{")
    if not isinstance(error, json.JSONDecodeError) or not error.doc.lstrip().startswith("{"):
        return False
    rest = error.doc[error.pos :].rstrip()
    return error.msg.startswith("Unterminated string") or any(word.startswith(rest) for word in _WORDS)


_WORDS: Final = ("true", "false", "null")


@cache
def _decoder(number: Callable[[str], Any] | None) -> json.JSONDecoder:
    """Made once: to make one costs as much as to read a small object."""
    return json.JSONDecoder(object_pairs_hook=_each_once, parse_constant=_refuse, parse_int=number, parse_float=number)


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        keys = [key for key, _ in pairs]
        raise DuplicateKey(next(key for key in keys if keys.count(key) > 1))
    return found


def _refuse(_word: str) -> NoReturn:
    raise ValueError("NaN and Infinity are not JSON")
