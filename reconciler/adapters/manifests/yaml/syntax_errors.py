"""Errors of libyaml in plain words, with a hint.

In: libyaml's error and the bytes it was reading. Out: one diagnostic. libyaml names characters and indicators and never
quotes a value, so its text is safe beside a secret.
"""

from __future__ import annotations

from typing import Final

from yaml.error import Mark, MarkedYAMLError, YAMLError
from yaml.reader import ReaderError

from reconciler.adapters.manifests.yaml.encoding import position
from reconciler.adapters.manifests.yaml.parsed import origin_of
from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import Diagnostic, diagnostic
from reconciler.core.diagnostics.messages import Message, msg
from reconciler.core.values import Origin

_INDENT: Final = msg("Start all keys of one mapping in the same column, and indent with spaces")
_HINTS: Final[dict[str, Message]] = {
    "mapping values are not allowed in this context": msg(
        "Put a text that contains a colon and a space in quotes, or fix the indentation of this line and the one above"
    ),
    "could not find expected ':'": msg("Write a key as `key: value`, with a colon and a space"),
    "did not find expected key": _INDENT,
    "did not find expected '-' indicator": _INDENT,
    "did not find expected <document start>": _INDENT,
    "found unexpected end of stream": msg("Close the quote that was opened above"),
    "did not find expected ',' or ']'": msg("Close the `[` that was opened above"),
    "did not find expected ',' or '}'": msg("Close the `{{` that was opened above"),
    "found unknown escape character": msg("Write a backslash twice, or use single quotes"),
    "found character that cannot start any token": msg("Put a text that starts with this character in quotes"),
}
_KNOWN: Final = (
    msg("mapping values are not allowed in this context"),
    msg("could not find expected ':'"),
    msg("did not find expected key"),
    msg("did not find expected '-' indicator"),
    msg("did not find expected <document start>"),
    msg("did not find expected node content"),
    msg("did not find expected ',' or ']'"),
    msg("did not find expected ',' or '}}'"),
    msg("did not find expected hexdecimal number"),
    msg("did not find expected alphabetic or numeric character"),
    msg("did not find expected comment or line break"),
    msg("found unexpected end of stream"),
    msg("found unexpected document indicator"),
    msg("found unexpected ':'"),
    msg("found unknown escape character"),
    msg("found character that cannot start any token"),
    msg("found a tab character that violates indentation"),
    msg("found undefined tag handle"),
    msg("block sequence entries are not allowed in this context"),
    msg("mapping keys are not allowed in this context"),
    msg("control characters are not allowed"),
)
"""Problems of libyaml that the catalogue explains."""
_PROBLEMS: Final = {str(each): each for each in _KNOWN}
_NO_HINT: Final = msg("Compare the lines around this place with the example in the documentation")


def syntax_error_diagnostic(error: YAMLError, data: bytes, file: str) -> Diagnostic:
    """The one place where the parser could not go on."""
    match error:
        case ReaderError():
            return _bad_character(error, data, file)
        case MarkedYAMLError(problem=str(problem), problem_mark=mark) if mark is not None:
            return _at_mark(problem, mark, data, file)
        case _:
            return _not_yaml(msg("the parser gave no reason"), Origin(file))


def _at_mark(problem: str, mark: Mark, data: bytes, file: str) -> Diagnostic:
    origin = origin_of(file, mark)
    if problem == "but found another document":
        return diagnostic(
            codes.MANY_DOCUMENTS,
            msg("A second document starts here"),
            expected=msg("one document, which is one shop"),
            hint=msg("Use one file per shop"),
            origin=origin,
        )
    if _tab_in_indentation(data, mark.line):
        return diagnostic(
            codes.TAB,
            msg("The line is indented with a tab"),
            expected=msg("spaces"),
            hint=msg("Replace each tab at the start of the line by two spaces"),
            origin=Origin(file, mark.line + 1, 1),
        )
    return _not_yaml(problem, origin)


def _tab_in_indentation(data: bytes, line: int) -> bool:
    lines = data.splitlines()
    text = lines[line] if line < len(lines) else b""
    return b"\t" in text[: len(text) - len(text.lstrip())]


def _bad_character(error: ReaderError, data: bytes, file: str) -> Diagnostic:
    at = error.position if isinstance(error.position, int) else 0
    return diagnostic(
        codes.NOT_YAML,
        msg("The file contains the control character U+{number}", number=f"{ord_of(error.character):04X}"),
        expected=msg("text"),
        hint=msg("Delete the character (it is invisible), or write it as an escape in double quotes"),
        origin=position(data[:at].decode(errors="ignore"), file),
    )


def ord_of(character: object) -> int:
    """Libyaml gives the number, PyYAML's own reader the character."""
    return character if isinstance(character, int) else ord(str(character)[:1] or "\0")


def _not_yaml(problem: str | Message, origin: Origin) -> Diagnostic:
    return diagnostic(
        codes.NOT_YAML,
        msg("The line is not valid YAML: {problem}", problem=_PROBLEMS.get(str(problem), problem)),
        hint=_HINTS.get(str(problem), _NO_HINT),
        origin=origin,
    )
