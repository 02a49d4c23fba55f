"""システムパーツ on the wire: which parts there are is the backend's matter, so names are only changed in case.

`ORDER_AREA` with label and message <-> the entries `order_area.label` and `order_area.message`.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from reconciler.adapters.backend.http.config import WireEnvironment
from reconciler.adapters.backend.http.messages import ApiRequest
from reconciler.adapters.backend.wire.codec import Codec, DecodeContext, shop_path
from reconciler.adapters.backend.wire.json_reader import JsonObjectReader, WireDecodeError
from reconciler.core.diagnostics.messages import msg
from reconciler.core.model.formats import PART_NAME
from reconciler.core.model.kinds import SystemParts
from reconciler.core.model.state import FieldRef
from reconciler.core.values import Absent, Scalar
from reconciler.ports import WriteRequest

_TEXTS: Final = ("label", "message")


def decode(part: JsonObjectReader, _around: DecodeContext) -> SystemParts:
    messages: dict[str, str | Absent] = {}
    for one in part.items("parts"):
        entries = _entries_of(one.text("part"))
        if entries is None:
            raise WireDecodeError(msg("{place}.part is not the name of a part", place=one.place))
        for entry, text in entries:
            if entry in messages:
                raise WireDecodeError(msg("{place}: duplicate part", place=one.place))
            messages[entry] = one.text_or_absent(text)
    return SystemParts(output=part.flag("output"), messages=messages)


@lru_cache(maxsize=256)
def _entries_of(part: str) -> tuple[tuple[str, str], ...] | None:
    """Each text of a part with the name of its entry; None for what is not the name of a part. All shops have the same few."""
    if part != part.upper() or not PART_NAME.accepts(part.lower()):
        return None
    return tuple((f"{part.lower()}.{text}", text) for text in _TEXTS)


def encode(write: WriteRequest, _environment: WireEnvironment) -> ApiRequest:
    if set(write.values) != {"messages"}:
        raise ValueError("of system_parts only messages can be written")
    parts = _parts(write.values["messages"])
    path = shop_path(write.shop, "system-parts")
    return ApiRequest(method="PATCH", path=path, shop=write.shop, body={"parts": parts}, version=write.version)


def _parts(messages: Scalar | Mapping[str, Scalar]) -> list[dict[str, str]]:
    if not isinstance(messages, Mapping) or not messages:
        raise ValueError("system_parts.messages must hold entries")
    parts: dict[str, dict[str, str]] = {}
    for entry in sorted(messages):
        part, _, text = entry.partition(".")
        value = messages[entry]
        if text not in _TEXTS or not PART_NAME.accepts(part) or not isinstance(value, str):
            raise ValueError(f"system_parts.messages.{entry} cannot be written")
        parts.setdefault(part, {"part": part.upper()})[text] = value
    return list(parts.values())


def text_field(name: str) -> FieldRef | None:
    """`parts.ORDER_AREA.label`, as the trail names it."""
    parts, _, rest = name.partition(".")
    part, _, text = rest.partition(".")
    if parts != "parts" or text not in _TEXTS or part != part.upper() or not PART_NAME.accepts(part.lower()):
        return None
    return FieldRef("system_parts", "messages", f"{part.lower()}.{text}")


CODEC: Final = Codec(
    kind="system_parts", part="systemParts", decode=decode, encode=encode, names={"output": "output"}, entry=text_field
)
