"""How a value is shown in a message: short, on one line, and never a secret.

In: a value and its place. Out: words. A value at a place whose name contains token, secret or password is not quoted, nor is any
text that looks like a secret, in any place. Of an id or an address only the start is shown: a value without its form may be
anything.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from difflib import get_close_matches
from typing import Final

from reconciler.core.diagnostics.messages import Message, msg
from reconciler.core.diagnostics.redaction import REDACTED, is_high_entropy, is_visible, may_be_secret, redact

_SECRET_PLACE: Final = re.compile(r"token|secret|passw", re.IGNORECASE)
_ID_PLACE: Final = re.compile(r"amazon\.api\.(?:seller_id|client_id)")
_BEGUN_PLACE: Final = re.compile(r"(?:^|[._])(?:id|url|backend|store|inbox|payments)$")
_ADDRESS: Final = re.compile(r"(?:https?|postgresql(?:\+[a-z]+)?)://\S+", re.IGNORECASE)
_PLAIN_WORD: Final = re.compile(r"[-+]?[0-9][0-9.,:_]{0,11} ?[a-z%]{0,3}|true|false|yes|no|on|off", re.IGNORECASE)
_BEGINNING: Final = 3
_OF_AN_ID: Final = 12
"""An identifier of Amazon's is no secret, but a text without its form may be anything: enough to find it again."""
_LONGEST_QUOTE: Final = 60
_LONGEST_GUESS: Final = 80


def is_secret(place: str, value: str) -> bool:
    return _SECRET_PLACE.search(place) is not None or may_be_secret(value) or is_high_entropy(value.strip())


def is_plain_word(value: str) -> bool:
    """A number, a time or a word for on or off: never a secret."""
    return _PLAIN_WORD.fullmatch(value.strip()) is not None


def is_partial_place(place: str) -> bool:
    """Whether only the beginning of a text at this place may be shown: it may be anything while it has not its form."""
    return _BEGUN_PLACE.search(place) is not None or _ID_PLACE.fullmatch(place) is not None


def quote(value: str, place: str = "") -> Message:
    """The text in backquotes, control characters as escapes; or that it is not shown. Of an address, not what may be secret."""
    address = _ADDRESS.fullmatch(value.strip()) is not None
    shown = redact(value) if address else value
    if is_secret(place, shown.replace(f"{REDACTED}@", "").replace(REDACTED, "")):
        return msg("a sensitive value")
    if _ID_PLACE.fullmatch(place) and not address:
        return msg("`{value}` ({count} characters)", value=_cut(value, _OF_AN_ID), count=len(value))
    if _BEGUN_PLACE.search(place) and not address:
        return truncated(value)
    return msg("`{value}`", value=_escaped(shown))


def truncated(value: str) -> Message:
    """The first few characters, and that there are more."""
    return msg("`{value}`", value=_cut(value, _BEGINNING))


def _cut(value: str, length: int) -> str:
    return f"{_escaped(value[:length])}{'...' if len(value) > length else ''}"


def display_path(path: Iterable[object]) -> str:
    """The dotted place, on one line; a key that is too long is cut, one that looks like a token is omitted."""
    return ".".join(_step(str(step)) for step in path)


def _step(key: str) -> str:
    if may_be_secret(key) or is_high_entropy(key):
        return REDACTED
    return key if key.isidentifier() and len(key) <= _LONGEST_QUOTE else _escaped(key)


def _escaped(text: str) -> str:
    shown = json.dumps(text[:_LONGEST_QUOTE], ensure_ascii=False)[1:-1].replace('\\"', '"')
    seen = "".join(character if is_visible(character) else json.dumps(character)[1:-1] for character in shown)
    return f"{seen}..." if len(text) > _LONGEST_QUOTE else seen


def misplaced_value(value: object, place: str = "") -> Message:
    """A value where no text belongs. Of a text only its start is shown, unless it was probably meant for such a value."""
    if isinstance(value, str) and value and not is_secret(place, value) and not is_plain_word(value):
        return msg("the text {value}", value=truncated(value))
    return describe(value, place)


def describe(value: object, place: str = "") -> Message:
    """What a value is, and its text where that helps."""
    match value:
        case None:
            return msg("nothing")
        case bool():
            return msg("`{value}`", value="true" if value else "false")
        case int() | float():
            return msg("the number {value}", value=quote(str(value), place))
        case "":
            return msg("an empty text")
        case str():
            return msg("the text {value}", value=quote(value, place))
        case dict():
            return msg("a mapping")
        case _:
            return msg("a list")


def nearest(word: str, choices: Iterable[str]) -> str | None:
    """The choice that was probably meant: one that starts like it, or is spelled nearly like it."""
    if not 1 < len(word) <= _LONGEST_GUESS:
        return None
    by_lower = {choice.lower(): choice for choice in choices}
    lower = word.lower()
    completed = [choice for choice in by_lower if choice.startswith(lower)]
    close = completed[:1] or _close(lower, by_lower) or _close(lower.replace("-", "_"), by_lower)
    return by_lower[close[0]] if close else None


def _close(word: str, choices: Iterable[str]) -> list[str]:
    return get_close_matches(word, choices, n=1, cutoff=0.6)


_MEANS: Final = {
    **dict.fromkeys(("true", "yes", "on", "1"), frozenset({"registered", "open", "allow"})),
    **dict.fromkeys(("false", "no", "off", "0"), frozenset({"absent", "closed", "deny"})),
}


def closest_switch(switch: str, choices: Iterable[str]) -> Message | None:
    """Of a field with words of its own: the word for on or off that was meant by a switch's."""
    word = next((choice for choice in choices if choice in _MEANS.get(switch.strip().lower(), ())), None)
    return msg("Did you mean `{guess}`?", guess=word) if word else None


def did_you_mean(word: str, choices: Iterable[str]) -> Message | None:
    guess = nearest(word, choices)
    return msg("Did you mean `{guess}`?", guess=guess) if guess else None


def choices_message(choices: Iterable[str]) -> Message:
    """What would be right: a choice, or the only one there is."""
    known = tuple(choices)
    return msg("`{value}`", value=known[0]) if len(known) == 1 else msg("one of {choices}", choices=join_choices(known))


def join_choices(choices: Iterable[str]) -> str:
    return ", ".join(f"`{choice}`" for choice in choices)
