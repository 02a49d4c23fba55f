"""How the parts of documents are written, read back and described: one codec states all three.

In: a class and the codecs of single values. Out: a codec. A reader takes exactly what its writer wrote and refuses
the rest (ValueError, TypeError, KeyError), so that nothing is half-read. Keys and forms follow from the annotations
of the class; an exception is stated beside it. The corpus of old documents shows when a class has changed in a way
that its documents must not.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from enum import Enum
from functools import partial
from types import NoneType, UnionType
from typing import Any, Final, get_args, get_origin, get_type_hints

from reconciler.core.documents.json_schema import Schema, SchemaMaker, closed_object, constant, named_schema
from reconciler.core.model.canonical import DigestKey, Json
from reconciler.lib.frozen_class import frozen


@frozen(kw_only=False)
class FieldCodec:
    """How one part is written and read back, and the JSON Schema of what is written.

    A value whose type is in `as_is` is the same in a document: neither function is called for it (journals are a hot path).
    """

    write: Callable[[Any, DigestKey | None], Json]
    read: Callable[[Any], Any]
    schema: SchemaMaker
    as_is: frozenset[type] = frozenset()


@dataclass
class DecodeError(Exception):
    """`place` is where the damage is, from here on inwards; `kind` names the fault. It does not quote the document."""

    place: str
    kind: str


def decode_at(place: str, read: Callable[[Any], Any], document: Any) -> Any:
    """What `read` makes of the document at `place`. Raises DecodeError."""
    try:
        return read(document)
    except DecodeError as inner:
        raise DecodeError(f"{place}{inner.place}", inner.kind) from None
    except (KeyError, TypeError, ValueError, RecursionError) as error:
        # The cause would print the value that it refused.
        raise DecodeError(place, type(error).__name__) from None


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
    """Exactly these: an unknown key would be dropped silently."""
    if not isinstance(document, dict) or document.keys() != set(names):
        raise ValueError("other names than expected")
    return document


def optional(form: FieldCodec) -> FieldCodec:
    read, write = form.read, form.write
    return FieldCodec(
        write=lambda value, key: None if value is None else write(value, key),
        read=lambda value: None if value is None else read(value),
        schema=lambda definitions: {"anyOf": [form.schema(definitions), {"type": "null"}]},
        as_is=form.as_is | {NoneType},
    )


def pair(left: FieldCodec, right: FieldCodec) -> FieldCodec:
    """Two that belong together, as a list of two."""
    write_left, write_right, read_left, read_right = left.write, right.write, left.read, right.read

    def read(document: Any) -> tuple[Any, Any]:
        one, other = require_list(document)
        return read_left(one), read_right(other)

    return FieldCodec(
        write=lambda value, key: [write_left(value[0], key), write_right(value[1], key)],
        read=read,
        schema=lambda definitions: {
            "type": "array",
            "prefixItems": [left.schema(definitions), right.schema(definitions)],
            "items": False,
            "minItems": 2,
        },
    )


def require_list(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise TypeError("not a list")
    return value


def enum_of(words: type[Enum]) -> FieldCodec:
    return FieldCodec(
        write=lambda value, _: value.value, read=words, schema=constant({"enum": [word.value for word in words]})
    )


def narrowed(form: FieldCodec, **keywords: Any) -> FieldCodec:
    """Read and written as `form`; the schema says more exactly what is written."""
    return replace(form, schema=lambda definitions: {**form.schema(definitions), **keywords})


def defined(name: str, form: FieldCodec) -> FieldCodec:
    """The schema becomes a definition of that name."""
    return replace(form, schema=named_schema(name, form.schema))


@frozen(kw_only=False)
class CodecFactory:
    """Derives codecs from annotations.

    `by_type` holds the codecs of single values. With `located`, a fault within a document names its place (DecodeError).
    """

    by_type: Mapping[Any, FieldCodec]
    located: bool = False

    def record(self, cls: type[Any], *, omit: Collection[str] = (), **forms: FieldCodec) -> FieldCodec:
        """An object with one key for each field of `cls`, a dataclass or a named tuple, less those in `omit`."""
        hints = get_type_hints(cls)
        names = (name for name in _field_names(cls) if name not in omit)
        return self.object(cls, **{name: forms.get(name) or self.of(hints[name]) for name in names})

    def object(self, make: Callable[..., Any], **forms: FieldCodec) -> FieldCodec:
        """An object with exactly these fields. Reading it calls `make` with them."""
        parts = [(name, key_of(name), form) for name, form in forms.items()]
        writers = [(name, key, form.as_is, form.write) for name, key, form in parts]
        readers = [(name, key, form.as_is, self._read_at(f".{key}", form)) for name, key, form in parts]
        keys = {key for _, key, _ in parts}

        # Loops, for a comprehension is a call more, and a journal writes and reads many small objects.
        def write(value: Any, digest_key: DigestKey | None) -> Json:
            document: dict[str, Json] = {}
            for name, key, as_is, write_part in writers:
                part = getattr(value, name)
                document[key] = part if type(part) in as_is else write_part(part, digest_key)
            return document

        def read(document: Any) -> Any:
            if not isinstance(document, dict) or document.keys() != keys:
                raise ValueError("other names than expected")
            parts = {}
            for name, key, as_is, read_part in readers:
                part = document[key]
                parts[name] = part if type(part) in as_is else read_part(part)
            return make(**parts)

        return FieldCodec(write=write, read=read, schema=_object_schema(forms))

    def list_of(self, form: FieldCodec) -> FieldCodec:
        write = form.write
        return FieldCodec(
            write=lambda values, key: [write(value, key) for value in values],
            read=self._list_reader(form.read),
            schema=lambda definitions: {"type": "array", "items": form.schema(definitions)},
        )

    def named_pair(self, **forms: FieldCodec) -> FieldCodec:
        """Two that belong together, each under its name."""
        first, second = forms
        whole = self.object(lambda **parts: (parts[first], parts[second]), **forms)
        write_first, write_second = (form.write for form in forms.values())
        return replace(
            whole, write=lambda value, key: {first: write_first(value[0], key), second: write_second(value[1], key)}
        )

    def of(self, hint: Any) -> FieldCodec:
        """The codec of an annotation. Raises TypeError for one that does not determine a written form."""
        known = self.by_type.get(hint)
        if known is not None:
            return known
        if isinstance(hint, type) and issubclass(hint, Enum):
            return enum_of(hint)
        if is_dataclass(hint) and isinstance(hint, type):
            return self.record(hint)
        match get_origin(hint), get_args(hint):
            case origin, (inner, other) if origin is tuple and other is Ellipsis:
                return self.list_of(self.of(inner))
            case origin, (left, right) if origin is tuple:
                return pair(self.of(left), self.of(right))
            case origin, (inner, other) if origin is UnionType and other is NoneType:
                return optional(self.of(inner))
        raise TypeError(f"no written form follows from {hint}")

    def _read_at(self, place: str, form: FieldCodec) -> Callable[[Any], Any]:
        return partial(decode_at, place, form.read) if self.located else form.read

    def _list_reader(self, read: Callable[[Any], Any]) -> Callable[[Any], tuple[Any, ...]]:
        if not self.located:
            return lambda values: tuple([read(value) for value in require_list(values)])
        return lambda values: tuple(
            [decode_at(f"[{index}]", read, value) for index, value in enumerate(require_list(values))]
        )


def _field_names(cls: type[Any]) -> tuple[str, ...]:
    return tuple(field.name for field in fields(cls)) if is_dataclass(cls) else cls._fields


def _object_schema(forms: Mapping[str, FieldCodec]) -> Callable[[dict[str, Schema]], Schema]:
    return lambda definitions: closed_object({key_of(name): form.schema(definitions) for name, form in forms.items()})
