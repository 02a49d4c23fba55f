"""The parts that run events and saved plans share: texts, numbers, messages, diagnostics, places, fields.

In: a part and the key of the digests that stand for secrets. Out: JSON, or the part again. Names of kinds and fields are not
looked up: a field that no longer exists still has its history. It knows of no event and no plan.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

from reconciler.core.diagnostics.codes import all_codes
from reconciler.core.diagnostics.diagnostic import Code, Diagnostic, Severity
from reconciler.core.diagnostics.messages import Message
from reconciler.core.documents.codec import CodecFactory, FieldCodec, defined
from reconciler.core.documents.json_schema import Definitions, Schema, constant
from reconciler.core.model.canonical import DigestKey, Json
from reconciler.core.model.state import FieldRef
from reconciler.core.values import Origin, ShopKey


class DocumentError(Exception):
    """`text` says why. Never carries a value of the document."""

    def __init__(self, text: Message) -> None:
        super().__init__(str(text))
        self.text = text


class NewerVersion(DocumentError):
    """Written by a newer version of the tool: a newer form, or a word without meaning here."""


class CorruptDocument(DocumentError):
    """Of a known form, and damaged."""


def _text(value: Any, _: DigestKey | None = None) -> str:
    if not isinstance(value, str):
        raise TypeError("not a text")
    return value


def _number(value: Any, _: DigestKey | None = None) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError("not a number")
    return value


def _flag(value: Any, _: DigestKey | None = None) -> bool:
    if not isinstance(value, bool):
        raise TypeError("not true or false")
    return value


def _shop(value: Any) -> ShopKey:
    return ShopKey(_text(value))


def _severity(word: Any) -> Severity:
    return Severity[_text(word).upper()]


def _plain(of: type, check: Callable[..., Any], **keywords: Any) -> FieldCodec:
    return FieldCodec(write=check, read=check, schema=constant(keywords), as_is=frozenset({of}))


TEXT: Final = _plain(str, _text, type="string")
NUMBER: Final = _plain(int, _number, type="integer", minimum=0)
FLAG: Final = _plain(bool, _flag, type="boolean")
SHOP: Final = FieldCodec(
    write=lambda value, _: str(value),
    read=_shop,
    schema=constant({"type": "string", "pattern": ShopKey.PATTERN}),
)
_SEVERITY: Final = FieldCodec(
    write=lambda value, _: value.name_lower,
    read=_severity,
    schema=constant({"enum": [severity.name_lower for severity in Severity]}),
)


def _write_argument(value: Any) -> Json:
    match value:
        case Message():
            return MESSAGE.write(value, None)
        case int():
            return int(value)
        case str():
            return str(value)
    raise TypeError(f"{type(value).__name__} is not the argument of a text")


def _read_argument(value: Any) -> str | int | Message:
    if isinstance(value, dict):
        read: Message = MESSAGE.read(value)
        return read
    return value if isinstance(value, str) else _number(value)


def _read_arguments(document: Any) -> tuple[tuple[str, str | int | Message], ...]:
    if not isinstance(document, dict):
        raise TypeError("not a mapping")
    return tuple([(name, _read_argument(value)) for name, value in sorted(document.items())])


def _arguments_schema(definitions: Definitions) -> Schema:
    argument = {"anyOf": [{"type": ["string", "integer"]}, MESSAGE.schema(definitions)]}
    return {"type": "object", "additionalProperties": argument}


_ARGUMENTS: Final = FieldCodec(
    write=lambda arguments, _: {
        name: value if type(value) in (str, int) else _write_argument(value) for name, value in arguments
    },
    read=_read_arguments,
    schema=_arguments_schema,
)


def _known_code(code: Code) -> Code:
    """Today's code of that number. One that is not known here stays as it was written."""
    return _CODES.get(code.number, code)


_BASIC: Final = CodecFactory({str: TEXT, int: NUMBER, bool: FLAG, ShopKey: SHOP, Severity: _SEVERITY})
MESSAGE: Final = defined("message", _BASIC.record(Message, arguments=_ARGUMENTS))
ORIGIN: Final = defined("place", _BASIC.record(Origin))
REF: Final = defined("field", _BASIC.record(FieldRef))
_DESCRIBED: Final = CodecFactory({**_BASIC.by_type, Message: MESSAGE, Origin: ORIGIN, FieldRef: REF})
_CODE: Final = _DESCRIBED.record(Code)
WHY: Final = defined(
    "finding",
    _DESCRIBED.record(
        Diagnostic, omit=["stale_field"], code=replace(_CODE, read=lambda document: _known_code(_CODE.read(document)))
    ),
)
SHARED: Final = {**_DESCRIBED.by_type, Diagnostic: WHY}
"""Codecs by the type of what they write."""

_CODES: Final = {code.number: code for code in all_codes()}
