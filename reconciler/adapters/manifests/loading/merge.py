"""One file merged over its inherited values: mappings are merged key by key, everything else is replaced.

In: a parsed file and the layer under it. Out: the merged values, with the place of each. `null` takes an inherited
value out of management; without an inherited value it is an error. The shape is not checked here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from reconciler.adapters.manifests.yaml.origins import Names, Origins
from reconciler.adapters.manifests.yaml.parsed import Parsed
from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import Diagnostic, diagnostic
from reconciler.core.diagnostics.messages import msg
from reconciler.core.model.formats import GROUP
from reconciler.core.values import Origin
from reconciler.lib.frozen_class import frozen

Steps = tuple[str, ...]


@frozen
class MergedLayer:
    """Values and where they come from. Layers are shared between shops, so their values are never changed."""

    data: Mapping[str, Any] = field(default_factory=dict)
    origins: Mapping[str, Origin] = field(default_factory=dict)


NOTHING: Final = MergedLayer()
"""The layer under `_defaults.yaml`: nothing."""


@dataclass(slots=True)
class _Nulls:
    taken_out: list[Steps] = field(default_factory=list)
    redundant_nulls: list[Steps] = field(default_factory=list)


def merge_layer(upper: Parsed, lower: MergedLayer, names: Names) -> tuple[MergedLayer, tuple[Diagnostic, ...]]:
    """The merged layer, and what is to be said of its nulls."""
    nulls = _Nulls()
    data = _merge(lower.data, upper.data, (), nulls)
    taken_out = tuple(".".join(steps) for steps in (*nulls.taken_out, *nulls.redundant_nulls))
    origins = Origins(upper, under=lower.origins, taken_out=taken_out, names=names)
    return MergedLayer(data=data, origins=origins), tuple(_empty_value(upper, steps) for steps in nulls.redundant_nulls)


def _merge(lower: Mapping[str, Any], upper: Mapping[str, Any], above: Steps, nulls: _Nulls) -> dict[str, Any]:
    data = dict(lower)
    for key, value in upper.items():
        if type(value) is dict:
            below = lower.get(key)
            data[key] = _merge(below if type(below) is dict else _NO_KEYS, value, (*above, key), nulls)
        elif value is not None:
            data[key] = value
        elif key in lower:
            del data[key]
            nulls.taken_out.append((*above, key))
        else:
            nulls.redundant_nulls.append((*above, key))
    return data


_NO_KEYS: Final[dict[str, Any]] = {}


def _empty_value(parsed: Parsed, steps: Steps) -> Diagnostic:
    place = ".".join(steps)
    return diagnostic(
        codes.EMPTY_VALUE,
        msg("`{place}` has no value, and there is no inherited value to unset", place=place),
        expected=msg("a value"),
        hint=msg("Write a value or delete the line; a key that is not mentioned is not managed"),
        subject=place,
        origin=parsed.key_origin(steps),
    )


def group_of(parsed: Parsed) -> str | None:
    """The group that the file names. An impossible name is an error of form, reported elsewhere."""
    group = parsed.data.get("group")
    return group if isinstance(group, str) and GROUP.accepts(group) else None
