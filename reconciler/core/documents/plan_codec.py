"""The parts of a saved plan written down, and read back: changes, steps, brackets, shops.

In: a part and the key of the digests that stand for secrets. Out: JSON, or the part again; values, texts and diagnostics are
written as `event_parts` writes them. What is damaged is refused with the place where it stands (`DecodeError`). It knows neither
the envelope nor what proves that nobody edited it.

The written form is stated here field by field, as that of events is: renaming a field must not rename it in files.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final

from reconciler.core.diagnostics.messages import msg
from reconciler.core.documents.field_codecs import (
    FLAG,
    NUMBER,
    OPTIONAL_TEXT,
    ORIGIN,
    REF,
    SHOP,
    TEXT,
    WHY,
    FieldCodec,
    NewerVersion,
    key_of,
    optional,
    require_keys,
)
from reconciler.core.documents.value_codec import VALUE
from reconciler.core.model.kinds import KIND_NAMES, KINDS
from reconciler.core.model.state import FieldRef, MaintenancePolicy
from reconciler.core.planning.change import Change, Reason
from reconciler.core.planning.plan import ClosureBracket, ShopPlan, Step, StepKind


@dataclass
class DecodeError(Exception):
    """`place` is where the damage is, from here on inwards; `kind` names the fault. What stands there is not told."""

    place: str
    kind: str


def decode_at(place: str, read: Callable[[Any], Any], document: Any) -> Any:
    """What `read` makes of the document that stands at `place`. Raises DecodeError."""
    try:
        return read(document)
    except DecodeError as inner:
        raise DecodeError(f"{place}{inner.place}", inner.kind) from None
    except (KeyError, TypeError, ValueError, RecursionError) as error:
        # The cause would print the value it stumbled over.
        raise DecodeError(place, type(error).__name__) from None


def record(make: Callable[..., Any], **fields: FieldCodec) -> FieldCodec:
    """An object with exactly these fields."""

    def read(document: Any) -> Any:
        parts = require_keys(document, *map(key_of, fields))
        return make(
            **{name: decode_at(f".{key_of(name)}", form.read, parts[key_of(name)]) for name, form in fields.items()}
        )

    return FieldCodec(
        write=lambda value, key: {key_of(name): form.write(getattr(value, name), key) for name, form in fields.items()},
        read=read,
    )


def located_list(form: FieldCodec) -> FieldCodec:
    """A list of them; a fault says at which it is."""

    def read(document: Any) -> Any:
        if not isinstance(document, list):
            raise TypeError("not a list")
        return tuple(decode_at(f"[{index}]", form.read, one) for index, one in enumerate(document))

    return FieldCodec(write=lambda values, key: [form.write(value, key) for value in values], read=read)


def named_pair(**fields: FieldCodec) -> FieldCodec:
    """Two things, each under its name."""
    first, second = fields

    def read(document: Any) -> Any:
        parts = require_keys(document, first, second)
        return tuple(decode_at(f".{name}", form.read, parts[name]) for name, form in fields.items())

    return FieldCodec(
        write=lambda values, key: {
            name: form.write(value, key) for (name, form), value in zip(fields.items(), values, strict=True)
        },
        read=read,
    )


def enum_of(words: type[Enum]) -> FieldCodec:
    return FieldCodec(write=lambda value, _: value.value, read=words)


def _read_field(document: Any) -> FieldRef:
    """Unlike one of a journal, a field of a plan is going to be written, so it has to be one."""
    ref: FieldRef = REF.read(document)
    specs = (spec for kind in KINDS if kind.name == ref.kind for spec in kind.fields if spec.name == ref.field)
    spec = next(specs, None)
    if spec is None:
        raise NewerVersion(msg("The field {name} is not known to this version", name=str(ref)))
    if spec.policy.entries is not (ref.entry is not None):
        raise ValueError("an entry of what has none, or none of what has")
    return ref


def _read_kind(document: Any) -> str:
    kind: str = TEXT.read(document)
    if kind not in ("", *KIND_NAMES):
        raise NewerVersion(msg("The kind {name} is not known to this version", name=kind))
    return kind


def _read_shop(document: Any) -> ShopPlan:
    """Steps and bracket must be about the changes and steps that are there."""
    shop: ShopPlan = _SHOP.read(document)
    written = {change.ref for change in shop.written_changes}
    for index, step in enumerate(shop.steps):
        if any(ref not in written or ref.kind != step.kind for ref in step.refs):
            raise DecodeError(f".steps[{index}].refs", "ValueError")
    ends = [index for index, step in enumerate(shop.steps) if step.action in (StepKind.CLOSE, StepKind.REOPEN)]
    if ends != ([shop.bracket.first, shop.bracket.last] if shop.bracket else []):
        raise DecodeError(".bracket", "ValueError")
    return shop


FIELD: Final = FieldCodec(write=REF.write, read=_read_field)
_CHANGE: Final = record(
    Change,
    ref=FIELD,
    before=VALUE,
    after=VALUE,
    reason=enum_of(Reason),
    origin=ORIGIN,
    caused_by=optional(FIELD),
)
_STEP: Final = record(
    Step, action=enum_of(StepKind), kind=FieldCodec(write=TEXT.write, read=_read_kind), refs=located_list(FIELD)
)
_SHOP: Final = record(
    ShopPlan,
    shop=SHOP,
    origin=ORIGIN,
    changes=located_list(_CHANGE),
    steps=located_list(_STEP),
    bracket=optional(record(ClosureBracket, first=NUMBER, last=NUMBER, seconds=NUMBER)),
    predicted=located_list(named_pair(ref=FIELD, value=VALUE)),
    versions=located_list(named_pair(kind=TEXT, version=TEXT)),
    endpoint_target=optional(named_pair(seller_id=TEXT, url=TEXT)),
    findings=located_list(WHY),
    maintenance=record(
        MaintenancePolicy, close_shop=FLAG, window=optional(named_pair(opens=NUMBER, closes=NUMBER)), time_zone=TEXT
    ),
    was_open=FLAG,
    labels=located_list(named_pair(key=TEXT, value=TEXT)),
)
SHOP_PLAN: Final = FieldCodec(write=_SHOP.write, read=_read_shop)
FINDINGS: Final = located_list(WHY)
MADE: Final = {
    "tool": TEXT,
    "created": TEXT,
    "environment": TEXT,
    "backend": TEXT,
    "fleet": OPTIONAL_TEXT,
    "commit": OPTIONAL_TEXT,
    "manifests": located_list(named_pair(file=TEXT, sha256=TEXT)),
    "allowed": located_list(named_pair(code=TEXT, shops=TEXT)),
}
"""Where a plan comes from, field by field."""
