"""Events written down: each as a JSON document that names its version, and back again.

In: an event and the key of the digests that stand for secrets. Out: a document, or the event of a document of any version that
was ever written. Texts are kept as template and arguments, so that an old journal renders in any language. What is not wholly
understood is refused, never half-read. It does not know where documents are kept.

The written form is stated here field by field and not taken from the classes: renaming a field must not rename it in journals.
To change it: raise `VERSION`, lift the older documents in `_LIFTS`, add the new ones to `tests/corpus/events`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from reconciler.core.diagnostics.messages import msg
from reconciler.core.documents.field_codecs import (
    FLAG,
    NUMBER,
    OPTIONAL_NUMBER,
    OPTIONAL_TEXT,
    REF,
    SHOP,
    TEXT,
    WHY,
    CorruptDocument,
    DocumentError,
    FieldCodec,
    NewerVersion,
    list_of,
    optional,
    pair,
    require_keys,
)
from reconciler.core.documents.value_codec import VALUE
from reconciler.core.model.canonical import DigestKey, Json
from reconciler.core.runs.events import (
    Event,
    PredictionMissed,
    ReopenFailed,
    RunFinished,
    RunStarted,
    ShopFinished,
    ShopInSync,
    ShopReopened,
    ShopSkipped,
    ShopStarted,
    ShopVerified,
    StepDone,
    StepFailed,
    StepStarted,
    WaveFinished,
    WaveSoaking,
    WaveStarted,
)

__all__ = ["VERSION", "CorruptDocument", "DocumentError", "NewerVersion", "decode_event", "encode_event"]

VERSION: Final = 3


def encode_event(event: Event, key: DigestKey | None) -> dict[str, Json]:
    """The document of `event`, always of the newest version."""
    name = _NAMES[type(event)]
    fields = {field: form.write(getattr(event, field), key) for field, form in _EVENTS[name].fields.items()}
    return {"v": VERSION, "event": name, **fields}


def decode_event(document: Json) -> Event:
    """Raises NewerVersion or DamagedEvent."""
    try:
        lifted = _upgrade(document)
        name = TEXT.read(lifted.pop("event"))
        if name not in _EVENTS:
            raise NewerVersion(msg("the event {name} is not known to this version", name=name))
        return _EVENTS[name].read(lifted)
    except (KeyError, TypeError, ValueError) as error:
        # The cause would print the value it stumbled over, so it is named by its class alone.
        kind = type(error).__name__
        raise CorruptDocument(msg("an event of the journal is damaged ({kind})", kind=kind)) from None


@dataclass(frozen=True, slots=True)
class _EventCodec:
    """An event's class and its fields."""

    event: type
    fields: Mapping[str, FieldCodec]

    def read(self, document: dict[str, Any]) -> Event:
        parts = require_keys(document, *self.fields)
        read: Event = self.event(**{name: form.read(parts[name]) for name, form in self.fields.items()})
        return read


def _upgrade(document: Json) -> dict[str, Any]:
    """The document in the newest form, without its version."""
    if not isinstance(document, dict):
        raise TypeError("not a mapping")
    lifted: dict[str, Any] = dict(document)
    version = NUMBER.read(lifted.pop("v"))
    if not 1 <= version <= VERSION:
        raise NewerVersion(
            msg("an event is of version {found}; this version knows up to {known}", found=version, known=VERSION)
        )
    for lift in _UPGRADES[version - 1 :]:
        lifted = lift(lifted)
    return lifted


def _to_version_2(document: dict[str, Any]) -> dict[str, Any]:
    """The first version knew no seals, and did not measure for how long a shop was closed."""
    added: dict[str, dict[str, Any]] = {
        "step-done": {"seals": [], "closed_ms": None},
        "shop-reopened": {"closed_ms": None},
    }
    name = TEXT.read(document["event"])
    if name == "shop-agreed" or added.get(name, {}).keys() & document.keys():
        raise ValueError("of a later version than it says")
    return document | added.get(name, {})


def _to_version_3(document: dict[str, Any]) -> dict[str, Any]:
    """The second version knew no waves."""
    if TEXT.read(document["event"]).startswith("wave-"):
        raise ValueError("of a later version than it says")
    return document


_UPGRADES: Final[tuple[Callable[[dict[str, Any]], dict[str, Any]], ...]] = (_to_version_2, _to_version_3)
"""The first makes version 2 of version 1, and so on."""

_PAIRS: Final = list_of(pair(REF, VALUE))

_EVENTS: Final[Mapping[str, _EventCodec]] = {
    "run-started": _EventCodec(RunStarted, {"fingerprint": TEXT, "shops": NUMBER}),
    "shop-started": _EventCodec(ShopStarted, {"shop": SHOP}),
    "step-started": _EventCodec(StepStarted, {"shop": SHOP, "step": NUMBER, "key": TEXT}),
    "step-done": _EventCodec(
        StepDone,
        {
            "shop": SHOP,
            "step": NUMBER,
            "version": OPTIONAL_TEXT,
            "request_id": OPTIONAL_TEXT,
            "seals": _PAIRS,
            "closed_ms": OPTIONAL_NUMBER,
        },
    ),
    "step-failed": _EventCodec(StepFailed, {"shop": SHOP, "step": NUMBER, "why": WHY, "happened": optional(FLAG)}),
    "prediction-missed": _EventCodec(
        PredictionMissed,
        {"shop": SHOP, "ref": REF, "predicted": VALUE, "found": VALUE, "why": WHY},
    ),
    "shop-reopened": _EventCodec(ShopReopened, {"shop": SHOP, "closed_ms": OPTIONAL_NUMBER}),
    "reopen-failed": _EventCodec(ReopenFailed, {"shop": SHOP, "why": WHY}),
    "shop-verified": _EventCodec(ShopVerified, {"shop": SHOP}),
    "shop-agreed": _EventCodec(ShopInSync, {"shop": SHOP, "values": _PAIRS, "seals": _PAIRS}),
    "shop-skipped": _EventCodec(ShopSkipped, {"shop": SHOP, "why": list_of(WHY)}),
    "shop-finished": _EventCodec(ShopFinished, {"shop": SHOP}),
    "wave-started": _EventCodec(WaveStarted, {"wave": NUMBER, "waves": NUMBER, "name": TEXT, "shops": NUMBER}),
    "wave-soaks": _EventCodec(WaveSoaking, {"wave": NUMBER, "seconds": NUMBER}),
    "wave-finished": _EventCodec(WaveFinished, {"wave": NUMBER, "why": list_of(WHY)}),
    "run-finished": _EventCodec(RunFinished, {"interrupted": FLAG}),
}
_NAMES: Final[Mapping[type, str]] = {shape.event: name for name, shape in _EVENTS.items()}
