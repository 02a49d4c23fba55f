"""The fast path through a manifest: the subset of YAML that nearly every file uses, read line by line.

In: the text of a file. Out: its values with their places, exactly as `yaml` would give them; or None for anything else, which
libyaml then reads. It leaves to libyaml, without a diagnostic: aliases, tags, lists, flow style, escapes, texts over several
lines except `|` ones, tabs, empty values, duplicate keys, values that YAML 1.1 and 1.2 read differently.
"""

from __future__ import annotations

import re
from array import array
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from reconciler.adapters.manifests.yaml.parsed import COLUMN_BITS
from reconciler.adapters.manifests.yaml.plain_scalars import Ambiguous, Plain, resolve_plain
from reconciler.core.diagnostics.redaction import is_safe_text

_ENTRY: Final = re.compile(
    r"(\x20*)([A-Za-z_][A-Za-z0-9_.-]{0,99}):"
    r"(?:\x20+(?:"
    r'"([^"\\]*)"'
    r"|'([^']*)'"
    r"|(\|-?)"
    r"|([^\x00-*,\-:-@\[-^`{-\xa0](?:[^\x20:#]|:(?=[^\x20])|(?<=[^\x20])\#|\x20+(?=[^\x20\#]))*)"
    r"))?"
    r"\x20*(?:(?<=\x20)\#.*)?"
)
"""Indentation and key; then a text in double quotes, in single ones, the beginning of a block, or a plain one; or nothing.

A plain text starts with a letter, a digit, one of `_./+`, or any character from U+00A1.

No possessive quantifier: Python before 3.11.5 lets a group that is repeated by one end a step too late. There is one way only to
read a plain text, so that nothing is gained by going back into it, and each run of spaces is gone through once.
"""

_BLANK: Final = re.compile(r"\x20*(?:\#.*)?")
_STRANGE: Final = re.compile("[\x00-\t\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufeff\ufffe\uffff]")
"""Tabs, other ends of lines, byte order marks, and what libyaml refuses as not printable. A class of all other characters
would take some milliseconds to compile.
"""

_NOTHING, _KEY, _DOUBLE, _SINGLE, _BLOCK = 0, 2, 3, 4, 5
_BARE: Final = 6
_QUOTED: Final = frozenset({_DOUBLE, _SINGLE})
"""The groups of `_ENTRY`. A quoted text is placed at its quote."""

_NO_ENTRY: Final = (0, "", _NOTHING, None, 0, True)

_DEPTH_LIMIT: Final = 16


@dataclass(slots=True, kw_only=True)
class FastResult:
    """What `Parsed` holds of a file in which nothing is wrong."""

    data: dict[str, Any]
    names: list[str]
    marks: array[int]
    harmless: bool = False


def parse_fast(text: str) -> FastResult | None:
    if not text.endswith("\n") or _STRANGE.search(text) is not None:
        return None
    return _read(text.split("\n"))


def _read(lines: list[str]) -> FastResult | None:
    """The hot loop of loading a fleet: kept flat."""
    data: dict[str, Any] = {}
    made = FastResult(data=data, names=[], marks=array("Q"))
    add_name, add_mark = made.names.append, made.marks.append
    above: list[tuple[int, dict[str, Any], str]] = []
    indent, prefix, opened = 0, "", ""
    after, sound = 0, True
    for number, line in enumerate(lines):
        if number < after:
            continue
        entry = _entry(line)
        if entry is None:
            return None
        here, key, at, value, column, fine = entry
        if at == _NOTHING:
            continue
        sound &= fine
        if opened:
            if here <= indent or len(above) == _DEPTH_LIMIT:
                return None
            above.append((indent, data, prefix))
            data[opened] = data = {}
            indent, prefix, opened = here, f"{prefix}{opened}.", ""
        while here < indent:
            indent, data, prefix = above.pop()
        if here != indent or key in data:
            return None
        if at == _KEY:
            opened = key
            continue
        if at == _BLOCK:
            read = _block(lines, number + 1, here)
            if read is None:
                return None
            text, after = read
            value = text if value == "|" else text[:-1]
            sound &= _harmless(text)
        data[key] = value
        add_name(prefix + key)
        add_mark(number << COLUMN_BITS | column)  # as `packed` does, without the call
    made.harmless = sound
    return None if opened or not made.data else made


_Entry = tuple[int, str, int, Plain, int, bool]

_harmless: Final = lru_cache(maxsize=1024)(is_safe_text)
"""Of keys, and of the texts that fill many lines, too, shops share most."""


@lru_cache(maxsize=4096)
def _entry(line: str) -> _Entry | None:
    """Indentation, key, what follows it, its value, its column, whether both are harmless. The shops of a fleet share most
    of their lines.
    """
    match = _ENTRY.fullmatch(line)
    if match is None:
        return _NO_ENTRY if _BLANK.fullmatch(line) is not None else None
    spaces, key, at = len(match[1]), str(match[2]), match.lastindex or _KEY
    if type(resolve_plain(key)) is not str:
        return None
    if at == _KEY:
        return spaces, key, at, None, 0, _harmless(key)
    value = resolve_plain(match[at]) if at == _BARE else str(match[at])
    if type(value) is Ambiguous:
        return None
    fine = _harmless(key) and (type(value) is not str or is_safe_text(value))
    return spaces, key, at, value, match.start(at) - (at in _QUOTED), fine


def _block(lines: list[str], start: int, above: int) -> tuple[str, int] | None:
    """The text of the block that starts there, below a key indented by `above`, and the line after it."""
    first = lines[start]
    indent = len(first) - len(first.lstrip(" "))
    if indent <= above or indent == len(first):
        return None
    margin, content, after = first[:indent], [first[indent:]], start + 1
    while after < len(lines) and (not lines[after] or lines[after].startswith(margin)):
        if lines[after].isspace():
            return None
        content.append(lines[after][indent:])
        after += 1
    while not content[-1]:
        content.pop()
    return "\n".join(content) + "\n", after
