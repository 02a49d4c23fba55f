"""How a saved plan of an older version becomes one of the next version.

In: the document without its format and version. Out: the same in the next form. A fault within it names its place (DecodeError).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from reconciler.core.documents.codec import FieldCodec, decode_at
from reconciler.core.documents.field_codecs import TEXT
from reconciler.core.documents.plan_codec import PLAN_PARTS
from reconciler.core.model.canonical import Json


def _to_version_2(document: dict[str, Any]) -> dict[str, Any]:
    """The first version had no labels, and covered every shop of its selection."""
    return {**document, "plan": decode_at(".plan", _plan_to_version_2, document.get("plan"))}


def _plan_to_version_2(part: Any) -> dict[str, Any]:
    return _with_key_in_shops(_added(part, "left_out", 0), "labels", value=[])


def _with_key_in_shops(plan: Any, name: str, *, value: Json) -> dict[str, Any]:
    """The plan's document with a key added to each of its shops."""
    shops = PLAN_PARTS.list_of(FieldCodec(TEXT.write, lambda shop: _added(shop, name, value), TEXT.schema))
    return {**plan, "shops": decode_at(".shops", lambda document: list(shops.read(document)), plan["shops"])}


def _added(part: Any, name: str, value: Json) -> dict[str, Any]:
    if not isinstance(part, dict):
        raise TypeError("not a mapping")
    if name in part:
        raise ValueError("of a later version than it says")
    return {**part, name: value}


def _to_version_3(document: dict[str, Any]) -> dict[str, Any]:
    """The second version knew a backend only, not which fleet there."""
    return {**document, "made": decode_at(".made", lambda part: _added(part, "fleet", None), document.get("made"))}


def _to_version_4(document: dict[str, Any]) -> dict[str, Any]:
    """The third version did not say whether 利用設定 was on. The guards that depend on it take it as on."""
    return {**document, "plan": decode_at(".plan", _plan_to_version_4, document.get("plan"))}


def _plan_to_version_4(part: Any) -> dict[str, Any]:
    return _with_key_in_shops(part, "was_enabled", value=True)


def _to_version_5(document: dict[str, Any]) -> dict[str, Any]:
    """The fourth version hashed all shops together. Its leaves are computed from its shops."""
    return {**document, "plan": decode_at(".plan", lambda part: _added(part, "leaves", []), document.get("plan"))}


UPGRADES: Final[tuple[Callable[[dict[str, Any]], dict[str, Any]], ...]] = (
    _to_version_2,
    _to_version_3,
    _to_version_4,
    _to_version_5,
)
"""The first makes version 2 of version 1, and so on."""
