"""Events written down: each as a JSON document that names its version, and back again.

In: an event and the key of the digests that stand for secrets. Out: a document, or the event of a document of any
version that was ever written. Texts are kept as template and arguments, so that an old journal renders in any
language. What is not wholly understood is refused, never half-read. It does not know where documents are kept.

The written form and its schema follow from the classes of events. A renamed field must not be renamed in journals:
`tests/corpus/events` fails then, and the old key goes into `codec._WRITTEN_AS`. To change the form on purpose: raise
`VERSION`, lift the older documents in `_UPGRADES`, add the new ones to the corpus.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, Final

from reconciler.core.diagnostics.messages import msg
from reconciler.core.documents.codec import CodecFactory, FieldCodec
from reconciler.core.documents.field_codecs import NUMBER, SHARED, TEXT, CorruptDocument, DocumentError, NewerVersion
from reconciler.core.documents.json_schema import Definitions, Schema, closed_object, published
from reconciler.core.documents.value_codec import VALUES
from reconciler.core.model.canonical import DigestKey, Json
from reconciler.core.runs.events import (
    ClosureSuperseded,
    Event,
    GuardsOverridden,
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

__all__ = [
    "VERSION",
    "CorruptDocument",
    "DocumentError",
    "NewerVersion",
    "decode_event",
    "encode_event",
    "event_schema",
]

VERSION: Final = 4


def encode_event(event: Event, key: DigestKey | None) -> dict[str, Json]:
    """The document of `event`, always of the newest version."""
    name = _NAMES[type(event)]
    written = _codec_of(name).write(event, key)
    assert isinstance(written, dict)
    return {"v": VERSION, "event": name, **written}


def decode_event(document: Json) -> Event:
    """Raises NewerVersion or CorruptDocument."""
    try:
        lifted = _upgrade(document)
        name = TEXT.read(lifted.pop("event"))
        if name not in _CLASSES:
            raise NewerVersion(msg("unknown event {name}", name=name))
        read: Event = _codec_of(name).read(lifted)
    except (KeyError, TypeError, ValueError) as error:
        # The cause would print the value it stumbled over, so it is named by its class alone.
        kind = type(error).__name__
        raise CorruptDocument(msg("an event of the journal is damaged ({kind})", kind=kind)) from None
    return read


def event_schema() -> Schema:
    """The JSON Schema of the newest version: one form for each event."""

    def document(definitions: Definitions) -> Schema:
        return {"anyOf": [_event_schema(name, definitions) for name in _CLASSES]}

    return published("reconciler run event", document)


def _event_schema(name: str, definitions: Definitions) -> Schema:
    fields = _codec_of(name).schema(definitions)["properties"]
    return closed_object({"v": {"const": VERSION}, "event": {"const": name}, **fields})


def _upgrade(document: Json) -> dict[str, Any]:
    """The document in the newest form, without its version."""
    if not isinstance(document, dict):
        raise TypeError("not a mapping")
    lifted: dict[str, Any] = dict(document)
    version = NUMBER.read(lifted.pop("v"))
    if not 1 <= version <= VERSION:
        raise NewerVersion(
            msg(
                "event version {found} is not supported; this version of the tool supports up to {known}",
                found=version,
                known=VERSION,
            )
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


def _to_version_4(document: dict[str, Any]) -> dict[str, Any]:
    """The third version did not record overridden guards, nor closures that another actor ended."""
    if TEXT.read(document["event"]) in ("guards-overridden", "closure-superseded"):
        raise ValueError("of a later version than it says")
    return document


_UPGRADES: Final[tuple[Callable[[dict[str, Any]], dict[str, Any]], ...]] = (
    _to_version_2,
    _to_version_3,
    _to_version_4,
)
"""The first makes version 2 of version 1, and so on."""

_CLASSES: Final[Mapping[str, type[Event]]] = {
    "run-started": RunStarted,
    "guards-overridden": GuardsOverridden,
    "shop-started": ShopStarted,
    "step-started": StepStarted,
    "step-done": StepDone,
    "step-failed": StepFailed,
    "prediction-missed": PredictionMissed,
    "shop-reopened": ShopReopened,
    "closure-superseded": ClosureSuperseded,
    "reopen-failed": ReopenFailed,
    "shop-verified": ShopVerified,
    "shop-agreed": ShopInSync,
    "shop-skipped": ShopSkipped,
    "shop-finished": ShopFinished,
    "wave-started": WaveStarted,
    "wave-soaks": WaveSoaking,
    "wave-finished": WaveFinished,
    "run-finished": RunFinished,
}
_PARTS: Final = CodecFactory({**SHARED, **VALUES})
_NAMES: Final = {event: name for name, event in _CLASSES.items()}


@cache
def _codec_of(name: str) -> FieldCodec:
    """Made when it is needed first: most commands meet few events, and annotations take time to resolve."""
    return _PARTS.record(_CLASSES[name])
