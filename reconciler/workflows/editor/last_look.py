"""The live values that the last look at a shop found, as far as the store has them. The backend is not read.

In: a fleet, a shop, dotted places. Out: for each place what the last look says of it. A value of a secret is never among them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Final

from reconciler.core.drift.finding_id import finding_id
from reconciler.core.findings.fields import field_at
from reconciler.core.findings.finding import FindingClass
from reconciler.core.importing.adopt import unsuitable_reason
from reconciler.core.importing.profile_edits import Edits, profile_edits
from reconciler.core.model.layers import Leaf, overlay
from reconciler.lib.frozen_class import frozen
from reconciler.ports import SetupError

if TYPE_CHECKING:
    from reconciler.core.findings.finding import Finding
    from reconciler.core.model.state import FieldRef
    from reconciler.ports.findings.finding_store import FindingStore
    from reconciler.ports.manifest_editing import ShopFile
    from reconciler.workflows.editor.editor_fleet import EditorFleet

_OF_VALUES: Final = (FindingClass.CONFLICT, FindingClass.DRIFTED)


@frozen
class SeenValue:
    """`differs`: the look found another value than Git declares: `value`; None: not set. `at` is the time of the look."""

    place: str
    at: str
    differs: bool
    value: Leaf | None = None
    changed_by: str | None = None


def seen_values(fleet: EditorFleet, shop: str, places: Iterable[str]) -> Mapping[str, SeenValue]:
    """Nothing where there is no store, or it cannot be read: an editor works without."""
    fields = {place: ref for place in places if (ref := field_at(place)) is not None and not ref.spec.policy.secret}
    if not fields:
        return {}
    try:
        with fleet.findings.open(create=False) as store:
            return {} if store is None else dict(_seen(store, fleet.name, shop, fields))
    except SetupError:
        return {}


def _seen(
    store: FindingStore, fleet: str, shop: str, fields: Mapping[str, FieldRef]
) -> Iterator[tuple[str, SeenValue]]:
    compared = store.compared_shops(fleet)
    looked = None if shop in compared.unread else compared.shops.get(shop)
    for place in fields:
        finding = _finding(store, fleet, shop, place)
        if finding is None and looked is not None:
            yield place, SeenValue(place=place, at=looked, differs=False)
        elif finding is not None and isinstance(finding.observed, bool | str | None):
            actor = None if finding.author is None else finding.author.actor
            yield (
                place,
                SeenValue(place=place, at=finding.last_seen, differs=True, value=finding.observed, changed_by=actor),
            )


def _finding(store: FindingStore, fleet: str, shop: str, place: str) -> Finding | None:
    """The one of the field that the last look saw."""
    for kind in _OF_VALUES:
        for found in store.find(fleet, finding_id(fleet, shop, place, kind.value)):
            if found.present:
                return found
    return None


def adopting_edits(own: ShopFile, seen: SeenValue) -> Edits:
    """The edit that brings the live value into the shop's file; none where it is there already, or no manifest may hold it."""
    declared = overlay(own.layer, own.inherited)
    wanted = {place: value for place, value in declared.items() if place != seen.place}
    if seen.value is not None:
        if unsuitable_reason(seen.place, seen.value) is not None:
            return {}
        wanted[seen.place] = seen.value.replace("\r\n", "\n") if isinstance(seen.value, str) else seen.value
    return {
        place: edit for place, edit in profile_edits(own.layer, own.inherited, wanted).items() if place == seen.place
    }
