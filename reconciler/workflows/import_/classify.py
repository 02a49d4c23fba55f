"""What becomes of each shop of an import: a new file, edits to the one it has, or nothing, and why.

In: what the shops' manifests are to say, and what the folder holds. Out: `Sorted`. Pure: it asks no port.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import Diagnostic, found
from reconciler.core.diagnostics.messages import Text, say
from reconciler.core.importing.factor_out import Ground, Member
from reconciler.core.importing.legacy_rows import LegacyShop
from reconciler.core.importing.profile_edits import Edits, revise
from reconciler.core.model.layers import Profile, lay
from reconciler.core.values import Origin, ShopKey
from reconciler.ports.manifest_editing import ShopFile, Standing


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What shops' manifests are to say. `rows` are those of an export, where the values come from one."""

    values: Mapping[ShopKey, Profile]
    rows: Mapping[ShopKey, LegacyShop]
    findings: tuple[Diagnostic, ...]

    def origin_of(self, shop: ShopKey) -> Origin | None:
        return self.rows[shop].origin if shop in self.rows else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sorted:
    """`edits` may be empty: the file says what stands."""

    members: tuple[Member, ...]
    edits: Mapping[ShopKey, Edits]
    findings: tuple[Diagnostic, ...]


def sort_out(wanted: Wanted, standing: Standing, *, group: str | None, complete: bool) -> Sorted:
    """`group`: that of the new shops whose row names none."""
    edits = {
        shop: _edits(standing.files[shop], values, wanted.rows.get(shop), complete=complete)
        for shop, values in wanted.values.items()
        if shop in standing.files
    }
    new = [_member(shop, wanted, group) for shop in wanted.values if shop not in standing.files]
    against = {member.shop: _against(member, standing, wanted) for member in new}
    return Sorted(
        members=tuple(member for member in new if against[member.shop] is None),
        edits=edits,
        findings=tuple(why for why in against.values() if why is not None),
    )


def _edits(file: ShopFile, values: Profile, row: LegacyShop | None, *, complete: bool) -> Edits:
    """A row says nothing of what it has no column for; what it says is meant to be managed. Of what is masked in it the manifest
    knows more.
    """
    if row is None:
        return revise(file.own, file.lower, values, complete=complete)
    managed = lay(file.own, file.lower)
    said = {place: value for place, value in values.items() if place not in row.masked or place not in managed}
    return revise(file.own, file.lower, {**managed, **said}, complete=True)


def _member(shop: ShopKey, wanted: Wanted, group: str | None) -> Member:
    row = wanted.rows.get(shop)
    values = wanted.values[shop]
    if row is None:
        return Member(shop=shop, values=values, group=group)
    return Member(shop=shop, values=values, group=row.group or group, labels=row.labels)


def _against(member: Member, standing: Standing, wanted: Wanted) -> Diagnostic | None:
    origin = wanted.origin_of(member.shop)
    if member.shop in standing.broken:
        why = say("{shop} has a manifest that is not in order, and it is left as it is", shop=member.shop)
        return found(codes.NOT_IMPORTED, why, way_on=_MEND, shop=member.shop, origin=origin)
    if standing.ground is None:
        why = say("{shop} is new, and no new file is laid on shared files that are not in order", shop=member.shop)
        return found(codes.NOT_IMPORTED, why, way_on=_MEND, shop=member.shop, origin=origin)
    if member.group is not None and member.group not in standing.ground.groups:
        row = wanted.rows.get(member.shop)
        asked = row is None or row.group is None
        return _no_group(member.group, standing.ground, None if asked else member.shop, None if asked else origin)
    return None


def _no_group(group: str, ground: Ground, shop: ShopKey | None, origin: Origin | None) -> Diagnostic:
    """Of no shop where all new ones were to be put into it: it is told once then, and not shop by shop."""
    return found(
        codes.UNKNOWN_GROUP,
        say("There is no group {group}", group=repr(group)),
        expected=_choices(ground),
        way_on=say("Name another group, or write the file {file}", file=f"_groups/{group}.yaml"),
        shop=shop,
        origin=origin,
    )


def _choices(ground: Ground) -> Text:
    names = ", ".join(sorted(ground.groups))
    return say("one of {choices}", choices=names) if names else say("a file in _groups, which holds none")


_MEND = say("Mend what is told of it (`reconciler validate`), and import again")
