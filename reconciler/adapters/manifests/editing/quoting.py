"""How a single value is written: without quotes where every reader takes it for the same text, as a block where it has lines.

In: a value. Out: the text beside the key, and the lines below it where it needs some. What it writes, the loader reads back.
"""

from __future__ import annotations

from typing import Final

from reconciler.adapters.manifests.editing.tree import Scalar
from reconciler.adapters.manifests.yaml.plain_scalars import resolve_plain
from reconciler.core.diagnostics.redaction import is_visible

_INDICATORS: Final = frozenset("-?:,[]{}#&*!|>@`\"'%")
_MARKS: Final = ("...", "---")
_LEFT_OPEN: Final = (": ", ":\t", " #", "\t#")
_WIDE_SPACE: Final = "\u3000"
_ESCAPES: Final = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t", "\0": "\\0"}


def format_scalar(value: Scalar) -> tuple[str, tuple[str, ...]]:
    """The text beside the key; of a text with lines of its own, its mark (`|`, `|-`) and those lines, not yet indented."""
    match value:
        case None:
            return "null", ()
        case bool():
            return "true" if value else "false", ()
        case str() if _is_block(value):
            return ("|" if value.endswith("\n") else "|-"), tuple(value.removesuffix("\n").split("\n"))
        case _:
            return scalar_text(value), ()


def scalar_text(value: str) -> str:
    """A text on one line, unquoted if every version of YAML reads it as that text, else in quotes."""
    return value if _is_plain(value) else quoted_text(value)


def quoted_text(value: str) -> str:
    """In single quotes where double ones would need escapes."""
    if ('"' in value or "\\" in value) and "'" not in value and _is_printable(value):
        return f"'{value}'"
    return '"' + "".join(map(_escaped, value)) + '"'


def _is_plain(value: str) -> bool:
    return (
        bool(value)
        and value[0] not in _INDICATORS
        and not (value[0].isspace() or value[-1].isspace() or value.endswith(":"))
        and not value.startswith(_MARKS)
        and not any(sequence in value for sequence in _LEFT_OPEN)
        and _is_printable(value)
        and resolve_plain(value) == value
    )


def _is_block(value: str) -> bool:
    """Whether the lines can be a block: none is empty at the start, ends in a space, or has invisible characters."""
    lines = value.removesuffix("\n").split("\n")
    return (
        "\n" in value
        and bool(lines[0])
        and not lines[0][0].isspace()
        and bool(lines[-1])
        and all(line == line.rstrip() and _is_printable(line) for line in lines)
    )


def _is_printable(value: str) -> bool:
    return all(map(is_visible, value))


def _escaped(character: str) -> str:
    if character in _ESCAPES:
        return _ESCAPES[character]
    if is_visible(character):
        return character
    number = ord(character)
    return f"\\x{number:02X}" if number < 0x100 else f"\\u{number:04X}" if number < 0x10000 else f"\\U{number:08X}"
