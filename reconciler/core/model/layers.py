"""The fields in manifests, file by file: flat, and independent of YAML.

A profile maps dotted places (`amazon.api.seller_id`, `amazon.messages.order_area.label`) to values as a manifest writes them. A
layer is the content of one file: there None takes an inherited value out of management. Labels, groups and maintenance are no
fields and are not here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from enum import Enum
from typing import Final

from reconciler.core.model.kinds import KINDS
from reconciler.core.model.policy import Owner
from reconciler.core.model.state import FieldRef
from reconciler.core.values import ABSENT, PRE_SET, Scalar, SecretRef

Leaf = bool | str
Profile = Mapping[str, Leaf]
Layer = Mapping[str, Leaf | None]

_OURS: Final = tuple((kind, spec) for kind in KINDS for spec in kind.managed_fields(Owner.MANAGED))
_FIELDS: Final[Mapping[str, FieldRef]] = {
    spec.policy.manifest_path or "": FieldRef(kind.name, spec.name) for kind, spec in _OURS if not spec.policy.entries
}
_MAPS: Final[Mapping[str, FieldRef]] = {
    f"{spec.policy.manifest_path}.": FieldRef(kind.name, spec.name) for kind, spec in _OURS if spec.policy.entries
}
_ORDER: Final = {spec.policy.manifest_path: index for index, (_, spec) in enumerate(_OURS)}


def field_ref_at(place: str) -> FieldRef | None:
    """The field, or the entry of a map field, that is declared at the place."""
    if place in _FIELDS:
        return _FIELDS[place]
    above = next((prefix for prefix in _MAPS if place.startswith(prefix)), None)
    if above is None:
        return None
    return FieldRef(_MAPS[above].kind, _MAPS[above].field, place.removeprefix(above))


def sort_paths(places: Iterable[str]) -> list[str]:
    """As the screens show them; the entries of a map field by their names. Every place is that of a field."""
    return sorted(places, key=_rank)


def _rank(place: str) -> tuple[int, str]:
    ref = field_ref_at(place)
    return (_ORDER[ref.spec.policy.manifest_path] if ref else len(_ORDER), place)


def to_leaf(value: Scalar) -> Leaf | None:
    """The value as a manifest writes it; None for what no manifest can declare: a secret, or that nothing is there."""
    if value is PRE_SET:
        return PRE_SET.value
    if value is ABSENT:
        return None
    if isinstance(value, SecretRef):
        return value.uri
    if isinstance(value, Enum):
        return str(value.value)
    return value if isinstance(value, bool | str) else None


def flatten(data: Mapping[str, object]) -> dict[str, Leaf | None]:
    """The layer that a manifest's nested values are. What is none of a field's is passed over."""
    return dict(_leaves(data, ""))


def _leaves(data: Mapping[str, object], above: str) -> Iterator[tuple[str, Leaf | None]]:
    for key, value in data.items():
        place = f"{above}{key}"
        if isinstance(value, Mapping):
            yield from _leaves(value, f"{place}.")
        elif (value is None and _holds_fields(place)) or (field_ref_at(place) and isinstance(value, bool | str)):
            yield place, value


def _holds_fields(place: str) -> bool:
    """Whether the place is that of a field, or of a mapping that may hold some."""
    return field_ref_at(place) is not None or any(one.startswith(f"{place}.") for one in (*_FIELDS, *_MAPS))


def overlay(upper: Layer, lower: Profile) -> dict[str, Leaf]:
    """`upper` over `lower`: the desired state of a shop, as the reader of manifests lays them."""
    taken = [place for place, value in upper.items() if value is None]
    kept = {place: value for place, value in lower.items() if not _is_taken(place, taken)}
    return kept | {place: value for place, value in upper.items() if value is not None}


def _is_taken(place: str, taken: Iterable[str]) -> bool:
    return any(place == out or place.startswith(f"{out}.") for out in taken)


def minimal_overlay(lower: Profile, wanted: Profile) -> dict[str, Leaf | None]:
    """The shortest layer that turns `lower` into `wanted`. What `wanted` does not contain stays unmanaged."""
    own: dict[str, Leaf | None] = {place: value for place, value in wanted.items() if lower.get(place) != value}
    return own | {place: None for place in lower if place not in wanted}


def references(profile: Profile) -> Iterator[str]:
    """Those to secrets. `pre-set` refers to none."""
    for place, value in profile.items():
        ref = field_ref_at(place)
        if ref is not None and ref.spec.policy.secret and isinstance(value, str) and value != PRE_SET.value:
            yield value
