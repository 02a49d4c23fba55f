"""What has to change in a shop's file so that it matches the backend, and nothing else.

In: the file's values, the inherited ones, and the shop's profile. Out: edits by place. A field that the manifest does not manage
stays unmanaged, unless all are requested; a reference to a secret stays with any name, since people choose the names.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from reconciler.core.model.layers import Layer, Leaf, Profile, field_ref_at, overlay, sort_paths
from reconciler.core.model.policy import Compare
from reconciler.core.values import UNSET, Unset

Edits = Mapping[str, Leaf | Unset | None]
"""A value to be written; None: take out of management what is inherited; UNSET: take the line out."""


def profile_edits(own: Layer, lower: Profile, wanted: Profile, *, complete: bool = False) -> Edits:
    """`complete`: also what is not managed yet, save what the file itself takes out of management."""
    managed = overlay(own, lower)
    edits: dict[str, Leaf | Unset | None] = {}
    for place in sort_paths({*managed, *(wanted if complete else ())}):
        want = wanted.get(place)
        if place not in managed:
            if not _taken_out(own, place):
                edits[place] = want
        elif want is None:
            edits[place] = None if place in lower else UNSET
        elif not _is_managed(place, managed[place], want):
            edits[place] = want
    return edits


def _taken_out(own: Layer, place: str) -> bool:
    return any(own.get(above, UNSET) is None for above in _upwards(place))


def _upwards(place: str) -> Iterable[str]:
    steps = place.split(".")
    return (".".join(steps[:length]) for length in range(1, len(steps) + 1))


def _is_managed(place: str, have: Leaf, want: Leaf) -> bool:
    ref = field_ref_at(place)
    how = None if ref is None else ref.spec.policy.compare
    if how is Compare.SEALED and isinstance(have, str) and isinstance(want, str):
        return have == want or (have.startswith("ref+") and want.startswith("ref+"))
    if how is Compare.TEXT and isinstance(have, str):
        return have.replace("\r\n", "\n") == want
    return have == want
