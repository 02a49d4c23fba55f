"""How a value that was found is named in a message: short, on one line, and never a secret.

In: a value and the place it stands at. Out: words. A value at a place whose name speaks of a token, secret or password is
not quoted, nor is any text that looks like an MWS token, wherever it was pasted.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from difflib import get_close_matches
from typing import Final

from reconciler.core.texts import Text, say

_SECRET_PLACE: Final = re.compile(r"token|secret|passw", re.IGNORECASE)
_SECRET_VALUE: Final = re.compile(r"amzn[\W_]?mws|://[^/\s]*@", re.IGNORECASE)
_LONGEST_QUOTE: Final = 60
_LONGEST_GUESS: Final = 80


def is_secret(place: str, value: str) -> bool:
    return _SECRET_PLACE.search(place) is not None or _SECRET_VALUE.search(value) is not None


def quote(value: str, place: str = "") -> Text:
    """The text in backquotes, control characters as escapes; or that it is not shown."""
    if is_secret(place, value):
        return say("a value that is not shown")
    return say("`{value}`", value=_escaped(value))


def place_of(path: Iterable[object]) -> str:
    """The dotted place, on one line; a key that is too long, or looks like a token, is cut or left out."""
    return ".".join(_step(str(step)) for step in path)


def _step(key: str) -> str:
    if _SECRET_VALUE.search(key):
        return "(not shown)"
    return key if key.isidentifier() and len(key) <= _LONGEST_QUOTE else _escaped(key)


def _escaped(text: str) -> str:
    shown = json.dumps(text[:_LONGEST_QUOTE], ensure_ascii=False)[1:-1].replace('\\"', '"')
    return f"{shown}..." if len(text) > _LONGEST_QUOTE else shown


def describe(value: object, place: str = "") -> Text:
    """What a value is, and its text where that helps."""
    match value:
        case None:
            return say("nothing")
        case bool():
            return say("`{value}`", value="true" if value else "false")
        case int() | float():
            return say("the number {value}", value=quote(str(value), place))
        case "":
            return say("an empty text")
        case str():
            return say("the text {value}", value=quote(value, place))
        case dict():
            return say("a mapping")
        case _:
            return say("a list")


def nearest(word: str, choices: Iterable[str]) -> str | None:
    """The choice that was probably meant: one that starts like it, or is spelled nearly like it."""
    if not 1 < len(word) <= _LONGEST_GUESS:
        return None
    by_lower = {choice.lower(): choice for choice in choices}
    lower = word.lower()
    begun = [choice for choice in by_lower if choice.startswith(lower)]
    close = begun[:1] or _close(lower, by_lower) or _close(lower.replace("-", "_"), by_lower)
    return by_lower[close[0]] if close else None


def _close(word: str, choices: Iterable[str]) -> list[str]:
    return get_close_matches(word, choices, n=1, cutoff=0.6)


def did_you_mean(word: str, choices: Iterable[str]) -> Text | None:
    guess = nearest(word, choices)
    return say("Did you mean `{guess}`?", guess=guess) if guess else None


def listed(choices: Iterable[str]) -> str:
    return ", ".join(f"`{choice}`" for choice in choices)
