"""What a manifest declares, without what is not healed: nothing else is compared, planned or written."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import Any

from reconciler.core.model.kinds import kind_named
from reconciler.core.model.state import Desired, FieldRef, value_at
from reconciler.core.values import UNSET


def only_fields(desired: Desired, refs: Collection[FieldRef]) -> Desired:
    """The same shop with these fields alone; all others are UNSET."""
    kinds = {ref.kind for ref in refs if ref.kind in desired.values}
    return replace(
        desired,
        values={kind: _only(desired.values[kind], kind, refs) for kind in sorted(kinds)},
        unresolved=tuple(each for each in desired.unresolved if each.ref in refs),
    )


def _only(value: Any, kind: str, refs: Collection[FieldRef]) -> Any:
    kept: dict[str, Any] = {}
    for ref in refs:
        scalar = value_at(value, ref) if ref.kind == kind else UNSET
        if scalar is UNSET:
            continue
        if ref.entry is None:
            kept[ref.field] = scalar
        else:
            kept[ref.field] = {**kept.get(ref.field, {}), ref.entry: scalar}
    return kind_named(kind).model(**kept)
