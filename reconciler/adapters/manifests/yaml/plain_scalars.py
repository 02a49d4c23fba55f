"""What a plain scalar (one without quotes) means to YAML 1.1 and to YAML 1.2's core schema.

In: the text of a plain scalar. Out: its value where both readings agree, else `Ambiguous` with both of them.
Editors, PyYAML and people follow one version or the other, so a text the two read differently is no value here.
It deliberately knows no timestamps: a date is text to YAML 1.2, and therefore ambiguous without quotes.
"""

from __future__ import annotations

import re
from typing import Final

from reconciler.core.diagnostics.messages import Message, msg
from reconciler.lib.frozen_class import frozen


@frozen(kw_only=False)
class Ambiguous:
    """A text that YAML 1.1 (`older`) and YAML 1.2 (`newer`) read differently, and how to write what is meant."""

    text: str
    yaml11: Message
    yaml12: Message
    hint: Message


Plain = str | bool | int | float | Ambiguous | None

_TEXT: Final = msg("text")
_QUOTE: Final = msg("Put it in quotes if it is meant as text")
_LONGEST_NUMBER: Final = 40
"""Digits beyond which a number is kept as an approximation: Python refuses to convert thousands of them."""


def resolve_plain(text: str) -> Plain:
    """The value of a plain scalar. Words first, then what may be a number; all else is text."""
    if text in _WORDS:
        return _WORDS[text]
    return _number(text) if text[0] in "0123456789+-." else text


def _word(text: str, meaning: bool) -> Ambiguous:
    older = msg("true") if meaning else msg("false")
    hint = (
        msg("Write true without quotes, or put the word in quotes if it is meant as text")
        if meaning
        else msg("Write false without quotes, or put the word in quotes if it is meant as text")
    )
    return Ambiguous(text, older, _TEXT, hint)


def _cases(word: str) -> tuple[str, ...]:
    return word, word.capitalize(), word.upper()


_WORDS: Final[dict[str, Plain]] = {
    "": None,
    "~": None,
    **dict.fromkeys(_cases("null")),
    **dict.fromkeys(_cases("true"), True),
    **dict.fromkeys(_cases("false"), False),
    **{case: _word(case, True) for word in ("yes", "on", "y") for case in _cases(word)},
    **{case: _word(case, False) for word in ("no", "off", "n") for case in _cases(word)},
    "<<": Ambiguous(
        "<<",
        msg("a merge of the mapping that follows"),
        msg("a key like any other"),
        msg("Put values that shops share into _defaults.yaml or a file in _groups, and refer to the group"),
    ),
    "=": Ambiguous("=", msg("the default value of a mapping"), _TEXT, _QUOTE),
}

_DECIMAL: Final = re.compile(r"[-+]?(?:0|[1-9][0-9]*)")
_SAME_FLOAT: Final = re.compile(r"[-+]?[0-9]+\.[0-9]*(?:[eE][-+][0-9]+)?|[-+]?\.[0-9]+(?:[eE][-+][0-9]+)?")
_SAME_HEX: Final = re.compile(r"0x[0-9a-fA-F]+")
_NOT_FINITE: Final = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")

_OLDER: Final = (
    (re.compile(r"[-+]?0b[01_]+"), msg("a binary number")),
    (re.compile(r"[-+]?0[0-7_]+"), msg("an octal number")),
    (re.compile(r"[-+]?0x[0-9a-fA-F_]+"), msg("a hexadecimal number")),
    (re.compile(r"[-+]?[1-9][0-9_]*"), msg("a whole number")),
    # YAML 1.1 forbids a leading zero; some of its parsers accept one anyway.
    (re.compile(r"[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?"), msg("a number in base 60")),
    (re.compile(r"[-+]?(?:[0-9][0-9_]*)?\.[0-9_]+(?:[eE][-+][0-9]+)?"), msg("a number")),
    (re.compile(r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[Tt\x20\t].*)?"), msg("a date")),
)
_NEWER: Final = (
    (re.compile(r"[-+]?[0-9]+"), msg("a whole number")),
    (re.compile(r"0o[0-7]+"), msg("an octal number")),
    (re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?"), msg("a number")),
)


def _number(text: str) -> Plain:
    if _DECIMAL.fullmatch(text):
        return int(text) if len(text) <= _LONGEST_NUMBER else float(text)
    if _SAME_FLOAT.fullmatch(text):
        return float(text)
    if _SAME_HEX.fullmatch(text):
        return int(text, 16)
    if _NOT_FINITE.fullmatch(text):
        return float(text.replace(".", "", 1))
    older, newer = _reading(_OLDER, text), _reading(_NEWER, text)
    return text if older == newer == _TEXT else Ambiguous(text, older, newer, _QUOTE)


def _reading(readings: tuple[tuple[re.Pattern[str], Message], ...], text: str) -> Message:
    return next((words for pattern, words in readings if pattern.fullmatch(text)), _TEXT)
