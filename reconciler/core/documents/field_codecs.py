"""The parts of events and saved plans written down, and read back: values, texts, diagnostics, places.

In: a part and the key of the digests that stand for secrets. Out: JSON, or the part again. Each form takes exactly what it wrote
and refuses the rest (ValueError, TypeError, KeyError; UnknownVersion for a word of a later version): nothing is half-read.
Names of kinds and fields are not looked up: a field that is gone still has its history. It knows of no event and no plan.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from reconciler.core.diagnostics.codes import all_codes
from reconciler.core.diagnostics.diagnostic import Code, Diagnostic, Severity
from reconciler.core.diagnostics.messages import Message
from reconciler.core.model.canonical import DigestKey, Json
from reconciler.core.model.state import FieldRef
from reconciler.core.values import (
    Origin,
    ShopKey,
)


class DocumentError(Exception):
    """`text` says why. Never carries what stands in the document."""

    def __init__(self, text: Message) -> None:
        super().__init__(str(text))
        self.text = text


class NewerVersion(DocumentError):
    """Written by a version of the tool that knows more than this one: a newer form, or a word without meaning here."""


class CorruptDocument(DocumentError):
    """Of a known form, and not as that form is."""


@dataclass(frozen=True, slots=True)
class FieldCodec:
    """How one part is written, and read back."""

    write: Callable[[Any, DigestKey | None], Json]
    read: Callable[[Any], Any]


_WRITTEN_AS: Final[Mapping[str, str]] = {
    "action": "does",
    "caused_by": "follows",
    "endpoint_target": "target",
    "hint": "way_on",
    "metadata": "made",
    "unchanged_shops": "left_out",
    "was_open": "live",
}
"""Attributes whose key in documents has another name: documents keep their keys when an attribute is renamed."""


def key_of(attribute: str) -> str:
    """The key under which an attribute is written."""
    return _WRITTEN_AS.get(attribute, attribute)


def require_keys(document: Any, *names: str) -> dict[str, Any]:
    """Exactly these: a name too many would be dropped silently."""
    if not isinstance(document, dict) or document.keys() != set(names):
        raise ValueError("other names than expected")
    return document


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError("not a text")
    return value


def _number(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError("not a number")
    return value


def _list(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise TypeError("not a list")
    return value


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise TypeError("not true or false")
    return value


def _write_ref(ref: FieldRef, _: DigestKey | None) -> Json:
    return {"kind": ref.kind, "field": ref.field, "entry": ref.entry}


def _read_ref(document: Any) -> FieldRef:
    parts = require_keys(document, "kind", "field", "entry")
    return FieldRef(_text(parts["kind"]), _text(parts["field"]), OPTIONAL_TEXT.read(parts["entry"]))


def _write_message(text: Message, _: DigestKey | None = None) -> Json:
    return {"template": text.template, "arguments": {name: _write_argument(value) for name, value in text.arguments}}


def _write_argument(value: Any) -> Json:
    match value:
        case Message():
            return _write_message(value)
        case int():
            return int(value)
        case str():
            return str(value)
    raise TypeError(f"{type(value).__name__} is not the argument of a text")


def _read_message(document: Any) -> Message:
    parts = require_keys(document, "template", "arguments")
    arguments = require_keys(parts["arguments"], *parts["arguments"])
    read = ((name, _read_argument(value)) for name, value in sorted(arguments.items()))
    return Message(_text(parts["template"]), tuple(read))


def _read_argument(value: Any) -> str | int | Message:
    if isinstance(value, dict):
        return _read_message(value)
    return value if isinstance(value, str) else _number(value)


def _write_code(code: Code) -> Json:
    return {
        "number": code.number,
        "slug": code.slug,
        "title": _write_message(code.title),
        "severity": code.severity.name_lower,
    }


def _read_code(document: Any) -> Code:
    """Today's code of that number. One that is not known here stands as it was written."""
    parts = require_keys(document, "number", "slug", "title", "severity")
    title, severity = _read_message(parts["title"]), _read_severity(parts["severity"])
    as_written = Code(_text(parts["number"]), _text(parts["slug"]), title, severity)
    return _CODES.get(as_written.number, as_written)


def _read_severity(word: Any) -> Severity:
    return Severity[_text(word).upper()]


def _write_diagnostic(why: Diagnostic, key: DigestKey | None) -> Json:
    return {
        "code": _write_code(why.code),
        "severity": why.severity.name_lower,
        **{key_of(name): form.write(getattr(why, name), key) for name, form in _DIAGNOSTIC.items()},
    }


def _read_diagnostic(document: Any) -> Diagnostic:
    parts = require_keys(document, "code", "severity", *map(key_of, _DIAGNOSTIC))
    return Diagnostic(
        code=_read_code(parts["code"]),
        severity=_read_severity(parts["severity"]),
        **{name: form.read(parts[key_of(name)]) for name, form in _DIAGNOSTIC.items()},
    )


def _write_origin(origin: Origin, _: DigestKey | None) -> Json:
    return {"file": origin.file, "line": origin.line, "column": origin.column}


def _read_origin(document: Any) -> Origin:
    parts = require_keys(document, "file", "line", "column")
    return Origin(_text(parts["file"]), _number(parts["line"]), _number(parts["column"]))


def optional(form: FieldCodec) -> FieldCodec:
    return FieldCodec(
        write=lambda value, key: None if value is None else form.write(value, key),
        read=lambda value: None if value is None else form.read(value),
    )


def list_of(form: FieldCodec) -> FieldCodec:
    return FieldCodec(
        write=lambda values, key: [form.write(value, key) for value in values],
        read=lambda values: tuple(form.read(value) for value in _list(values)),
    )


def pair(left: FieldCodec, right: FieldCodec) -> FieldCodec:
    """Two that belong together, as a list of two."""
    return FieldCodec(
        write=lambda value, key: [left.write(value[0], key), right.write(value[1], key)],
        read=lambda value: _read_pair(left, right, value),
    )


def _read_pair(left: FieldCodec, right: FieldCodec, document: Any) -> tuple[Any, Any]:
    one, other = _list(document)
    return left.read(one), right.read(other)


TEXT: Final = FieldCodec(write=lambda value, _: _text(value), read=_text)
NUMBER: Final = FieldCodec(write=lambda value, _: _number(value), read=_number)
FLAG: Final = FieldCodec(write=lambda value, _: _flag(value), read=_flag)
SHOP: Final = FieldCodec(write=lambda value, _: str(value), read=lambda value: ShopKey(_text(value)))
REF: Final = FieldCodec(write=_write_ref, read=_read_ref)
OPTIONAL_TEXT: Final = optional(TEXT)
OPTIONAL_NUMBER: Final = optional(NUMBER)
ORIGIN: Final = FieldCodec(write=_write_origin, read=_read_origin)
_MESSAGE: Final = FieldCodec(write=_write_message, read=_read_message)
_DIAGNOSTIC: Final[Mapping[str, FieldCodec]] = {
    "summary": _MESSAGE,
    "expected": optional(_MESSAGE),
    "hint": optional(_MESSAGE),
    "shop": optional(SHOP),
    "subject": OPTIONAL_TEXT,
    "origin": optional(ORIGIN),
}
WHY: Final = FieldCodec(write=_write_diagnostic, read=_read_diagnostic)

_CODES: Final = {code.number: code for code in all_codes()}
